using System.Text;
using Constella.Api.Tls;

namespace Constella.Api.Cli.Signing;

/// <summary>A request as a curl command that a shell takes as it is.</summary>
internal static class Curl
{
    /// <param name="url">With the address that is called.</param>
    /// <param name="node">Where TLS is spoken: who must answer, and the authority that says so.</param>
    /// <param name="bodyFile">Where the body came from; <c>-</c> is written into the command itself.</param>
    public static string Command(Call call, Uri url, (string Id, string Authority)? node, IEnumerable<KeyValuePair<string, string>> headers, string? bodyFile)
    {
        // curl would squeeze dots and read brackets as ranges: then the path is not the one that was signed.
        var command = new StringBuilder("curl -sS --globoff --path-as-is -X ").Append(call.Method).Append(' ').Append(Quote(Named(url, call, node?.Id)));
        // The name is the certificate's, the address is where it is called.
        if (node is not null)
            command.Append(" \\\n  --cacert /dev/stdin --connect-to ").Append(Quote($"::{url.Host}:{url.Port}"));
        foreach (var (name, value) in headers)
            command.Append(" \\\n  -H ").Append(Quote($"{name}: {value}"));
        if (call.Body.Length > 0)
        {
            command.Append(" \\\n  -H 'Content-Type: application/json' \\\n  --data-binary ");
            command.Append(Quote(bodyFile == "-" ? Encoding.UTF8.GetString(call.Body) : "@" + bodyFile));
        }
        if (node is { Authority: var authority })
            command.Append(" <<'CA'\n").Append(authority).Append("CA");
        return command.ToString();
    }

    // Not the address's own path and query: they are to stay as they were signed.
    private static string Named(Uri url, Call call, string? nodeId) =>
        $"{url.Scheme}://{(nodeId is null ? url.Authority : $"{CertificateAuthority.NameOf(nodeId)}:{url.Port}")}{call.Target}";

    /// <summary>One word of a POSIX shell.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
