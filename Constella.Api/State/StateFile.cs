using System.Buffers.Text;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.State;

/// <summary>The shape of <c>network_state.json</c>.</summary>
internal static class StateFile
{
    /// <summary>The highest <see cref="NetworkState.Format"/> that this build understands.</summary>
    private const int Format = 1;

    /// <summary>Indented: a person may have to read it.</summary>
    public static ConstellaJson Json { get; } = new(new JsonSerializerOptions(ConstellaJson.Default.Options) { WriteIndented = true });

    /// <returns>Null, and what is wrong, where it cannot be used.</returns>
    public static NetworkState? Parse(ReadOnlySpan<byte> bytes, out string? wrong)
    {
        try
        {
            // The format first: a newer file may well lack what this build requires.
            wrong = WrongFormat(bytes);
            if (wrong is not null)
                return null;
            var state = JsonSerializer.Deserialize(bytes, Json.NetworkState);
            wrong = state is null ? "is empty" : Wrong(state);
            return wrong is null ? state : null;
        }
        catch (JsonException error)
        {
            // Not the exception's text: it may quote the file, and the file holds secrets.
            wrong = $"is garbled at line {(error.LineNumber ?? 0) + 1}";
            return null;
        }
        catch (InvalidOperationException)
        {
            // JSON by its grammar, but an escape in it is half a character: found only when the names are compared.
            wrong = "is garbled";
            return null;
        }
    }

    private static string? WrongFormat(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("format", out var format)
            || format.ValueKind != JsonValueKind.Number || !format.TryGetInt32(out var number) || number < 1)
            return "has no format number";
        return number > Format
            ? $"was written by a newer constella (format {number}, this one reads {Format}): update this one"
            : null;
    }

    private static string? Wrong(NetworkState state)
    {
        // What a person has cut out of the file comes back as nothing at all, whatever the type says.
        if (state.Members is null || state.Settings is null || state.Term.NodeId is null || state.Vote is { Term.NodeId: null })
            return "lacks members, settings or term";
        if (state.SecretGeneration < 1)
            return "has no generation of its secret";
        if (HeartbeatShape.Wrong(MemberTable.Share(state)) is { } malformed)
            return $"does not make sense: {malformed}";
        if (HeartbeatShape.IsBad(state.Term) || state.Invites.Any(invite => invite is null) || state.Commands.Any(command => command is null))
            return "does not make sense: a term or a list is malformed";
        if (!IsSecret(state.NetworkSecret))
            return "holds no network secret of 256 bits";
        if (state.OtherSecret is { } other && (other.Generation < 1 || !IsSecret(other.Secret)))
            return "holds a second network secret that is none";
        if (state.NodeKey is { } key && !IsSecret(key))
            return "holds no node key of 256 bits";
        if (state.Peers.All(record => record.NodeId != state.NodeId))
            return $"has no record of its own node {state.NodeId}";
        return state.Peers.DistinctBy(record => record.NodeId).Count() != state.Peers.Length ? "has two records of one node" : null;
    }

    private static bool IsSecret(string? text) => Base64Url.IsValid(text) && Base64Url.DecodeFromChars(text).Length == 32;
}
