using Constella.Api.Host.Parsing;
using Constella.Core;

namespace Constella.Api.Host;

/// <summary>The time zone of the machine, also from a container, whose own is mostly UTC.</summary>
internal static class HostZone
{
    private const string Folder = "/zoneinfo/";

    /// <param name="root">The host's root folder.</param>
    public static string Name(string root)
    {
        var name = Linked(Path.Combine(root, "etc/localtime")) ?? SmallFiles.Line(HostFiles.Read(root, "etc/timezone").Text) ?? "UTC";
        return IsValid(name) ? name : "UTC";
    }

    /// <summary>Whether a name has the shape of one: it goes over the wire and onto screens.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Limits.ZoneLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+');

    private static string? Linked(string path)
    {
        try
        {
            var target = new FileInfo(path).LinkTarget;
            var at = target?.LastIndexOf(Folder, StringComparison.Ordinal) ?? -1;
            return at < 0 ? null : target![(at + Folder.Length)..];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
