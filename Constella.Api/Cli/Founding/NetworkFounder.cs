using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.State;
using Constella.Api.Vpn;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Api.Cli.Founding;

/// <summary>A network of one node: its ids, its secret and its first state.</summary>
public static class NetworkFounder
{
    private const int SecretBytes = 32;

    /// <summary>Makes the state and writes it.</summary>
    /// <exception cref="StateException">It could not be written.</exception>
    internal static NetworkState Found(ConstellaOptions options, ICliConsole console, IWireGuard wireGuard)
    {
        var state = Create(options, Identity.NameOf(options), AddressOf(options, console), ReadToken(options));
        using var store = StateStore.Open(options.StateDir);
        // Asked again under the lock: two `init` at once must not found two networks.
        if (store.Load() is { } there)
            throw new CliException(ExitCode.Failed, $"{options.StateDir} holds network {there.NetworkId} by now; nothing was changed");
        // The tunnel first: a state without it would have to be given one by hand.
        if (Tunnel.New(options.Vpn, Mapping.Self(state).Addr, wireGuard) is { } tunnel)
        {
            state = state with { Peers = [state.Peers[0] with { Overlay = tunnel.Place }] };
            tunnel.Write(options.StateDir, state.NodeId, tunnel.Place, state.Peers);
        }
        store.Save(state);
        return state;
    }

    internal static NetworkState Create(ConstellaOptions options, string name, string address, string? botToken)
    {
        var nodeId = Identity.NewId();
        // The founder's own first term: whatever it decides later, under a lease, is newer.
        var first = new Term(1, nodeId);
        var nodeKey = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var self = new MemberRecord
        {
            NodeId = nodeId,
            Name = name,
            Addr = address,
            AltAddr = Identity.Canonical(options.AltAddr),
            Priority = options.Priority ?? 100,
            Key = SecretBox.PublicOf(nodeKey),
        };
        return new NetworkState
        {
            NetworkId = Identity.NewId(),
            NetworkSecret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)),
            NodeKey = nodeKey,
            NodeId = nodeId,
            Peers = [self],
            Members = new MemberSet { Cfg = new Stamp(first, 1), Ids = [nodeId] },
            Settings = new Settings { Stamp = new Stamp(first, 1), OwnerUsername = options.Owner, OwnerId = options.OwnerId, BotToken = botToken },
            Term = first,
        };
    }

    private static string AddressOf(ConstellaOptions options, ICliConsole console)
    {
        if (Identity.Canonical(options.PublicAddr) is { } given)
            return given;
        // A node that listens on one address only is not reached by another one.
        var listens = options.Listen.Address;
        if (!listens.Equals(IPAddress.Any) && !listens.Equals(IPAddress.IPv6Any))
            return options.Listen.ToString();
        var address = DefaultRoute.SourceAddress(Path.Combine(options.HostProc, "net"));
        if (address is null)
            console.Error.WriteLine("warning: no address but loopback was found, other machines cannot join; set one later: constella config set address HOST:PORT");
        return new NodeAddress((address ?? IPAddress.Loopback).ToString(), options.Listen.Port).ToString();
    }

    private static string? ReadToken(ConstellaOptions options)
    {
        try
        {
            return options.ReadBotToken() is { Length: > 0 } token ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.BadState, $"the bot token file cannot be read: {e.Message}");
        }
    }
}
