using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Signing;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.Tls;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella sign METHOD PATH</c>: the headers, or a curl command, for any request.</summary>
internal static class SignVerb
{
    public static Command Create(CliHost host)
    {
        var method = new Argument<string>("METHOD") { Description = "GET, POST, PATCH or DELETE" };
        var path = new Argument<string>("PATH") { Description = "Path and query as they go over the wire: /stats?target=3f9a…" };
        var body = new Option<string?>("--body") { Description = "File with the body; - reads standard input", HelpName = "FILE" };
        var target = new Option<string?>("--target") { Description = "The node that is asked (default: this one)", HelpName = "NODE" };
        var address = new Option<string?>("--host") { Description = "Where it is reached (default: its address in the state)", HelpName = "HOST:PORT" };
        var run = new Option<string?>("--run") { Description = "Run id of the target (default: asked of its /health)", HelpName = "RUN" };
        var headers = new Option<bool>("--headers") { Description = "Print header lines (this is the default)" };
        var curl = new Option<bool>("--curl") { Description = "Print a curl command" };
        var verb = new Verb(
            "sign",
            "Sign a request as this node, for use with curl and scripts. It is valid for 30 seconds and once.",
            "constella sign GET /peers --curl",
            "constella sign GET '/stats?target=3f9a5c0d12345678' --target echo-02 --curl",
            "constella sign POST /reboot --body order.json --headers") { method, path, body, target, address, run, headers, curl };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(headers) && result.GetValue(curl))
                result.AddError("give --headers or --curl, not both");
        });
        verb.SetAction((parse, cancellation) => SignAsync(
            host,
            parse,
            new Order(
                parse.GetRequiredValue(method),
                parse.GetRequiredValue(path),
                parse.GetValue(body),
                parse.GetValue(target),
                parse.GetValue(address),
                parse.GetValue(run),
                parse.GetValue(curl)),
            cancellation));
        return verb;
    }

    private sealed record Order(string Method, string Path, string? BodyFile, string? Target, string? Host, string? Run, bool Curl);

    private static async Task<int> SignAsync(CliHost host, ParseResult parse, Order order, CancellationToken cancellation)
    {
        var options = host.Options(parse);
        var state = StateAccess.Require(options.StateDir);
        var target = Find(state, order.Target);
        var call = new Call(order.Method.ToUpperInvariant(), order.Path, await ReadAsync(host.Console, order.BodyFile, cancellation));
        call.Check();
        var address = order.Host is { } given ? new Uri($"{SchemeOf(Address(given), options)}://{Address(given)}")
            : target.NodeId == state.NodeId ? CliHost.AddressOf(options)
            : new Uri($"{options.PeerScheme}://{target.Addr}");
        var run = order.Run ?? await RunOf.AskAsync(address, target.NodeId, cancellation);
        var headers = call.Sign(state, target.NodeId, run, host.Now);

        if (host.WantsJson(parse))
            host.WriteJson(new SignedDocument(call.Method, $"{address.Scheme}://{address.Authority}{call.Target}", headers.ToImmutableSortedDictionary(StringComparer.Ordinal)), CliJson.Default.SignedDocument);
        else if (order.Curl)
            await host.Console.Out.WriteLineAsync(Curl.Command(call, address, Authority(), headers, order.BodyFile));
        else
            await WriteAsync(host.Console.Out, headers);
        await host.Console.Error.WriteLineAsync(
            $"valid for {Limits.SignatureSeconds} s and once, for {target.Name} only; who has it can make this call as {Mapping.Self(state).Name}");
        return ExitCode.Ok;

        (string, string)? Authority() => address.Scheme == Uri.UriSchemeHttps
            ? (target.NodeId, CertificateAuthority.Pem(state.NetworkId, new KeyRing(state.NetworkSecret, state.SecretGeneration), state.SecretGeneration))
            : null;
    }

    // A node's own machine speaks plain HTTP with it (rule X6).
    private static string SchemeOf(string address, ConstellaOptions options) =>
        IPEndPoint.TryParse(address, out var point) && IPAddress.IsLoopback(point.Address) ? Uri.UriSchemeHttp : options.PeerScheme;

    private static async Task WriteAsync(TextWriter output, IEnumerable<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
            await output.WriteLineAsync($"{name}: {value}");
    }

    // From the state, not from the node: a request can be signed while nothing runs.
    private static MemberRecord Find(NetworkState state, string? wanted)
    {
        if (wanted is null)
            return Mapping.Self(state);
        var matching = state.Peers
            .Where(record => record.Status == MemberStatus.Active)
            .Where(record => record.Name == wanted || record.NodeId.StartsWith(wanted, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return matching.Find(record => record.Name == wanted) ?? matching.Count switch
        {
            1 => matching[0],
            0 => throw new CliException(ExitCode.Failed, $"no node '{wanted}' in this network", "constella peers shows them"),
            _ => throw new CliException(ExitCode.Failed, $"'{wanted}' begins the id of more than one node", "write more of it"),
        };
    }

    private static string Address(string given) => NodeAddress.TryParse(given, out var address, out var wrong)
        ? address.ToString()
        : throw new CliException(ExitCode.Usage, $"--host: {wrong}");

    private static async Task<byte[]> ReadAsync(ICliConsole console, string? file, CancellationToken cancellation)
    {
        if (file is null)
            return [];
        try
        {
            return file == "-"
                ? System.Text.Encoding.UTF8.GetBytes(await console.In.ReadToEndAsync(cancellation))
                : await File.ReadAllBytesAsync(file, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"--body: {e.Message}");
        }
    }
}
