using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Constella.Core.Members;

namespace Constella.Core.Traffic;

/// <summary>What a provider counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrafficCount>))]
public enum TrafficCount
{
    /// <summary>In and out together.</summary>
    [JsonStringEnumMemberName("sum")] Sum,

    /// <summary>What is sent.</summary>
    [JsonStringEnumMemberName("out")] Out,

    /// <summary>The larger of the two.</summary>
    [JsonStringEnumMemberName("max")] Max,
}

/// <summary>What the provider of a machine allows in a month, as the owner has set it (rule A7).</summary>
/// <param name="Quota">Bytes; null: no limit is known.</param>
/// <param name="ResetDay">1 to 31.</param>
public sealed record TrafficPlan(long? Quota, int ResetDay, TrafficCount Count)
{
    /// <summary>A megabyte at least; null for what is none.</summary>
    public static long? QuotaOf(string? value) => ByteSize.TryParse(value, out var quota) && quota >= 1_000_000 ? quota : null;

    /// <summary>A day of the month is a whole number from 1 to 31.</summary>
    public static bool IsResetDay(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 31;

    /// <summary>One of the names of <see cref="TrafficCount"/>.</summary>
    public static bool IsCount(string value) => value is "sum" or "out" or "max";

    public static TrafficPlan Of(ImmutableArray<Option> options, string node) => new(
        QuotaOf(Options.Text(options, Options.TrafficQuota, node)),
        Options.Number(options, Options.TrafficResetDay, node) is { } day and >= 1 and <= 31 ? day : 1,
        Options.Text(options, Options.TrafficCount, node) switch
        {
            "out" => TrafficCount.Out,
            "max" => TrafficCount.Max,
            _ => TrafficCount.Sum,
        });

    /// <summary>What counts of this much traffic.</summary>
    public long Used((long Received, long Sent) bytes) => Count switch
    {
        TrafficCount.Out => bytes.Sent,
        TrafficCount.Max => Math.Max(bytes.Received, bytes.Sent),
        _ => bytes.Received + bytes.Sent,
    };

    /// <summary>How much of the quota that is, in whole percent, rounded down; null without a quota.</summary>
    public int? Percent((long Received, long Sent) bytes) =>
        Quota is { } quota ? (int)Math.Clamp(Used(bytes) / (quota / 100m), 0, 9_999) : null;
}
