using System.Text.Json;
using Constella.Api;
using Constella.Api.Peers;
using Constella.Core.Stats;

namespace Constella.Tests.Cli.Verbs;

public class MetricsVerbTests
{
    private const int Hour = 3_600;
    private static readonly long s_now = FakeNode.Now.ToUnixTimeSeconds();

    [Theory]
    [InlineData(100, true)]
    [InlineData(60, true)]
    [InlineData(200, true)]
    [InlineData(80, false)]
    public async Task A_day_is_drawn_with_its_peak_and_its_gap_within_the_width(int width, bool unicode)
    {
        using var cli = Fixture(Day(), width, unicode);

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("metrics", "echo-02"));

        var lines = cli.Console.Printed.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.Equal(12, lines.Length);
        Assert.StartsWith("echo-02 · CPU · last 24h · a point is 10 min · Asia/Tokyo".Replace(" · ", unicode ? " · " : ", ", StringComparison.Ordinal), lines[0], StringComparison.Ordinal);
        Assert.Contains("100 %", lines[1], StringComparison.Ordinal);
        Assert.Contains("50 %", lines[5], StringComparison.Ordinal);
        // The one peak of the day is the only thing in the uppermost line, at three quarters of the day.
        var plot = lines[1][12..];
        Assert.Equal(1, plot.Count(sign => sign != ' '));
        Assert.InRange(plot.TakeWhile(sign => sign == ' ').Count() / (double)(Math.Min(width, 140) - 13), 0.73, 0.77);
        // From the sixth to the twelfth hour there is nothing, on the axis either.
        var axis = lines[9][12..];
        Assert.InRange(axis.Count(sign => sign is '┄' or '.') / (double)axis.Length, 0.22, 0.28);
        Assert.Equal(axis.IndexOfAny(['┄', '.']), axis.Length / 4, 2.0);
        // Noon in UTC is nine in the evening there.
        Assert.StartsWith("28 Feb 21:00", lines[10].TrimStart(), StringComparison.Ordinal);
        Assert.Contains("peak 97 %", lines[11], StringComparison.Ordinal);
        Assert.Contains("no samples for 6 h", lines[11], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', cli.Console.Printed);
        Assert.True(unicode || cli.Console.Printed.All(char.IsAscii));
    }

    [Fact]
    public async Task A_pipe_gets_eighty_columns_and_no_colour()
    {
        using var cli = Fixture(Day(), int.MaxValue);
        await cli.RunAsync("metrics", "echo-02");
        Assert.All(cli.Console.Printed.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Equal(67, cli.Console.Printed.Split('\n')[9][12..].Length);
    }

    [Fact]
    public async Task Copies_are_told_by_the_names_of_who_keeps_them()
    {
        using var cli = Fixture(Day() with { Keepers = [FakeNode.Self] });
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("metrics", "echo-02"));
        Assert.Equal("echo-02 does not answer: this is from the copies of delta-01\n", cli.Console.Told);
    }

    [Fact]
    public async Task Programs_get_the_series_as_it_is()
    {
        HistoryQuery? asked = null;
        using var cli = new CliFixture
        {
            Node = new FakeNode
            {
                History = query =>
                {
                    asked = query;
                    return Day();
                },
            },
        }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("metrics", "echo-02", "--metric", "sent", "--last", "7d", "--json"));

        Assert.Equal(new HistoryQuery(FakeNode.Other, Metric.Sent, s_now - (7 * 24 * Hour), s_now, null), asked);
        using var document = JsonDocument.Parse(cli.Console.Printed);
        Assert.Equal("Asia/Tokyo", document.RootElement.GetProperty("zone").GetString());
        Assert.Equal(108, document.RootElement.GetProperty("points").GetArrayLength());
    }

    [Theory]
    [InlineData("--metric", "temperature", "--metric 'temperature' is none of cpu, ram, disk, received, sent, load")]
    [InlineData("--last", "yesterday", "--last 'yesterday' is no time of 1m to 400d, as 90m, 24h or 30d")]
    [InlineData("--last", "30s", "--last '30s' is no time of 1m to 400d, as 90m, 24h or 30d")]
    [InlineData("--last", "2000d", "--last '2000d' is no time of 1m to 400d, as 90m, 24h or 30d")]
    public async Task A_flag_that_makes_no_sense_is_named(string flag, string value, string message)
    {
        using var cli = Fixture(Day());
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("metrics", "echo-02", flag, value));
        Assert.Equal($"constella: {message}\n", cli.Console.Told);
    }

    [Fact]
    public async Task Without_samples_it_is_said_and_not_drawn()
    {
        using var cli = Fixture(Day() with { Points = [] });
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("metrics", "echo-02"));
        Assert.Equal("", cli.Console.Printed);
        Assert.StartsWith("constella: no samples of echo-02 in the last 24h\n", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_down_and_of_which_nobody_has_copies_is_said_in_one_line()
    {
        using var cli = new CliFixture
        {
            Node = new FakeNode { History = _ => throw new PeerException(502, "unreachable", "echo-02 is down, and no other node has copies of its history") },
        }.WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("metrics", "echo-02"));
        Assert.Equal("constella: echo-02 is down, and no other node has copies of its history\n", cli.Console.Told);
    }

    [Theory]
    [InlineData(Metric.Load, 0.31, "0.5", "lowest 0.31, mean 0.31, peak 0.31")]
    [InlineData(Metric.Received, 1_234_567, "2.00 MB/s", "lowest 1.23 MB/s, mean 1.23 MB/s, peak 1.23 MB/s")]
    [InlineData(Metric.Ram, 3.27, "5 %", "lowest 3.3 %, mean 3.3 %, peak 3.3 %")]
    [InlineData(Metric.Disk, 0, "5 %", "lowest 0 %, mean 0 %, peak 0 %")]
    public async Task Figures_have_the_unit_of_their_metric(Metric metric, double value, string top, string summary)
    {
        var series = Day() with { Metric = metric };
        using var cli = Fixture(series with { Points = [.. series.Points.Select(point => point with { Mean = value, Max = value })] }, 80, unicode: false);
        await cli.RunAsync("metrics", "echo-02", "--metric", metric.Name());
        var lines = cli.Console.Printed.Split('\n');
        Assert.Equal(top, lines[1].TrimStart().Split("  ")[0]);
        Assert.StartsWith(summary, lines[11], StringComparison.Ordinal);
    }

    private static CliFixture Fixture(HistorySeries series, int width = 100, bool unicode = true) => new CliFixture
    {
        Console = new FakeConsole { Width = width, Unicode = unicode },
        Node = new FakeNode { History = _ => series },
    }.WithState();

    // A day in steps of ten minutes, with a gap of six hours and one peak.
    private static HistorySeries Day() => new()
    {
        Node = FakeNode.Other,
        Metric = Metric.Cpu,
        From = s_now - (24 * Hour),
        To = s_now,
        Step = 600,
        Zone = "Asia/Tokyo",
        Points =
        [
            .. Enumerable.Range(0, 144).Where(i => i is < 36 or >= 72)
                .Select(i => new HistoryPoint(s_now - (24 * Hour) + (i * 600), 10, i == 108 ? 97 : 12)),
        ],
    };
}
