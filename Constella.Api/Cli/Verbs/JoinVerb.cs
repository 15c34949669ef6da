using System.CommandLine;
using Constella.Api.Cli.Founding;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.State;
using Constella.Api.Tls;
using Constella.Api.Vpn;
using Constella.Core.Joining;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella join</c>: takes this machine into a network by a link.</summary>
internal static class JoinVerb
{
    public static Command Create(CliHost host)
    {
        var flags = new IdentityFlags();
        var link = new Option<string?>("--join") { Description = "The link; - reads it from standard input (CONSTELLA_JOIN)", HelpName = "LINK" };
        var replace = new Option<bool>("--replace") { Description = "Also where a network is here already: its state is put aside (network_state.json.left)" };
        var verb = new Verb(
            "join",
            "Join a network by a one-time link. Writes the state and ends; `constella run` runs the node.",
            "constella join --server-name echo-02 --join 'join://203.0.113.10:4747?net=…&token=…&ttl=15m'",
            "constella join --join - < link.txt",
            "constella join --replace --join LINK           (a node that the others refuse)") { link, replace };
        flags.AddTo(verb);
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, flags, parse.GetValue(link), parse.GetValue(replace), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, IdentityFlags flags, string? given, bool replace, CancellationToken cancellation)
    {
        var options = flags.Options(host, parse);
        if (given is not null and not "-")
            await host.Console.Error.WriteLineAsync(Warnings.LinkOnCommandLine);
        var link = given == "-" ? Prompt.Secret(host.Console, "join link") : given ?? options.Join;
        if (link is null)
            throw new CliException(ExitCode.Usage, "join needs a link", "constella join --join LINK, or --join - to read it from standard input");
        var joined = await JoinAsync(host, options, link, replace, cancellation);
        var document = Mapping.Network(joined.State, options.StateDir, created: true, joined.Reachable);
        if (host.WantsJson(parse))
        {
            host.WriteJson(document, CliJson.Default.NetworkDocument);
            return ExitCode.Ok;
        }
        var nodes = document.Members == 1 ? "1 node" : $"{document.Members} nodes";
        await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} joined network {document.NetworkId} ({nodes}): {document.Name} at {document.Addr}");
        await host.Console.Error.WriteLineAsync("Next: constella run");
        return ExitCode.Ok;
    }

    /// <summary>Joins and writes the state.</summary>
    /// <param name="replace">Also where this node is a member of a network: a member that the others refuse comes back in this way.</param>
    /// <exception cref="CliException">The link is wrong (2), there is a network already (1), the port is taken (5), or the network refused (1).</exception>
    internal static async Task<Joined> JoinAsync(CliHost host, ConstellaOptions options, string text, bool replace, CancellationToken cancellation)
    {
        if (!JoinLink.TryParse(text.Trim(), out var link, out var wrong))
            throw new CliException(ExitCode.Usage, $"the link cannot be used: {wrong}", "copy it whole, in quotes: 'join://HOST:PORT?net=…&token=…&ttl=15m'");
        var hasState = MayTake(options.StateDir, replace);
        using var store = StateStore.Open(options.StateDir);
        var nodeId = Identity.NewId();
        var tunnel = Tunnel.New(options.Vpn, options.PublicAddr, host.WireGuard);
        Joined joined;
        await using (await Doorbell.HangAsync(options.Listen, Identity.NameOf(options), nodeId, cancellation))
        {
            using var transport = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false, SslOptions = PeerTrust.Anybody };
            var joiner = new Joiner(transport, host.Time, word => host.Console.Error.WriteLine(word));
            joined = await joiner.JoinAsync(link, options, nodeId, tunnel?.Place, cancellation);
        }
        // Only now: a join that failed has changed nothing.
        if (hasState)
            store.Retire();
        var self = Mapping.Self(joined.State);
        tunnel?.Write(options.StateDir, nodeId, self.Overlay, joined.State.Peers);
        store.Save(joined.State);
        if (joined.Reachable == false)
            Warn(host.Console, options, self);
        Warnings.TellOverlay(host.Console, options, self);
        return joined;
    }

    // A network that this node has left is put aside; one that it is a member of only where that was said.
    private static bool MayTake(string stateDir, bool replace)
    {
        if (StateAccess.Find(stateDir) is not { } there)
            return false;
        if (!replace && Mapping.Self(there) is { Status: MemberStatus.Active } self)
            throw new CliException(ExitCode.Failed, $"{stateDir} already holds network {there.NetworkId} with node {self.Name}; nothing was changed", "leave that one first: constella leave; or, where its other nodes refuse this one: --replace");
        return true;
    }

    private static void Warn(ICliConsole console, ConstellaOptions options, MemberRecord self)
    {
        var address = self.Addr;
        if (self.Overlay is not null)
        {
            console.Error.WriteLine($"the network does not reach this machine at {address}, only through the tunnel: until that one is up, this node has no vote");
            return;
        }
        console.Error.WriteLine($"warning: the network does not reach this machine at {address}; until it does, this node has no vote");
        console.Error.WriteLine($"  {Ink.For(console).Arrow} open {options.Listen.Port}/tcp here and at the provider (ufw allow {options.Listen.Port}/tcp), or give the right address: constella config set address HOST:PORT");
    }
}
