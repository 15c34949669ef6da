using Constella.Api.Peers;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using TelegramStandIn;

namespace Constella.Bench;

/// <summary>What one real node used among so many others, a second.</summary>
/// <param name="CpuPercent">Of one core.</param>
/// <param name="PairBytes">On the wire, both ways, headers of IP and TCP among them, by the number of others.</param>
/// <param name="Lost">Heartbeats, either way, that had no answer in time.</param>
internal sealed record Figures(
    int Others, double CpuPercent, double PairBytes, double PairPackets, double Switches, double? Allocated, Held Held, double RttMs, long Lost)
{
    /// <summary>A pair has one heartbeat a second: one each way every two. What the rest of the node uses is in it.</summary>
    public double MicrosPerHeartbeat => CpuPercent * 1e4 / Others;
}

/// <summary>One size of network: from the start of all its members to the end.</summary>
internal static class Trial
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <exception cref="InvalidOperationException">The network did not become what was to be measured.</exception>
    public static async Task<Figures> RunAsync(string program, int others, TimeSpan warm, TimeSpan time)
    {
        var network = new Network(others);
        var members = network.Others.Select(record => new Member(network, record)).ToDictionary(member => member.Address);
        using var end = new CancellationTokenSource();
        await using var server = new CrowdServer(network, members);
        await server.StartAsync();
        await using var telegram = await StandInServer.StartAsync(new StandInOptions());
        using var node = new RealNode(program, network, telegram.Url);
        // Spread over the beat, as the beats of machines that started at different times are.
        var beats = members.Values.Select((member, i) => member.BeatAsync(TimeSpan.FromMilliseconds(2_000.0 * i / others), end.Token)).ToArray();
        try
        {
            await SettleAsync(node, [.. members.Values]);
            await Task.Delay(warm);
            return await MeasureAsync(node, [.. members.Values], time);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(beats).ContinueWith(static _ => { }, TaskScheduler.Default);
            foreach (var member in members.Values)
                member.Dispose();
        }
    }

    private static async Task SettleAsync(RealNode node, Member[] members)
    {
        for (var until = DateTime.UtcNow + s_patience; ; await Task.Delay(500))
        {
            if (!node.Runs)
                throw new InvalidOperationException($"the node has ended: {node.LastWords}");
            if (members.All(member => member.IsCalled) && await IsWholeAsync(members[0]))
                return;
            if (DateTime.UtcNow > until)
                throw new InvalidOperationException($"the node is not Host of a network that is alive; it said last: {node.LastWords}");
        }
    }

    private static async Task<bool> IsWholeAsync(Member member)
    {
        try
        {
            var seen = await member.AskAsync(CancellationToken.None);
            return seen.HostId == seen.NodeId && seen.Bot.Polling == Polls.Lease && seen.Peers.All(peer => peer.Health == Health.Alive);
        }
        catch (Exception error) when (error is PeerException or HttpRequestException or IOException)
        {
            return false;
        }
    }

    private static async Task<Figures> MeasureAsync(RealNode node, Member[] members, TimeSpan time)
    {
        var lostBefore = members.Sum(member => member.Failures);
        var before = await node.UsageAsync();
        var held = node.Held();
        for (var until = DateTime.UtcNow + time; DateTime.UtcNow < until;)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            held = held.Max(node.Held());
        }
        var after = await node.UsageAsync();
        if (!await IsWholeAsync(members[0]))
            throw new InvalidOperationException("not all members were alive to the node at the end: the machine was too busy");
        var seen = await members[0].AskAsync(CancellationToken.None);
        var seconds = after.Seconds - before.Seconds;
        return new Figures(
            members.Length,
            (after.Cpu - before.Cpu) / seconds * 100,
            (after.Bytes - before.Bytes) / seconds / members.Length,
            (after.Packets - before.Packets) / seconds / members.Length,
            (after.Switches - before.Switches) / seconds,
            (after.Allocated - before.Allocated) / seconds,
            held,
            seen.Peers.Where(peer => !peer.IsSelf).Select(peer => peer.RttMs ?? 0).Order().ElementAt(members.Length / 2),
            members.Sum(member => member.Failures) - lostBefore);
    }
}
