using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Constella.Core.Signing;
using Constella.Core.Traffic;

namespace Constella.Core.Members;

/// <summary>A value that the owner has set, for the whole network or for one node.</summary>
/// <param name="Key">One of <see cref="Options.Known"/>.</param>
/// <param name="Node">A node id; null: for all that have none of their own.</param>
/// <param name="Value">In a patch, empty means: unset.</param>
public sealed record Option(string Key, string? Node, string Value);

/// <summary>A value that can be set, and what holds where it is not.</summary>
/// <param name="Default">Null: nothing.</param>
/// <param name="PerNode">Whether one node may have a value of its own.</param>
/// <param name="Wrong">Tells what is wrong with a value, or null.</param>
public sealed record OptionKind(string Key, string? Default, bool PerNode, Func<string, string?> Wrong)
{
    /// <summary>Of a value, in characters.</summary>
    public int Longest { get; init; } = Limits.OptionLength;

    /// <summary>Nobody is shown its value, only that there is one.</summary>
    public bool Hidden { get; init; }
}

/// <summary>Rule A7: the values that can be set while the network runs, and what they are for whom.</summary>
public static class Options
{
    public const string Off = "off";
    public const string AlertCpu = "alert.cpu";
    public const string AlertRam = "alert.ram";
    public const string AlertDisk = "alert.disk";
    public const string AlertSamples = "alert.samples";
    public const string AlertDown = "alert.down";
    public const string AlertClock = "alert.clock";
    public const string AlertVersion = "alert.version";
    public const string AlertQuiet = "alert.quiet";

    /// <summary>Until when nothing is told: a time in UTC, as <c>2026-11-21T14:05:00Z</c>.</summary>
    public const string AlertMuted = "alert.muted";
    public const string TimeZone = "time-zone";

    /// <summary>Rule E5: the node that a transfer has named; a node id.</summary>
    public const string HostPreferred = "host.preferred";

    /// <summary>Rule E6: <c>on</c> while the Host does not move of itself.</summary>
    public const string HostPaused = "host.paused";
    public const string On = "on";

    /// <summary>Rules T2 and T5: what a provider allows and charges.</summary>
    public const string TrafficQuota = "traffic.quota";
    public const string TrafficResetDay = "traffic.reset_day";
    public const string TrafficCount = "traffic.count";
    public const string BillPrice = "bill.price";
    public const string BillExpires = "bill.expires";
    public const string BillPeriod = "bill.period";

    /// <summary>Rule X7: what <see cref="BearerToken.Hash"/> makes of the token by which <c>/metrics</c> is read.</summary>
    public const string MetricsToken = "metrics.token";

    public const string SpeedBytes = "speed.bytes";
    public const string SpeedSeconds = "speed.seconds";
    public const string SpeedMonthly = "speed.monthly";
    public const string SpeedUrls = "speed.urls";

    /// <summary>All that can be set.</summary>
    public static ImmutableArray<OptionKind> Known { get; } =
    [
        new(AlertCpu, "90", true, Percent),
        new(AlertRam, "90", true, Percent),
        new(AlertDisk, "90", true, Percent),
        new(AlertSamples, "30", true, value => Whole(value, 1, 360, "samples of 10 s")),
        new(AlertDown, "20", true, value => Whole(value, 10, 3_600, "seconds")),
        new(AlertClock, "10", true, value => Whole(value, 5, 600, "seconds")),
        new(AlertVersion, "60", true, value => Whole(value, 1, 10_080, "minutes")),
        new(AlertQuiet, null, false, value => QuietHours.TryParse(value, out _) ? null : "no span of hours, as 23:00-07:00"),
        new(AlertMuted, null, true, value => Time(value) is null ? "no time, as 2026-11-21T14:05:00Z" : null),
        new(TimeZone, null, false, value => value.Length <= 64 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+' or ':')
            ? null
            : "no time zone, as Europe/Berlin or +02:00"),
        new(HostPreferred, null, false, value => value.Length == 16 && value.All(char.IsAsciiHexDigitLower) ? null : "no node id"),
        new(HostPaused, null, false, value => value == On ? null : "not on"),
        new(TrafficQuota, null, true, value => value == Off || TrafficPlan.QuotaOf(value) is not null ? null : "no amount, as 500GB, 1.5TB or 2TiB, nor off"),
        new(TrafficResetDay, "1", true, value => TrafficPlan.IsResetDay(value) ? null : "no day of the month from 1 to 31"),
        new(TrafficCount, "sum", true, value => TrafficPlan.IsCount(value) ? null : "none of sum, out, max"),
        new(BillPrice, null, true, value => Bill.IsPrice(value) ? null : $"longer than {Limits.PriceLength} characters, or no plain text"),
        new(BillExpires, null, true, value => Bill.Date(value) is null ? "no date, as 2026-12-24" : null),
        new(BillPeriod, "month", true, value => Bill.IsPeriod(value) ? null : "none of month, quarter, year, nor a number of months or days, as 6m or 30d"),
        new(MetricsToken, null, true, value => BearerToken.IsHash(value) ? null : "no hash of a token: set it with `constella config set`") { Hidden = true },
        new(SpeedBytes, "1GB", true, value => Size(value, Limits.SpeedBytesLeast)),
        new(SpeedSeconds, "10", true, value => Whole(value, 2, Limits.SpeedSeconds, "seconds of one direction")),
        new(SpeedMonthly, "20GB", true, value => Size(value, 0)),
        new(SpeedUrls, "https://speed.cloudflare.com/__down?bytes=50000000 https://cachefly.cachefly.net/100mb.test", true, Addresses) { Longest = Limits.SpeedUrls },
    ];

    /// <summary>What is known of a key, or null.</summary>
    public static OptionKind? Find(string key) => Known.FirstOrDefault(kind => kind.Key == key);

    /// <returns>What is wrong with it, or null; an empty value is always right.</returns>
    public static string? Wrong(Option option)
    {
        ArgumentNullException.ThrowIfNull(option);
        if (Find(option.Key) is not { } kind)
            return $"there is no setting {option.Key}";
        if (option.Node is not null && !kind.PerNode)
            return $"{option.Key} is for the whole network";
        if (option.Value.Length > kind.Longest)
            return $"{option.Key} is longer than {kind.Longest} characters";
        return option.Value.Length == 0 || kind.Wrong(option.Value) is not { } wrong ? null : $"{option.Key} is {wrong}";
    }

    /// <summary>The options that have a verb of their own; <c>config</c> leaves them to it.</summary>
    public static bool HasVerb(string key) => key is AlertMuted or HostPreferred or HostPaused;

    /// <summary>As it may be shown: of one that is hidden, that it is set.</summary>
    public static Option Shown(Option option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return option.Value.Length > 0 && Find(option.Key) is { Hidden: true } ? option with { Value = "set" } : option;
    }

    /// <summary>The node's own value, else the network's, else the default.</summary>
    public static string? Text(ImmutableArray<Option> options, string key, string? node)
    {
        string? network = null;
        foreach (var option in options)
        {
            if (option.Key != key)
                continue;
            if (option.Node == node && node is not null)
                return option.Value;
            if (option.Node is null)
                network = option.Value;
        }
        return network ?? Find(key)?.Default;
    }

    // Asked for many times a second; few networks set any.
    private static readonly FrozenDictionary<string, int?> DefaultNumbers = Known.ToFrozenDictionary(kind => kind.Key, kind => Number(kind.Default));

    /// <returns>Null where it is off.</returns>
    public static int? Number(ImmutableArray<Option> options, string key, string? node) =>
        options.IsEmpty ? DefaultNumbers.GetValueOrDefault(key) : Number(Text(options, key, node));

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether alerts about the node (null: about the network) are muted now.</summary>
    public static bool Muted(ImmutableArray<Option> options, string? node, DateTimeOffset utc)
    {
        foreach (var option in options)
        {
            if (option.Key == AlertMuted && (option.Node is null || option.Node == node) && Time(option.Value) is { } until && utc < until)
                return true;
        }
        return false;
    }

    /// <summary>Sets, replaces or (with an empty value) unsets.</summary>
    /// <returns>Sorted by key and node; bounded by <see cref="Limits.Options"/>: what is beyond is not set.</returns>
    public static ImmutableArray<Option> With(ImmutableArray<Option> options, ImmutableArray<Option> changes)
    {
        foreach (var change in changes)
        {
            options = options.RemoveAll(option => option.Key == change.Key && option.Node == change.Node);
            if (change.Value.Length > 0 && options.Length < Limits.Options)
                options = [.. options.Add(change).OrderBy(o => o.Key, StringComparer.Ordinal).ThenBy(o => o.Node, StringComparer.Ordinal)];
        }
        return options;
    }

    /// <summary>A time as options have it, or null.</summary>
    public static DateTimeOffset? Time(string value) =>
        DateTimeOffset.TryParseExact(value, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The reverse of <see cref="Time(string)"/>.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A number of bytes as it is set; the default where it is not, or cannot be read.</summary>
    public static long Bytes(ImmutableArray<Option> options, string key, string? node) =>
        ByteSize.TryParse(Text(options, key, node), out var bytes) || ByteSize.TryParse(Find(key)?.Default, out bytes) ? bytes : 0;

    private static string? Size(string value, long least) => ByteSize.TryParse(value, out var bytes) && bytes >= least && bytes <= Limits.SpeedBytesMost
        ? null
        : FormattableString.Invariant($"no size from {least} bytes to {Limits.SpeedBytesMost / 1_000_000_000_000} TB, as 500MB");

    private static string? Addresses(string value) =>
        Array.TrueForAll(value.Split(' ', StringSplitOptions.RemoveEmptyEntries), static text => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
            ? null
            : "no list of http or https addresses with a blank between them";

    private static string? Percent(string value) => value == Off ? null : Whole(value, 1, 100, "percent, or off");

    private static string? Whole(string value, int least, int most, string what) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? null
            : FormattableString.Invariant($"no number from {least} to {most}: {what}");
}
