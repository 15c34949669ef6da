using System.Collections.Immutable;
using System.Globalization;
using Constella.Core.Alerts;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules A1 to A4: every node looks at the network every two seconds; the one that may write makes alerts of what it sees.</summary>
public sealed partial class ClusterNode
{
    private readonly AlertJudge _judge = new();
    private long _nextLook;

    // Else nothing can end, and what is good is of no account: that is most of what there is to see.
    private bool _someGoOn;

    // How long a node may still be told as having come up unasked (A2): by then somebody has noted it.
    private const long UnaskedMemory = 600_000;

    private static readonly TimeSpan RebootPatience = TimeSpan.FromMinutes(10);

    private bool _unasked;

    private bool TellsUnasked => _unasked && _now.Mono - _started < UnaskedMemory;

    private void WatchAlerts()
    {
        if (_now.Mono < _nextLook || Removed)
            return;
        _nextLook = _now.Mono + Timings.AlertLook;
        var book = _state.Settings.Alerts;
        _someGoOn = book.Any(static alert => alert.Ended is null);
        var signs = Signs();
        var due = _judge.Look(signs, book, _now);
        // Read anew: the right of the step before may have ended.
        if (_stopping || !Permit().Allows(_now.Mono, _now.Mono))
            return;
        var changes = due.Select(Silenced).Concat(Orphans(book)).ToImmutableArray();
        if (changes.IsEmpty)
            return;
        var patch = new SettingsPatch { Alerts = changes };
        WriteSettings(patch);
        _commits.Add(new Commit { Version = _shareVersion, Since = _now.Mono, Patch = patch });
        Push();
    }

    // A5: nothing is told that a majority does not know, or the next Host would tell it anew.
    private bool AlertsCommitted
    {
        get
        {
            foreach (var commit in _commits)
            {
                if (commit.Patch is { Alerts.IsEmpty: false })
                    return false;
            }
            return true;
        }
    }

    // A6: muted, or nobody to tell.
    private Alert Silenced(Alert alert)
    {
        var settings = _state.Settings;
        var first = alert.Kind == AlertKind.Host && alert.Detail is null;
        return first || settings.BotToken is null || settings.OwnerId is null or 0 || Options.Muted(settings.Options, alert.Node, _now.Utc)
            ? alert with { Told = AlertTold.All }
            : alert;
    }

    // Of a node that is no member any more; one that this node has not heard of yet may just have joined.
    private IEnumerable<Alert> Orphans(ImmutableArray<Alert> book) => book
        .Where(a => a.Ended is null && a.Node is { } node && (MemberTable.Find(_state.Peers, node) is { Status: not MemberStatus.Active } || IsUnset(a, node)))
        .Select(a => a with { Ended = _now.Utc, Told = AlertTold.All });

    private List<Sign> Signs()
    {
        var signs = new List<Sign>();
        NetworkSigns(signs);
        var reference = (Clock: MedianOffset(), Build: CommonBuild());
        var alone = HearsNobody() && !_witness.InTenure;
        foreach (var peer in _peers.Values)
        {
            LifeSigns(signs, peer, alone);
            if (peer.Vitals is not { } vitals || !peer.Fresh(_now.Mono))
                continue;
            OverlaySign(signs, peer.Id, vitals.OverlayDown);
            MachineSigns(signs, peer.Id, vitals.Load, vitals.Build, vitals.V, peer.ClockOffset - reference.Clock, vitals.Unasked ? vitals.Boot : null, reference.Build);
        }
        // It writes, so it lives: what another Host has begun about this node ends.
        signs.Add(new Sign(AlertKind.Down, Self, Condition.Good, 0, Timings.Settle));
        signs.Add(new Sign(AlertKind.Certificate, Self, Condition.Good, 0, Timings.Settle));
        OverlaySign(signs, Self, _tunnelDown);
        MachineSigns(signs, Self, _load, _process.Build, Limits.Protocol, -reference.Clock, TellsUnasked ? _process.Boot : null, reference.Build);
        ContractSigns(signs);
        return signs;
    }

    private void NetworkSigns(List<Sign> signs)
    {
        if (_witness.InTenure)
            signs.Add(new Sign(AlertKind.Quorum, null, Condition.Bad, Timings.AlertQuorum, Timings.Settle));
        else if (Holding)
            signs.Add(new Sign(AlertKind.Quorum, null, Condition.Good, Timings.AlertQuorum, Timings.Settle));
        if (!Holding && !_witness.InTenure)
            return;
        var last = _state.Settings.Alerts.LastOrDefault(a => a.Kind == AlertKind.Host);
        if (last?.Node != Self)
            signs.Add(new Sign(AlertKind.Host, Self, Condition.Bad, last is null ? 0 : Timings.AlertHost, 0) { Event = true, Detail = last?.Node });
    }

    private void LifeSigns(List<Sign> signs, Peer peer, bool alone)
    {
        var health = peer.HealthAt(_now.Mono);
        var foreign = peer.Refuses(_now.Mono) || peer.Untrusted(_now.Mono);
        if (foreign || (_someGoOn && health == Health.Alive))
            signs.Add(new Sign(AlertKind.Certificate, peer.Id, foreign ? Condition.Bad : Condition.Good, Timings.AlertCertificate, Timings.Settle));
        // H4: who hears nobody is itself what fails. And an asked-for reboot is watched on its own screen.
        if (foreign || (health == Health.Alive ? !_someGoOn : alone || AskedToReboot(peer.Id)))
            return;
        var down = (Options.Number(_state.Settings.Options, Options.AlertDown, peer.Id) ?? 0) * 1_000L;
        var hold = IsStopping(peer) ? Timings.AlertDraining : down - (health == Health.Unknown ? 0 : Timings.Down);
        signs.Add(new Sign(AlertKind.Down, peer.Id, health switch
        {
            Health.Alive => Condition.Good,
            Health.Suspect => Condition.Between,
            _ => Condition.Bad,
        }, hold, Timings.Settle)
        {
            Since = peer.LastHeard,
        });
    }

    // Who drains says so for as long as that lasts, and may die meanwhile like any other.
    private bool IsStopping(Peer peer) => peer.Vitals is { Draining: true } && MemberTable.Find(_state.Peers, peer.Id) is not { Drain: true };

    private bool AskedToReboot(string node)
    {
        foreach (var reboot in _state.Settings.Reboots)
        {
            if (reboot.Target == node && _now.Utc - reboot.Requested < RebootPatience)
                return true;
        }
        return false;
    }

    private void MachineSigns(List<Sign> signs, string node, Load? load, string? build, int protocol, long? ahead, string? unasked, string? common)
    {
        var samples = (Options.Number(_state.Settings.Options, Options.AlertSamples, node) ?? 1) * Timings.LoadEvery;
        Level(signs, AlertKind.Cpu, node, load?.Cpu, Options.AlertCpu, samples);
        Level(signs, AlertKind.Ram, node, load?.Ram, Options.AlertRam, samples);
        Level(signs, AlertKind.Disk, node, load?.Disk, Options.AlertDisk, Timings.AlertCalm);
        if (ahead is { } offset && Options.Number(_state.Settings.Options, Options.AlertClock, node) * 1_000L is { } most)
        {
            var off = Math.Abs(offset);
            var condition = off >= most ? Condition.Bad : off < most / 2 ? Condition.Good : Condition.Between;
            if (condition != Condition.Good || _someGoOn)
                signs.Add(new Sign(AlertKind.Clock, node, condition, Timings.AlertClock, Timings.AlertClock) { Detail = Whole((offset + (Math.Sign(offset) * 500)) / 1_000) });
        }
        var stranger = Math.Abs(protocol - Limits.Protocol) > 1;
        var patience = stranger ? Timings.AlertCertificate : (Options.Number(_state.Settings.Options, Options.AlertVersion, node) ?? 0) * 60_000L;
        var unlike = stranger || build != common;
        if (build is not null && (unlike || _someGoOn))
            signs.Add(new Sign(AlertKind.Version, node, unlike ? Condition.Bad : Condition.Good, patience, Timings.Settle) { Detail = build });
        if (unasked is not null && !_state.Settings.Alerts.Any(a => a.IsAbout(AlertKind.Reboot, node) && a.Detail == Mark(unasked)))
            signs.Add(new Sign(AlertKind.Reboot, node, Condition.Bad, 0, 0) { Event = true, Detail = Mark(unasked) });
    }

    // A3: it begins at the level and ends five percent below.
    private void Level(List<Sign> signs, AlertKind kind, string node, int? percent, string option, long hold)
    {
        if (percent is not { } value)
            return;
        var level = Options.Number(_state.Settings.Options, option, node) ?? int.MaxValue;
        var condition = value >= level ? Condition.Bad : value < level - 5 ? Condition.Good : Condition.Between;
        if (condition != Condition.Good || _someGoOn)
            signs.Add(new Sign(kind, node, condition, hold, Timings.AlertCalm) { Detail = Whole(value) });
    }

    private long MedianOffset()
    {
        var offsets = new List<long>();
        foreach (var peer in _peers.Values)
        {
            if (peer.Fresh(_now.Mono) && peer.ClockOffset is { } offset)
                offsets.Add(offset);
        }
        return ClockMedian.Of(offsets);
    }

    private string? CommonBuild()
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Fresh(_now.Mono) && peer.Vitals!.Build != _process.Build)
                return MostFrequentBuild();
        }
        return _process.Build;
    }

    private string? MostFrequentBuild() => _peers.Values.Where(p => p.Fresh(_now.Mono)).Select(p => p.Vitals!.Build).Append(_process.Build)
        .Where(build => build is not null).GroupBy(build => build).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key, StringComparer.Ordinal).First().Key;

    private static string Mark(string boot) => boot.Length <= 12 ? boot : boot[..12];

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
