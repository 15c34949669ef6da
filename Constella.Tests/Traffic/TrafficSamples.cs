using Constella.Api.Traffic;
using Constella.Core.Traffic;

namespace Constella.Tests.Traffic;

/// <summary>A month on the way to its limit.</summary>
internal static class TrafficSamples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 11, 0, 0, 0, TimeSpan.Zero);

    public static TrafficReport Of(string node) => new()
    {
        NodeId = node,
        Name = "echo-02",
        At = Now,
        Since = new DateTimeOffset(2026, 1, 20, 8, 30, 0, TimeSpan.Zero),
        Month = new TrafficMonth(new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 31), 300_000_000_000, 500_000_000_000, 800_000_000_000),
        Before = [new TrafficMonth(new DateOnly(2026, 2, 1), new DateOnly(2026, 2, 28), 100_000_000_000, 200_000_000_000, 300_000_000_000)],
        Count = TrafficCount.Sum,
        ResetDay = 1,
        Quota = 1_000_000_000_000,
        Percent = 80,
        Forecast = 2_480_000_000_000,
        LimitOn = new DateOnly(2026, 3, 13),
        Bill = new BillInfo("4.50 EUR", new DateOnly(2026, 3, 14), "month", 3),
    };
}
