using System.CommandLine;
using System.Diagnostics;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.Vpn;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella vpn</c>: this node's tunnel into the overlay (rules O).</summary>
internal static class VpnVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "vpn",
            "This node's tunnel into the WireGuard overlay; with code 1 where it is not up. Handshakes are told to root only.",
            "constella vpn",
            "sudo constella vpn up") { Up(host), Down(host) };
        verb.SetAction(parse => Show(host, parse));
        return verb;
    }

    private static Verb Up(CliHost host)
    {
        var verb = new Verb(
            "up",
            "Bring the interface up, or to what wg/wg0.conf beside the state says; needs root. A node that has been given a part in the overlay only now gets its key.",
            "sudo constella vpn up",
            "sudo CONSTELLA_VPN_MODE=client CONSTELLA_VPN_ADDRESS=10.42.0.9 constella vpn up");
        verb.SetAction(parse =>
        {
            var (options, state, vpn) = Open(host, parse);
            var file = new WireGuardFile(options.StateDir, vpn.Interface);
            var config = file.Read() ?? Make(host, options, state, vpn, file);
            if (config.Address is not { } address)
                throw new CliException(ExitCode.BadState, $"{file.Location} has no Address of an overlay, as 10.42.0.2/24");
            foreach (var remedy in host.WireGuard.Up(vpn.Interface, config.ForWg, address, vpn.IsHub))
                host.Console.Error.WriteLine($"warning: {remedy}");
            if (host.WantsJson(parse))
                return Show(host, parse);
            host.Console.Out.WriteLine($"{Ink.For(host.Console).Check} {vpn.Interface} is up: {address}");
            return ExitCode.Ok;
        });
        return verb;
    }

    private static Verb Down(CliHost host)
    {
        var verb = new Verb("down", "Take the interface away; needs root. Traffic goes over the public addresses.", "sudo constella vpn down");
        verb.SetAction(parse =>
        {
            // Also where the node is in the overlay no more.
            var name = host.Options(parse).Vpn.Interface;
            host.WireGuard.Down(name);
            if (host.WantsJson(parse))
                host.WriteJson(new DownDocument(name, false), CliJson.Default.DownDocument);
            else
                host.Console.Out.WriteLine($"{Ink.For(host.Console).Check} {name} is down");
            return ExitCode.Ok;
        });
        return verb;
    }

    private static (ConstellaOptions Options, NetworkState State, VpnOptions Vpn) Open(CliHost host, ParseResult parse)
    {
        var options = host.Options(parse);
        var state = StateAccess.Require(options.StateDir);
        return options.Vpn.For(Mapping.Self(state).Overlay) is { } vpn
            ? (options, state, vpn)
            : throw new CliException(ExitCode.Failed, "this node is in no overlay", "CONSTELLA_VPN_MODE=hub, or client, gives it a part in one");
    }

    // A node that was a member before: the running node puts its place into its record, and the hub takes it from there.
    private static WireGuardConfig Make(CliHost host, ConstellaOptions options, NetworkState state, VpnOptions vpn, WireGuardFile file)
    {
        var self = Mapping.Self(state);
        var network = Overlay.Hub(state.Peers) is { Overlay.Address: var hub } && OverlayAddress.TryParse(hub, out var place) ? place.Network : vpn.Network;
        var tunnel = Tunnel.New(vpn with { Network = network }, Overlay.Outside(self, network), host.WireGuard)!;
        if (tunnel.Place.Address.Length == 0)
            throw new CliException(ExitCode.Failed, "a node that is a member already chooses its address in the overlay itself", $"set CONSTELLA_VPN_ADDRESS, as {Free(state, network)}");
        tunnel.Write(options.StateDir, self.NodeId, tunnel.Place, state.Peers);
        Give(options.StateDir, Path.GetDirectoryName(file.Location)!);
        return file.Read()!;
    }

    private static string Free(NetworkState state, OverlayAddress network)
    {
        var taken = state.Peers.Select(record => OverlayAddress.TryParse(record.Overlay?.Address, out var address) ? address.Value : 0).ToHashSet();
        return network.Free(taken)?.Host ?? network.Host;
    }

    // Made by root, read by the user of the service, whose folder this is.
    private static void Give(string stateDir, string folder)
    {
        using var chown = Process.Start(new ProcessStartInfo("chown", ["-R", $"--reference={stateDir}", folder]));
        chown?.WaitForExit();
    }

    private static int Show(CliHost host, ParseResult parse)
    {
        var (options, state, vpn) = Open(host, parse);
        var file = new WireGuardFile(options.StateDir, vpn.Interface);
        var address = file.Read()?.Address ?? vpn.Network;
        var document = VpnScreen.Of(vpn, state, address, host.WireGuard.Look(vpn.Interface, address), host.WireGuard.Handshakes(vpn.Interface), host.Now);
        if (host.WantsJson(parse))
            host.WriteJson(document, CliJson.Default.VpnDocument);
        else
            VpnScreen.Write(host.Console, document);
        return document.Up ? ExitCode.Ok : ExitCode.Failed;
    }
}
