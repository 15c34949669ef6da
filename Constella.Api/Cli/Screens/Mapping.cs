using System.Collections.Immutable;
using Constella.Api.Endpoints;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Cli.Screens;

/// <summary>From what the node answers, or from its state file where it does not run, to what is shown.</summary>
public static class Mapping
{
    public static PeersDocument Peers(PeersAnswer answer) => new()
    {
        NetworkId = answer.NetworkId,
        NodeId = answer.NodeId,
        HostId = answer.HostId ?? answer.CandidateId,
        Quorum = answer.Quorum,
        Preferred = answer.Preferred,
        Paused = answer.Paused,
        Peers = [.. answer.Peers.Where(peer => peer.Status == MemberStatus.Active).Select(Peer)],
    };

    public static PeersDocument Peers(NetworkState state) => new()
    {
        NetworkId = state.NetworkId,
        NodeId = state.NodeId,
        Peers =
        [
            .. Active(state).OrderBy(record => record.Name, StringComparer.Ordinal).Select(record => new PeerDocument
            {
                NodeId = record.NodeId,
                Name = record.Name,
                Addr = record.Addr,
                AltAddr = record.AltAddr,
                Priority = record.Priority,
                Health = Health.Unknown,
                IsSelf = record.NodeId == state.NodeId,
                Drained = record.Drain,
            }),
        ],
    };

    public static StatusDocument Status(HealthAnswer health, PeersAnswer network, SettingsAnswer settings, string stateDir)
    {
        var peers = Peers(network);
        return new StatusDocument
        {
            Running = true,
            NetworkId = network.NetworkId,
            NodeId = network.NodeId,
            Name = network.Name,
            Addr = settings.Self.Addr,
            Build = peers.Peers.FirstOrDefault(peer => peer.IsSelf)?.Build ?? health.Version,
            UptimeSeconds = health.Uptime,
            IsHost = health.IsLeader,
            HostId = peers.HostId,
            HostName = peers.Peers.FirstOrDefault(peer => peer.NodeId == peers.HostId)?.Name,
            Quorum = network.Quorum,
            PreferredName = peers.Peers.FirstOrDefault(peer => peer.NodeId == network.Preferred)?.Name,
            Paused = network.Paused,
            Drained = peers.Peers.FirstOrDefault(peer => peer.IsSelf)?.Drained ?? false,
            Term = network.Term.Counter,
            Members = peers.Peers.Length,
            Alive = peers.Peers.Count(PeersScreen.IsAlive),
            Bot = network.Bot.Polling,
            BotToken = network.Bot.Configured,
            Owner = settings.OwnerUsername,
            OwnerId = settings.OwnerId,
            Cloned = health.Status == "cloned",
            Removed = health.Status == "removed",
            Refused = health.Status == "refused",
            StateDir = stateDir,
        };
    }

    public static StatusDocument Status(NetworkState state, string stateDir)
    {
        var self = Self(state);
        return new StatusDocument
        {
            Running = false,
            NetworkId = state.NetworkId,
            NodeId = state.NodeId,
            Name = self.Name,
            Addr = self.Addr,
            Members = Active(state).Count(),
            BotToken = state.Settings.BotToken is not null,
            Owner = state.Settings.OwnerUsername,
            OwnerId = state.Settings.OwnerId,
            Removed = self.Status != MemberStatus.Active,
            StateDir = stateDir,
        };
    }

    public static KeysDocument Keys(KeysAnswer keys, PeersAnswer network) => new(
        keys.Generation,
        keys.Phase,
        keys.Since,
        keys.Followed,
        [.. keys.Waiting.Select(id => network.Peers.FirstOrDefault(peer => peer.NodeId == id)?.Name ?? id)]);

    public static ConfigDocument Config(SettingsAnswer settings, PeersAnswer network) => new()
    {
        BotToken = settings.BotToken,
        Owner = settings.OwnerUsername,
        OwnerId = settings.OwnerId,
        Name = settings.Self.Name,
        Address = settings.Self.Addr,
        AltAddress = settings.Self.AltAddr,
        Priority = settings.Self.Priority,
        Options = OptionsOf(settings.Options, id => network.Peers.FirstOrDefault(peer => peer.NodeId == id)?.Name),
    };

    public static ConfigDocument Config(NetworkState state)
    {
        var self = Self(state);
        return new ConfigDocument
        {
            BotToken = state.Settings.BotToken is not null,
            Owner = state.Settings.OwnerUsername,
            OwnerId = state.Settings.OwnerId,
            Name = self.Name,
            Address = self.Addr,
            AltAddress = self.AltAddr,
            Priority = self.Priority,
            Options = OptionsOf(state.Settings.Options, id => MemberTable.Find(state.Peers, id)?.Name),
        };
    }

    private static ImmutableSortedDictionary<string, string> OptionsOf(ImmutableArray<Option> options, Func<string, string?> name) =>
        Core.Members.Options.Known.Where(kind => kind.Default is not null).Select(kind => KeyValuePair.Create(kind.Key, kind.Default!))
            .Concat(options.Select(Core.Members.Options.Shown).Select(option => KeyValuePair.Create(option.Node is { } node ? $"{option.Key}@{name(node) ?? node}" : option.Key, option.Value)))
            .GroupBy(entry => entry.Key).ToImmutableSortedDictionary(entries => entries.Key, entries => entries.Last().Value, StringComparer.Ordinal);

    public static NetworkDocument Network(NetworkState state, string stateDir, bool created, bool? reachable = null)
    {
        var self = Self(state);
        return new NetworkDocument
        {
            NetworkId = state.NetworkId,
            NodeId = state.NodeId,
            Name = self.Name,
            Addr = self.Addr,
            StateDir = stateDir,
            Members = Active(state).Count(),
            Created = created,
            Reachable = reachable,
        };
    }

    /// <exception cref="CliException">The state does not know its own node: it was not written by this program.</exception>
    public static MemberRecord Self(NetworkState state) => state.Peers.FirstOrDefault(record => record.NodeId == state.NodeId)
        ?? throw new CliException(ExitCode.BadState, $"the state holds no record of its own node {state.NodeId}", "constella state repair, or remove the state and join again");

    private static IEnumerable<MemberRecord> Active(NetworkState state) => state.Peers.Where(record => record.Status == MemberStatus.Active);

    private static PeerDocument Peer(PeerInfo peer) => new()
    {
        NodeId = peer.NodeId,
        Name = peer.Name,
        Addr = peer.Addr,
        AltAddr = peer.AltAddr,
        Priority = peer.Priority,
        Health = peer.Health,
        IsSelf = peer.IsSelf,
        IsHost = peer.IsHost,
        Draining = peer.Draining,
        Drained = peer.Drained,
        RttMs = peer.RttMs,
        LastHeard = peer.LastHeard,
        OfflineSince = peer.OfflineSince,
        BootId = peer.Boot,
        Build = peer.Build,
    };
}
