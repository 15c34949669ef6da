using System.Collections.Immutable;
using Constella.Core.Alerts;
using Constella.Core.Members;

namespace Constella.Core.Cluster;

/// <summary>Rule S4: the network's settings, written by the holder of the lease or by a witness.</summary>
public sealed partial class ClusterNode
{
    private void WriteSettings(SettingsPatch patch)
    {
        OwnTerm();
        NoteTransfer(patch);
        var stamp = new Stamp(HighestTerm, _state.Settings.Stamp.Term == HighestTerm ? _state.Settings.Stamp.Counter + 1 : 1);
        _state = _state with { Settings = Patched(_state.Settings, patch) with { Stamp = stamp } };
        _settingsVersion = ++_shareVersion;
        Shared();
    }

    // What a writer stamps bears a term of its own: two writers can never make the same stamp (S4).
    private void OwnTerm()
    {
        if (HighestTerm.NodeId == Self)
            return;
        SeeTerm(NextTerm());
        if (!Holding)
            return;
        _term = HighestTerm;
        _nextAsk = _now.Mono;
    }

    // Somebody's higher settings came in while changes of this writer wait: they are made again, on top (L7, S4).
    private void Reapply()
    {
        SeeTerm(_state.Settings.Stamp.Term);
        if (!MayWrite)
            return;
        foreach (var commit in _commits)
        {
            if (commit.Patch is null)
                continue;
            WriteSettings(commit.Patch);
            commit.Version = _shareVersion;
        }
    }

    private static Settings Patched(Settings settings, SettingsPatch patch) => settings with
    {
        OwnerUsername = Patched(settings.OwnerUsername, patch.OwnerUsername),
        OwnerId = patch.OwnerId is null ? settings.OwnerId : patch.OwnerId == 0 ? null : patch.OwnerId,
        OwnerLanguage = Patched(settings.OwnerLanguage, patch.OwnerLanguage),
        BotToken = Patched(settings.BotToken, patch.BotToken),
        Message = patch.Message is null ? settings.Message : patch.Message.ChatId == 0 ? null : patch.Message,
        Reboots = PatchedReboots(settings.Reboots, patch),
        Options = Options.With(settings.Options, patch.Options),
        Alerts = AlertBook.With(settings.Alerts, patch.Alerts, patch.Told),
        AlertSender = Patched(settings.AlertSender, patch.AlertSender),
    };

    private static string? Patched(string? value, string? change) => change is null ? value : change.Length == 0 ? null : change;

    private static ImmutableArray<PendingReboot> PatchedReboots(ImmutableArray<PendingReboot> reboots, SettingsPatch patch)
    {
        if (patch.EndReboot is { } end)
            reboots = reboots.RemoveAll(r => r.CommandId == end);
        if (patch.AddReboot is { } add && !reboots.Any(r => r.CommandId == add.CommandId))
            reboots = reboots.Add(add);
        return reboots.Length > Limits.Members ? reboots.RemoveAt(0) : reboots;
    }
}
