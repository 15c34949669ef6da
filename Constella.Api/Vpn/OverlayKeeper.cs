using System.Net;
using System.Net.Sockets;
using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Vpn;

/// <summary>
/// The running node's part of the overlay (rules O2 and O3): the hub's peers are the members, and the network is told over which address this node is
/// reached. Where it may not touch the interface, it says which command does.
/// </summary>
internal sealed partial class OverlayKeeper(ConstellaOptions options, IWireGuard wireGuard, ICluster cluster, ILogger<OverlayKeeper> log) : BackgroundService
{
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_knock = TimeSpan.FromSeconds(2);

    // A tunnel that is being made is no tunnel that fails.
    private const long Grace = 15_000;

    // A right that is missing is not there two seconds later.
    private const long Patience = 60_000;

    private readonly long _started = cluster.Mono;
    private (string Private, string Public)? _key;
    private string? _synced;
    private string? _refused;
    private long _again;
    private string? _trouble;
    private TunnelWatch? _watch;
    private int _answered;
    private int _knocks;

    // None once it has left the network.
    private MemberRecord? Own => cluster.View.Members.FirstOrDefault(static member => member.IsSelf)?.Record;

    /// <summary>One look; every two seconds.</summary>
    internal void Turn()
    {
        if (Own is not { } own)
            return;
        if (options.Vpn.For(own.Overlay) is not { } vpn)
        {
            Leave(own);
            return;
        }
        var config = Follow(vpn, own);
        var network = config?.Address ?? vpn.Network;
        var sight = wireGuard.Look(vpn.Interface, network);
        Sync(vpn, config, sight);
        _watch ??= new TunnelWatch(vpn.IsHub);
        _watch.Look(sight.Usable, Interlocked.Exchange(ref _answered, 0) != 0, cluster.Mono);
        if (_watch.WantsKnock && Door(network) is { } door)
            _ = KnockAsync(door);
        if (!_watch.Carries && cluster.Mono - _started < Grace)
            return;
        var address = sight.Host is { } host ? new NodeAddress(host, Port(own)).ToString() : null;
        cluster.Post(new Input.OverlaySeen(network.Network, Place(vpn, config, own), address, _watch.Carries));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_turn);
        BringUp();
        do
        {
            try
            {
                Turn();
            }
            catch (Exception error) when (error is WireGuardException or IOException or UnauthorizedAccessException)
            {
                Complain(error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // In a container, and where the node is root, nobody else does it; elsewhere the unit has done it before.
    private void BringUp()
    {
        if (options.Vpn.For(Own?.Overlay) is not { } vpn)
            return;
        try
        {
            if (File(vpn).Read() is { Address: { } address } config && !wireGuard.Look(vpn.Interface, address).Exists)
                wireGuard.Up(vpn.Interface, config.ForWg, address, vpn.IsHub).ToList().ForEach(Complain);
        }
        catch (Exception error) when (error is WireGuardException or IOException or UnauthorizedAccessException)
        {
            LogNotUp(vpn.Interface, error.Message);
        }
    }

    private void Leave(MemberRecord own)
    {
        if (options.Vpn.Mode == VpnMode.None && OverlayAddress.TryParse(own.Overlay?.Address, out var address))
            cluster.Post(new Input.OverlaySeen(address.Network, null, null, null));
    }

    // O2: what the file says is what the members are; null where the tunnel was made by hand.
    private WireGuardConfig? Follow(VpnOptions vpn, MemberRecord own)
    {
        if (File(vpn).Read() is not { } there)
            return null;
        var members = cluster.View.Members.Select(static member => member.Record);
        var next = vpn.IsHub ? there.Listening(vpn.ListenPort ?? VpnOptions.DefaultPort).ForHub(own.NodeId, members) : there.ForClient(vpn, members);
        // A client may be unable to apply what it has not changed, and need not.
        if (!vpn.IsHub)
            _synced ??= there.Text;
        if (next.Text != there.Text)
            File(vpn).Write(next);
        return next;
    }

    private void Sync(VpnOptions vpn, WireGuardConfig? config, InterfaceSight sight)
    {
        if (config is null || !sight.Exists || _synced == config.Text || (_refused == config.Text && cluster.Mono < _again))
            return;
        try
        {
            wireGuard.Sync(vpn.Interface, config.ForWg);
            _synced = config.Text;
            _trouble = null;
            LogSynced(vpn.Interface);
        }
        catch (WireGuardException error)
        {
            (_refused, _again) = (config.Text, cluster.Mono + Patience);
            Complain($"{error.Message}: the new peers are in {File(vpn).Location}; `constella vpn up` as root takes them over");
        }
    }

    private OverlayPlace? Place(VpnOptions vpn, WireGuardConfig? config, MemberRecord own)
    {
        if (config is not { PrivateKey: { } key, Address: { } address })
            return null;
        if (_key?.Private != key)
            _key = (key, wireGuard.PublicKey(key));
        return new OverlayPlace(_key.Value.Public, address.ToString())
        {
            Endpoint = vpn.IsHub ? (vpn with { ListenPort = config.ListenPort }).EndpointAt(Overlay.Outside(own, address)) : null,
        };
    }

    private int Port(MemberRecord own) =>
        options.Listen.Port != 0 ? options.Listen.Port : NodeAddress.TryParse(own.Addr, out var address, out _) ? address.Port : Limits.DefaultPort;

    // The hub every other time, the others in turn: whoever of them is dead, the tunnel need not be.
    private NodeAddress? Door(OverlayAddress network)
    {
        var doors = cluster.View.Members.Where(static member => !member.IsSelf).Select(static member => member.Record)
            .OrderByDescending(static record => record.Overlay?.IsHub ?? false)
            .Select(record => new[] { record.Addr, record.AltAddr, Hall(record.Overlay) }.FirstOrDefault(network.Contains))
            .OfType<string>()
            .ToList();
        _knocks++;
        return doors.Count > 0 && NodeAddress.TryParse(doors[_knocks % 2 == 0 ? _knocks / 2 % doors.Count : 0], out var door, out _) ? door : null;
    }

    // A refusal is an answer, too: it has come out of the tunnel.
    private async Task KnockAsync(NodeAddress address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var end = new CancellationTokenSource(s_knock);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, end.Token);
            Interlocked.Exchange(ref _answered, 1);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            Interlocked.Exchange(ref _answered, 1);
        }
        catch (Exception nobody) when (nobody is SocketException or OperationCanceledException)
        {
            // Asked again in some seconds.
        }
    }

    private static string? Hall(OverlayPlace? place) => OverlayAddress.TryParse(place?.Address, out var address) ? address.Host : null;

    private WireGuardFile File(VpnOptions vpn) => new(options.StateDir, vpn.Interface);

    // Once, until something else is wrong.
    private void Complain(string trouble)
    {
        if (_trouble == trouble)
            return;
        _trouble = trouble;
        LogTrouble(trouble);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The overlay: {Trouble}")]
    private partial void LogTrouble(string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The overlay: {Interface} is not up, traffic goes over the public addresses: {Reason}. As root: constella vpn up")]
    private partial void LogNotUp(string @interface, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The overlay: {Interface} has the peers that the members are")]
    private partial void LogSynced(string @interface);
}
