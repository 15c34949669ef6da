using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Constella.Api.Cli.Doctor;

[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    [JsonStringEnumMemberName("ok")] Ok,

    /// <summary>Nothing is wrong, but something could not be looked at, or is left out.</summary>
    [JsonStringEnumMemberName("note")] Note,
    [JsonStringEnumMemberName("wrong")] Wrong,
}

/// <summary>One line of <c>constella doctor</c>.</summary>
/// <param name="Remedy">What to do about it, as a command where there is one.</param>
public sealed record Finding(string Check, Verdict Verdict, string Text, string? Remedy = null)
{
    public static Finding Ok(string check, string text) => new(check, Verdict.Ok, text);

    public static Finding Note(string check, string text, string? remedy = null) => new(check, Verdict.Note, text, remedy);

    public static Finding Wrong(string check, string text, string remedy) => new(check, Verdict.Wrong, text, remedy);
}

/// <summary><c>constella doctor --json</c>.</summary>
/// <param name="Well">Nothing is wrong.</param>
/// <param name="Running">Whether this machine's node answered; without it fewer things are looked at.</param>
public sealed record DoctorDocument(bool Well, bool Running, ImmutableArray<Finding> Findings);
