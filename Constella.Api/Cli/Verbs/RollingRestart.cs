using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Cluster;

namespace Constella.Api.Cli.Verbs;

/// <summary>
/// One node at a time, the Host last: the next one only when this one is back, no older than before, heard by all who live, and the
/// quorum is whole. It stops at the first that is not.
/// </summary>
/// <param name="action">What each node is told (rule C5).</param>
/// <param name="watch">How long a node must stay well before the next one.</param>
internal sealed class RollingRestart(CliHost host, ParseResult parse, string action, TimeSpan watch)
{
    /// <summary>A large state on a slow disk takes seconds; what takes longer does not come back by itself.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly List<RestartedNode> _done = [];
    private readonly long _began = host.Time.GetTimestamp();

    /// <param name="wanted">Names; empty: all nodes.</param>
    public async Task<int> RunAsync(string[] wanted, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var before = await node.PeersAsync(cancellation);
            var left = wanted.Length == 0 ? [.. before.Peers] : wanted.Select(name => NodeNames.Find(before, name)).DistinctBy(peer => peer.NodeId).ToList();
            if (before.Paused && left.Count > 1)
                throw new CliException(ExitCode.Failed, "moves are paused: a rolling restart would move the Host", "constella resume");
            var now = before;
            while (left.Count > 0)
            {
                if (WhyNot(now, left) is { } why)
                    throw Stopped(why, left);
                // The Host last, whoever that is by then.
                var next = left.OrderBy(peer => peer.NodeId == now.HostId).ThenBy(peer => peer.Name, StringComparer.Ordinal).First();
                now = await RestartAsync(node, now, next, left, cancellation);
                left.Remove(next);
            }
            return Report(before, now);
        }
    }

    // A majority of all must stay while one node is away for a moment, unless all are there: then it is away too shortly for a lease to end.
    private static string? WhyNot(PeersAnswer network, List<PeerInfo> left)
    {
        var down = network.Peers.Where(peer => !IsWell(peer)).ToArray();
        if (!network.Quorum)
            return "a majority of the nodes is not reached";
        if (down.FirstOrDefault(peer => left.Any(other => other.NodeId == peer.NodeId)) is { } gone)
            return $"{gone.Name} is not heard";
        return down.Length > 0 && network.Peers.Length - down.Length - 1 < (network.Peers.Length / 2) + 1
            ? $"{down[0].Name} is not heard, and with one more away there would be no majority"
            : null;
    }

    private static bool IsWell(PeerInfo peer) => peer.IsSelf || peer.Health == Health.Alive;

    private async Task<PeersAnswer> RestartAsync(INode node, PeersAnswer network, PeerInfo target, List<PeerInfo> left, CancellationToken cancellation)
    {
        var wasHost = target.NodeId == network.HostId;
        var asked = host.Time.GetTimestamp();
        var runBefore = network.Peers.First(peer => peer.NodeId == target.NodeId).Run;
        try
        {
            var command = CommandOrder.To(target, network);
            runBefore = (await node.OrderAsync(action, command, cancellation)).Run ?? runBefore;
        }
        catch (PeerException refused) when (refused.Code == ApiErrors.NotNeeded)
        {
            Tell($"{target.Name}: nothing new lies in place, left alone");
            _done.Add(new RestartedNode(target.NodeId, target.Name, wasHost, target.Build, target.Build, null));
            return network;
        }
        catch (PeerException refused)
        {
            throw Stopped($"{target.Name} was not restarted: {refused.Message}", left);
        }
        var back = await NetworkWatch.UntilAsync(
            host, node, Longest, now => IsBack(now, target.NodeId, runBefore), $"{target.Name} restarts",
            Stopped($"{target.Name} is not back and heard by all within {Units.Duration(Longest)}; its log says why", left), cancellation);
        var seconds = Math.Round(host.Time.GetElapsedTime(asked).TotalSeconds, 1);
        var build = back.Peers.First(peer => peer.NodeId == target.NodeId).Build;
        _done.Add(new RestartedNode(target.NodeId, target.Name, wasHost, target.Build, build, seconds));
        if (IsOlder(build, target.Build))
            throw Stopped($"{target.Name} came back with {build}, older than {target.Build}", left.FindAll(peer => peer != target));
        Tell(FormattableString.Invariant($"{target.Name} is back after {seconds:0.0} s{(build == target.Build ? "" : $": {target.Build} → {build}")} ({left.Count - 1} to go)"));
        return left.Count > 1 ? await WatchAsync(node, back, target, left, cancellation) : back;
    }

    private async Task<PeersAnswer> WatchAsync(INode node, PeersAnswer back, PeerInfo target, List<PeerInfo> left, CancellationToken cancellation)
    {
        var run = back.Peers.First(peer => peer.NodeId == target.NodeId).Run;
        var since = host.Time.GetTimestamp();
        while (host.Time.GetElapsedTime(since) < watch)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), host.Time, cancellation);
            back = await node.PeersAsync(cancellation);
            if (!back.Quorum || back.Peers.FirstOrDefault(peer => peer.NodeId == target.NodeId) is not { } now || !IsWell(now) || now.Run != run)
                throw Stopped($"{target.Name} did not stay well for {Units.Duration(watch)}; its log says why", left);
        }
        return back;
    }

    // Heard by everybody who is well, and hearing them: the same as before it went.
    private static bool IsBack(PeersAnswer now, string target, string? runBefore) =>
        now is { Quorum: true, HostId: not null }
        && now.Peers.FirstOrDefault(peer => peer.NodeId == target) is { } node && IsWell(node) && node.Run is not null && node.Run != runBefore
        && now.Peers.Where(IsWell).All(peer => !peer.Unheard.Contains(target) && !node.Unheard.Contains(peer.NodeId));

    private static bool IsOlder(string? build, string? than) =>
        Version.TryParse(build?.Split('+')[0], out var now) && Version.TryParse(than?.Split('+')[0], out var before) && now < before;

    private CliException Stopped(string why, List<PeerInfo> left)
    {
        var rest = string.Join(' ', left.Select(peer => $"--node {peer.Name}"));
        var verb = $"constella {action} --rolling";
        return new CliException(ExitCode.Failed, $"{why}; stopped after {_done.Count} of {_done.Count + left.Count} nodes", $"when that is mended: {verb} {rest}");
    }

    private void Tell(string line) => host.Console.Error.WriteLine($"{Ink.For(host.Console).Check} {line}");

    private int Report(PeersAnswer before, PeersAnswer after)
    {
        var seconds = Math.Round(host.Time.GetElapsedTime(_began).TotalSeconds, 1);
        var document = new RestartDocument([.. _done], HostOf(before), HostOf(after), seconds);
        var restarted = _done.Count(node => node.Seconds is not null);
        if (host.WantsJson(parse))
            host.WriteJson(document, CliJson.Default.RestartDocument);
        else
            host.Console.Out.WriteLine(FormattableString.Invariant($"{restarted} of {_done.Count} nodes restarted in {seconds:0.0} s; the Host is {document.HostAfter}"));
        return ExitCode.Ok;
    }

    private static string? HostOf(PeersAnswer network) => network.Peers.FirstOrDefault(peer => peer.NodeId == network.HostId)?.Name;
}
