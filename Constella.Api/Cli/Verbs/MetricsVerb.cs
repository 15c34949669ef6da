using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Core;
using Constella.Core.Joining;
using Constella.Core.Stats;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella metrics NODE</c></summary>
internal static class MetricsVerb
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMinutes(1);

    public static Command Create(CliHost host)
    {
        var name = StatsVerb.NodeArgument();
        var metric = new Option<string>("--metric")
        {
            Description = $"One of {string.Join(", ", Metrics.All)}",
            HelpName = "METRIC",
            DefaultValueFactory = _ => Metric.Cpu.Name(),
        };
        var last = new Option<string>("--last")
        {
            Description = "How far back: a number with m, h or d",
            HelpName = "TIME",
            DefaultValueFactory = _ => "24h",
        };
        var verb = new Verb(
            "metrics",
            "One figure of a machine over time, drawn in the terminal; also of a machine that is down.",
            "constella metrics echo-02",
            "constella metrics echo-02 --metric received --last 7d",
            "constella metrics echo-02 --metric disk --last 30d --json") { name, metric, last };
        verb.SetAction((parse, cancellation) => ShowAsync(
            host, parse, parse.GetRequiredValue(name), MetricOf(parse.GetRequiredValue(metric)), SpanOf(parse.GetRequiredValue(last)), cancellation));
        return verb;
    }

    private static Metric MetricOf(string name) => Metrics.TryParse(name, out var metric)
        ? metric
        : throw new CliException(ExitCode.Usage, $"--metric '{name}' is none of {string.Join(", ", Metrics.All)}");

    private static TimeSpan SpanOf(string text) => Duration.TryParse(text, out var span) && span >= s_shortest && span <= Limits.HistorySpan
        ? span
        : throw new CliException(ExitCode.Usage, $"--last '{text}' is no time of {Duration.Format(s_shortest)} to {Duration.Format(Limits.HistorySpan)}, as 90m, 24h or 30d");

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, string wanted, Metric metric, TimeSpan span, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var target = NodeNames.Find(network, wanted);
            var to = host.Now.ToUnixTimeSeconds();
            var json = host.WantsJson(parse);
            // Programs get the node's own choice of points, a screen as many as it has room for.
            int? step = json ? null : Math.Max(10, (int)span.TotalSeconds / HistoryScreen.PointsAcross(host.Console));
            var series = await node.HistoryAsync(new HistoryQuery(target.NodeId, metric, to - (long)span.TotalSeconds, to, step), cancellation);
            if (json)
                host.WriteJson(series, CliJson.Default.HistorySeries);
            else if (series.Points.IsEmpty)
                throw new CliException(ExitCode.Failed, $"no samples of {target.Name} in the last {Duration.Format(span)}", "a node that has just started has its first after 10 s; for older ones: --last 30d");
            else
                HistoryScreen.Write(series, network, span, host.Console);
            return ExitCode.Ok;
        }
    }
}
