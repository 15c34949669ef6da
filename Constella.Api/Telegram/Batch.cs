using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>What the updates at hand change, update by update; committed as one patch.</summary>
internal sealed class Batch(ClusterView view)
{
    private readonly List<PendingReboot> _reboots = [];
    private readonly List<Option> _options = [];
    private SettingsPatch _patch = new();

    /// <summary>As they will be once the batch is committed.</summary>
    public Settings Settings { get; private set; } = view.Settings;

    public IReadOnlyList<PendingReboot> Reboots => _reboots;

    /// <summary>The owner has said or pressed something that changes the screen.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>Null when nothing changes.</summary>
    public SettingsPatch? Patch
    {
        get
        {
            var patch = _patch with
            {
                Message = Settings.Message == view.Settings.Message ? null : Settings.Message,
                AddReboot = _reboots.FirstOrDefault(),
                Options = [.. _options],
            };
            return patch == new SettingsPatch() ? null : patch;
        }
    }

    public void Learn(SettingsPatch learned)
    {
        _patch = _patch with
        {
            OwnerId = learned.OwnerId ?? _patch.OwnerId,
            OwnerLanguage = learned.OwnerLanguage ?? _patch.OwnerLanguage,
        };
        Settings = Settings with
        {
            OwnerId = learned.OwnerId ?? Settings.OwnerId,
            OwnerLanguage = learned.OwnerLanguage ?? Settings.OwnerLanguage,
        };
    }

    public void Show(LivingMessage message)
    {
        HasSpoken = true;
        Settings = Settings with { Message = message };
    }

    public void Set(Option option)
    {
        _options.Add(option);
        Settings = Settings with { Options = Options.With(Settings.Options, [option]) };
    }

    public void Add(PendingReboot reboot)
    {
        _reboots.Add(reboot);
        Settings = Settings with { Reboots = Settings.Reboots.Add(reboot) };
    }
}
