using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Tls;

namespace Constella.Bench;

/// <summary>Bytes allocated for a heartbeat, by the number of members: in the core, and with HTTP around it.</summary>
internal static class Heartbeats
{
    private static readonly int[] s_sizes = [2, 5, 10, 25, 50, 100];

    /// <summary>What a heartbeat may cost more in a network of 100 than in one of 5.</summary>
    private const double MostGrowth = 1_000;

    private const int Calls = 60;

    public static async Task<bool> PrintAsync()
    {
        Console.WriteLine();
        Table.Head("members", "heartbeat + answer, bytes", "core: one comes in", "core: one is answered", "core: one is sent", "HTTP: one comes in", "HTTP: one goes out and is answered");
        var figures = new Dictionary<int, double[]>();
        foreach (var members in s_sizes)
        {
            var (body, core) = Core(members);
            double[] row = [body, core.Received, core.Answered, core.Sent, .. await HttpAsync(members)];
            figures[members] = row;
            Table.Row([Table.Text($"{members}"), .. row.Select(figure => Table.Text($"{figure:0}"))]);
        }
        // The core both ways, and HTTP both ways, which has the node's own step in it.
        double[] growth = [.. figures[100].Zip(figures[5], (many, few) => many - few).Skip(1)];
        var good = growth.All(more => more <= MostGrowth);
        Table.Row(["100 over 5", Table.Text($"{figures[100][0] - figures[5][0]:0}"), .. growth.Select(more => Table.Goal(more <= MostGrowth, Table.Text($"{more:+0;-0;0} (goal: 1 000)")))]);
        return good;
    }

    /// <summary>Of steps alone; the views that a driver makes of them are in what HTTP has.</summary>
    public static (double Body, (double Received, double Answered, double Sent) Core) Core(int members)
    {
        var fleet = new Fleet(members);
        fleet.Live(20);
        if (!fleet.IsHost)
            throw new InvalidOperationException("the node is not the Host");
        var least = (Received: double.MaxValue, Answered: double.MaxValue, Sent: double.MaxValue);
        for (var round = 0; round < 5; round++)
        {
            fleet.Forget();
            fleet.Live(5);
            least = (Math.Min(least.Received, Each(fleet.Received)), Math.Min(least.Answered, Each(fleet.Answered)), Math.Min(least.Sent, Each(fleet.Sent)));
        }
        var body = JsonSerializer.SerializeToUtf8Bytes(fleet.LastSent!, ApiJson.Default.Heartbeat).Length
            + JsonSerializer.SerializeToUtf8Bytes(fleet.LastReply!, ApiJson.Default.HeartbeatAnswer).Length;
        return (body, least);
    }

    /// <returns>Of the whole process of a node: for a heartbeat that comes in; and what its sender has for it.</returns>
    public static async Task<double[]> HttpAsync(int members)
    {
        var folder = Directory.CreateTempSubdirectory("constella-bench-");
        try
        {
            var state = Fleet.State(members, voters: 1);
            await using var node = await OneNode.StartAsync(folder.FullName, state);
            var callers = new Callers(state, node.View.Run, "/heartbeat");
            var member = members - 1;
            using var wire = new Wire(node.Signed, null);
            var requests = new List<byte[]>();
            var received = Allocated.PerCallAnywhere(Calls, i => wire.Call(requests[i]), () =>
            {
                requests.Clear();
                for (var i = 0; i < Calls; i++)
                    requests.Add(callers.Next(member, signed: true));
            });
            return [received, Sent(node, callers, member) - received];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Sent(OneNode node, Callers callers, int member)
    {
        var keys = new NetworkKeys(callers.State);
        using var client = new PeerHttp(
            Fleet.IdOf(member), keys, new TargetBook(TimeProvider.System), new PeerTrust(callers.State.NetworkId, () => keys.Ring, TimeProvider.System, null), null);
        var uri = new Uri($"http://{node.Signed}/heartbeat");
        var bodies = new List<byte[]>();
        return Allocated.PerCallAnywhere(Calls, i => client.CallAsync(
            new PeerCall(HttpMethod.Post, uri, node.View.NodeId, bodies[i], node.View.Run), ApiJson.Default.HeartbeatAnswer, CancellationToken.None).GetAwaiter().GetResult(), () =>
        {
            bodies.Clear();
            for (var i = 0; i < Calls; i++)
                bodies.Add(callers.Heartbeat(member));
        });
    }

    private static double Each((long Bytes, int Count) sum) => sum.Bytes / (double)sum.Count;
}
