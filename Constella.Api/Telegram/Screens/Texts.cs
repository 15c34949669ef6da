using System.Collections.Immutable;
using System.Globalization;

namespace Constella.Api.Telegram.Screens;

/// <summary>Every sentence the bot knows.</summary>
internal enum Text
{
    ListTitle,
    Host,
    NoQuorumMark,
    Offline,
    OfflineSince,
    NotHeardYet,
    QuorumYes,
    QuorumNo,
    Refresh,
    BackToList,
    BackToCard,
    ShowConsumption,
    Reboot,
    CardState,
    StateOnline,
    StateOffline,
    StateUnknown,
    CardAddress,
    CardRtt,
    CardVersion,
    CardId,
    CardLeaving,
    NoSuchNode,
    ConsumptionTitle,
    ConsumptionFailed,
    NoAnswer,
    Cpu,
    Load,
    Memory,
    Swap,
    Disk,
    Network,
    Uptime,
    UptimeValue,
    Unknown,
    SizeOf,
    RebootQuestion,
    RebootHost,
    RebootYes,
    RebootNo,
    RebootNoBoot,
    RebootSending,
    RebootNoAnswer,
    RebootTaken,
    RebootBack,
    RebootRefused,
    RebootTimeout,
    RebootGone,
    RebootAlready,
    Help,
    Invite,
    InviteBadTtl,
    InviteFailed,
    StrangerPolls,
    Cloned,
    WebhookRemoved,
    CommandNodes,
    CommandInvite,
    CommandHelp,
    CommandStart,
    Bytes,
    KiB,
    MiB,
    GiB,
    TiB,
    PerSecond,
    Charts,
    Connections,
    Forget,
    Suspect,
    ListOffline,
    LoadLine,
    AsOf,
    Months,
    ChartCpu,
    ChartRam,
    ChartDisk,
    ChartNetwork,
    ChartLoad,
    ChartHour,
    ChartDay,
    ChartWeek,
    ChartMonth,
    ChartLight,
    ChartDark,
    ChartTitle,
    ChartLast,
    ChartFigures,
    ChartMean,
    ChartMax,
    ChartReceived,
    ChartSent,
    ChartNoData,
    ChartCopies,
    ChartEnds,
    ChartNoPicture,
    ChartFailed,
    FleetTitle,
    FleetWhole,
    FleetCut,
    ConnectionsTitle,
    ConnectionsSilent,
    DoesNotReach,
    NotSeenFromThere,
    DoesNotHearIt,
    HearsIt,
    Trip,
    TripUnknown,
    Speed,
    SpeedTitle,
    SpeedMonth,
    SpeedChoose,
    SpeedInternet,
    SpeedTheInternet,
    SpeedQuestion,
    SpeedYes,
    SpeedAsking,
    SpeedDown,
    SpeedUp,
    SpeedRate,
    SpeedMoved,
    SpeedTrip,
    SpeedCut,
    SpeedNot,
    SpeedRefused,
    SpeedBusy,
    SpeedBudget,
    SpeedInterrupted,
    Megabytes,
    Gigabytes,
    ForgetQuestion,
    ForgetYes,
    Forgetting,
    Forgotten,
    ForgetAlive,
    ForgetNoQuorum,
    ForgetMajority,
    ForgetRefused,
    AlertDown,
    AlertDownEnd,
    AlertHost,
    AlertQuorum,
    AlertQuorumEnd,
    AlertDisk,
    AlertDiskEnd,
    AlertCpu,
    AlertCpuEnd,
    AlertRam,
    AlertRamEnd,
    AlertClock,
    AlertClockEnd,
    AlertCertificate,
    AlertCertificateEnd,
    AlertVersion,
    AlertVersionEnd,
    AlertReboot,
    AlertUnknown,
    AlertUnknownEnd,
    AlertOver,
    OpenCard,
    MuteHour,
    MuteDay,
    MuteEverything,
    Muted,
    Seconds,
    Minutes,
    Hours,
    HoursMinutes,
    DaysHours,
}

/// <summary>The sentences in one language.</summary>
internal sealed class Texts
{
    private readonly IReadOnlyDictionary<Text, string> _table;

    private Texts(string language, IReadOnlyDictionary<Text, string> table) =>
        (Language, _table, Months) = (language, table, [.. table[Text.Months].Split(' ')]);

    public static Texts English { get; } = new("en", TextsEn.Table);

    public static Texts Russian { get; } = new("ru", TextsRu.Table);

    /// <summary><c>en</c> or <c>ru</c>.</summary>
    public string Language { get; }

    public string this[Text text] => _table[text];

    /// <summary>Twelve, short.</summary>
    public ImmutableArray<string> Months { get; }

    /// <param name="code">A Telegram language code, such as <c>ru</c> or <c>ru-RU</c>; null for a language not known.</param>
    public static Texts For(string? code) =>
        code?.StartsWith("ru", StringComparison.OrdinalIgnoreCase) == true ? Russian : English;

    /// <summary>How long something took, in two units at most.</summary>
    public string Lasting(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => Format(Text.Seconds, Math.Max(0, (int)time.TotalSeconds)),
        { TotalMinutes: < 60 } => Format(Text.Minutes, (int)time.TotalMinutes),
        { TotalHours: < 48 } => time.Minutes == 0 ? Format(Text.Hours, (int)time.TotalHours) : Format(Text.HoursMinutes, (int)time.TotalHours, time.Minutes),
        _ => Format(Text.DaysHours, (int)time.TotalDays, time.Hours),
    };

    /// <summary>Fills in a sentence; what is filled in has to be escaped already.</summary>
    public string Format(Text text, params ReadOnlySpan<object?> values) =>
        string.Format(CultureInfo.InvariantCulture, _table[text], values);
}
