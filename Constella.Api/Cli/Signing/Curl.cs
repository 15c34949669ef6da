using System.Text;

namespace Constella.Api.Cli.Signing;

/// <summary>A request as a curl command that a shell takes as it is.</summary>
internal static class Curl
{
    /// <param name="bodyFile">Where the body came from; <c>-</c> is written into the command itself.</param>
    public static string Command(Call call, string url, IEnumerable<KeyValuePair<string, string>> headers, string? bodyFile)
    {
        // curl would squeeze dots and read brackets as ranges: then the path is not the one that was signed.
        var command = new StringBuilder("curl -sS --globoff --path-as-is -X ").Append(call.Method).Append(' ').Append(Quote(url));
        foreach (var (name, value) in headers)
            command.Append(" \\\n  -H ").Append(Quote($"{name}: {value}"));
        if (call.Body.Length > 0)
        {
            command.Append(" \\\n  -H 'Content-Type: application/json' \\\n  --data-binary ");
            command.Append(Quote(bodyFile == "-" ? Encoding.UTF8.GetString(call.Body) : "@" + bodyFile));
        }
        return command.ToString();
    }

    /// <summary>One word of a POSIX shell.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
