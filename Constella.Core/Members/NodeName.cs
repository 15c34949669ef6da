using System.Text;

namespace Constella.Core.Members;

/// <summary>Names of nodes (rule J3).</summary>
public static class NodeName
{
    /// <summary>1 to <see cref="Limits.NameLength"/> of <c>[a-z0-9-]</c>, with no dash at either end: it must not look like an option.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= Limits.NameLength } && name[0] != '-' && name[^1] != '-' &&
        name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>A valid name made of a host name: its first label, other characters as dashes; <c>node</c> when nothing is left.</summary>
    public static string Clean(string? hostname)
    {
        var name = new StringBuilder();
        foreach (var c in (hostname ?? "").Split('.')[0].ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
                name.Append(c);
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
        }

        var length = Math.Min(name.Length, Limits.NameLength);
        var cut = name.ToString(0, length).Trim('-');
        return cut.Length > 0 ? cut : "node";
    }
}
