using Constella.Core.Stats;

namespace Constella.Tests.History;

public class PackedSampleTests
{
    [Theory]
    [InlineData(Metric.Cpu, 0)]
    [InlineData(Metric.Cpu, 0.01)]
    [InlineData(Metric.Cpu, 17.35)]
    [InlineData(Metric.Ram, 99.99)]
    [InlineData(Metric.Disk, 100)]
    [InlineData(Metric.Load, 0.07)]
    [InlineData(Metric.Load, 1_234.5)]
    [InlineData(Metric.Received, 1)]
    [InlineData(Metric.Received, 4_095)]
    [InlineData(Metric.Sent, 1_234_567)]
    [InlineData(Metric.Sent, 12_500_000_000)]
    public void A_value_comes_back_to_a_part_in_four_thousand(Metric metric, double value)
    {
        var sample = new byte[PackedSample.Bytes];
        PackedSample.Write(sample, metric, (value, value));
        var (mean, max) = PackedSample.Read(sample, metric)!.Value;
        Assert.Equal(mean, max);
        Assert.InRange(mean, value - (value / 4_000), value + (value / 4_000));
    }

    [Fact]
    public void Larger_values_stay_larger()
    {
        var sample = new byte[PackedSample.Bytes];
        var last = -1.0;
        for (double value = 0; value < 5e12; value = (value * 1.003) + 1)
        {
            PackedSample.Write(sample, Metric.Sent, (value, value));
            var packed = PackedSample.Read(sample, Metric.Sent)!.Value.Mean;
            Assert.True(packed >= last, $"{value} became {packed}, after {last}");
            last = packed;
        }
        Assert.InRange(last, 4.3e12, 4.4e12);
    }

    [Fact]
    public void What_was_not_measured_is_not_zero()
    {
        var sample = new byte[PackedSample.Bytes];
        foreach (var nothing in new (double, double)?[] { null, (double.NaN, 1), (1, -1) })
        {
            PackedSample.Write(sample, Metric.Load, nothing);
            Assert.Null(PackedSample.Read(sample, Metric.Load));
        }
        sample.AsSpan().Fill(PackedSample.Empty);
        Assert.All(Metrics.All.Index(), metric => Assert.Null(PackedSample.Read(sample, (Metric)metric.Index)));
    }

    [Fact]
    public void Rolled_up_samples_have_their_mean_and_their_peak()
    {
        byte[] samples = [.. StoreFixture.Sample(10, 12), .. new byte[PackedSample.Bytes], .. StoreFixture.Sample(20, 90)];
        samples.AsSpan(PackedSample.Bytes, PackedSample.Bytes).Fill(PackedSample.Empty);
        var sum = new byte[PackedSample.Bytes];

        PackedSample.RollUp(samples, sum);

        Assert.Equal((15, 90), Rounded(PackedSample.Read(sum, Metric.Ram)));
        PackedSample.RollUp(samples.AsSpan(PackedSample.Bytes, PackedSample.Bytes), sum);
        Assert.Null(PackedSample.Read(sum, Metric.Ram));
    }

    [Fact]
    public void Every_metric_has_one_name()
    {
        Assert.Equal(Enum.GetValues<Metric>().Length, Metrics.All.Distinct().Count());
        foreach (var metric in Enum.GetValues<Metric>())
        {
            Assert.True(Metrics.TryParse(metric.Name(), out var parsed));
            Assert.Equal(metric, parsed);
        }
        Assert.False(Metrics.TryParse("CPU", out _));
        Assert.False(Metrics.TryParse(null, out _));
    }

    [Fact]
    public void A_metric_is_read_off_the_stats_of_a_node()
    {
        var stats = Cli.FakeNode.StatsOf(StoreFixture.Self);

        Assert.Equal(31.2, stats.Of(Metric.Cpu));
        Assert.Equal(48.75, stats.Of(Metric.Ram)!.Value, 2);
        Assert.Equal(94.74, stats.Of(Metric.Disk)!.Value, 2);
        Assert.Equal(1_234_567, stats.Of(Metric.Received));
        Assert.Null(stats.Of(Metric.Sent));
        Assert.Equal(0.62, stats.Of(Metric.Load));
        var blind = stats with { Disks = [], Networks = [], MemoryUsedBytes = Reading.Unknown("no meminfo") };
        Assert.All([Metric.Disk, Metric.Received, Metric.Ram], metric => Assert.Null(blind.Of(metric)));
    }

    private static (int, int) Rounded((double Mean, double Max)? value) => ((int)Math.Round(value!.Value.Mean), (int)Math.Round(value.Value.Max));
}
