using System.CommandLine;
using System.Security.Cryptography;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella speed NODE [OTHER]</c>: orders a test, shows how it goes on, and what came of it (rules B).</summary>
internal static class SpeedVerb
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Two directions of the longest, and what is around them.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds((2 * Limits.SpeedSeconds) + 60);

    private sealed record Wish(string Node, string Other, SpeedDirection Direction, int? Seconds, long? Bytes, bool History);

    public static Command Create(CliHost host)
    {
        var name = StatsVerb.NodeArgument();
        var other = new Argument<string>("OTHER") { Description = "The other end: a node, or internet", DefaultValueFactory = _ => SpeedRun.Internet };
        var direction = new Option<string>("--direction") { Description = "As NODE sees it: both, down or up", HelpName = "WAY", DefaultValueFactory = _ => "both" };
        var seconds = new Option<int?>("--seconds") { Description = "Of each direction; the setting speed.seconds is the most", HelpName = "N" };
        var bytes = new Option<string?>("--bytes") { Description = "Of the whole test, as 200MB; the setting speed.bytes is the most", HelpName = "SIZE" };
        var history = new Option<bool>("--history") { Description = "Measure nothing: show the latest tests of NODE" };
        var verb = new Verb(
            "speed",
            "Measure the speed between two nodes, or between a node and the internet. It costs traffic: up to the setting speed.bytes, on both ends.",
            "constella speed echo-02",
            "constella speed echo-02 delta-01 --seconds 5",
            "constella speed echo-02 delta-01 --direction down --bytes 200MB --json",
            "constella speed echo-02 --history") { name, other, direction, seconds, bytes, history };
        verb.SetAction((parse, cancellation) => RunAsync(
            host,
            parse,
            new Wish(
                parse.GetRequiredValue(name), parse.GetRequiredValue(other), DirectionOf(parse.GetRequiredValue(direction)),
                SecondsOf(parse.GetValue(seconds)), BytesOf(parse.GetValue(bytes)), parse.GetValue(history)),
            cancellation));
        return verb;
    }

    private static SpeedDirection DirectionOf(string text) => text switch
    {
        "both" => SpeedDirection.Both,
        "down" => SpeedDirection.Down,
        "up" => SpeedDirection.Up,
        _ => throw new CliException(ExitCode.Usage, $"--direction '{text}' is none of both, down, up"),
    };

    private static int? SecondsOf(int? seconds) => seconds is < 2 or > Limits.SpeedSeconds
        ? throw new CliException(ExitCode.Usage, $"--seconds {seconds} is no number from 2 to {Limits.SpeedSeconds}")
        : seconds;

    private static long? BytesOf(string? text)
    {
        if (text is null)
            return null;
        return ByteSize.TryParse(text, out var bytes) && bytes is >= Limits.SpeedBytesLeast and <= Limits.SpeedBytesMost
            ? bytes
            : throw new CliException(ExitCode.Usage, $"--bytes '{text}' is no size from 1MB to 1TB, as 200MB");
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, Wish wish, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var target = NodeNames.Find(network, wish.Node);
            var json = host.WantsJson(parse);
            if (wish.History)
            {
                var state = await node.SpeedAsync(target.NodeId, cancellation);
                if (json)
                    host.WriteJson(state, CliJson.Default.SpeedState);
                else
                    SpeedScreen.Write(state, network, host.Console);
                return ExitCode.Ok;
            }
            // The id is made once: a repeated call with it measures nothing twice (rule B1).
            var order = new SpeedOrder
            {
                Id = RandomNumberGenerator.GetHexString(16, lowercase: true),
                Target = target.NodeId,
                With = wish.Other == SpeedRun.Internet ? wish.Other : NodeNames.Find(network, wish.Other).NodeId,
                Direction = wish.Other == SpeedRun.Internet ? SpeedDirection.Down : wish.Direction,
                Seconds = wish.Seconds,
                Bytes = wish.Bytes,
            };
            var run = await MeasureAsync(host, node, order, network, cancellation);
            if (json)
                host.WriteJson(run, CliJson.Default.SpeedRun);
            else if (run.Phase == SpeedPhase.Done)
                SpeedScreen.Write(target, run, network, host.Console);
            return run.Phase == SpeedPhase.Done ? ExitCode.Ok : throw new CliException(ExitCode.Failed, $"not measured: {run.Detail ?? run.Error}");
        }
    }

    private static async Task<SpeedRun> MeasureAsync(CliHost host, INode node, SpeedOrder order, PeersAnswer network, CancellationToken cancellation)
    {
        var progress = new Progress(host.Console);
        var begun = host.Time.GetTimestamp();
        var state = await node.StartSpeedAsync(order, cancellation);
        try
        {
            while (host.Time.GetElapsedTime(begun) < s_longest)
            {
                if (state?.Runs.FirstOrDefault(run => run.Id == order.Id) is { } now)
                {
                    if (now.IsOver)
                        return now;
                    var (word, detail) = SpeedScreen.Progress(now, network);
                    progress.Show(word, detail);
                }
                await Task.Delay(s_lookAgain, host.Time, cancellation);
                state = await LookAsync(node, order.Target, cancellation);
            }
        }
        finally
        {
            progress.Clear();
        }
        throw new CliException(ExitCode.Failed, "the node does not tell how the test ended", $"constella speed {order.Target} --history");
    }

    // Calls are late now and then while the road is full: that is no end of the test.
    private static async Task<SpeedState?> LookAsync(INode node, string target, CancellationToken cancellation)
    {
        try
        {
            return await node.SpeedAsync(target, cancellation);
        }
        catch (PeerException)
        {
            return null;
        }
    }
}
