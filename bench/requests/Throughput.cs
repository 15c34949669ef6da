using System.Diagnostics;
using Constella.Api.Tls;

namespace Constella.Bench;

/// <summary>Signed calls of one node against the same handlers without signatures: rounds in turn, so that what else this machine does hits both.</summary>
internal static class Throughput
{
    /// <summary>A network of nine, eight of which call.</summary>
    private const int Members = 9;

    private const int Workers = 4;
    private const int CallsOfEach = 250;
    private const double MostCost = 0.35;

    public static bool Print(int rounds)
    {
        Console.WriteLine();
        Table.Head("calls", "", "a second, unsigned", "signed", "cost, median of rounds", "goal", "unsigned p50 / p90 / p99 / p99.9, µs", "signed p50 / p90 / p99 / p99.9, µs");
        var good = true;
        foreach (var target in (string[])["/heartbeat", "/peers", "/stats"])
        {
            foreach (var tls in (bool[])[true, false])
            {
                // A process for each: a node remembers every signed call for 90 s, and 10 000 of each caller at most.
                using var server = new ServerProcess(Fleet.State(Members, voters: 1));
                var callers = new Callers(server.State, server.Run, target);
                var name = tls ? CertificateAuthority.NameOf(server.State.NodeId) : null;
                var over = tls ? "TLS" : "plain";
                good &= Row($"{target}, {over}, the node alone", rounds, (who, signed) => new WireRoad(callers, who, signed ? server.Signed : server.Unsigned, name, signed));
                good &= Row($"{target}, {over}, both ends", rounds, (who, signed) => new MemberRoad(callers, who, server, tls, signed));
            }
        }
        return good;
    }

    private static bool Row(string what, int rounds, Func<int[], bool, Road> road)
    {
        using var signed = new Side(who => road(who, true));
        using var unsigned = new Side(who => road(who, false));
        _ = signed.Round();
        _ = unsigned.Round();
        signed.Forget();
        unsigned.Forget();
        var costs = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var first = round % 2 == 0 ? signed : unsigned;
            var second = round % 2 == 0 ? unsigned : signed;
            var (one, other) = (first.Round(), second.Round());
            var (with, without) = round % 2 == 0 ? (one, other) : (other, one);
            costs.Add(1 - (with / without));
        }
        var cost = Table.Median(costs);
        var good = cost < MostCost;
        var (node, ends) = (what.Split(", ")[..^1], what.Split(", ")[^1]);
        Table.Row(string.Join(", ", node), ends, Table.Text($"{unsigned.PerSecond:0}"), Table.Text($"{signed.PerSecond:0}"), Table.Text($"{cost * 100:0.0} %"), Table.Goal(good, "35 %"),
            unsigned.Percentiles, signed.Percentiles);
        return good;
    }

    /// <summary>All callers of one kind.</summary>
    private sealed class Side : IDisposable
    {
        private readonly Road[] _roads;
        private readonly List<double> _micros = [];
        private readonly List<double> _perSecond = [];

        public Side(Func<int[], Road> road) => _roads = [.. Enumerable.Range(1, Workers).Select(worker => road([worker, worker + Workers]))];

        public double PerSecond => Table.Median(_perSecond);

        public string Percentiles
        {
            get
            {
                var sorted = _micros.Order().ToList();
                return string.Join(" / ", new[] { 50, 90, 99, 99.9 }.Select(percent => Table.Text($"{Table.Percentile(sorted, percent):0}")));
            }
        }

        public void Forget()
        {
            _micros.Clear();
            _perSecond.Clear();
        }

        /// <returns>Calls a second.</returns>
        public double Round()
        {
            foreach (var road in _roads)
                road.Prepare(CallsOfEach);
            var took = new double[Workers * CallsOfEach];
            var begun = Stopwatch.GetTimestamp();
            var threads = _roads.Select((road, worker) => Task.Factory.StartNew(() => Call(road, took.AsSpan(worker * CallsOfEach, CallsOfEach)), TaskCreationOptions.LongRunning)).ToArray();
            Task.WaitAll(threads);
            var perSecond = took.Length / Stopwatch.GetElapsedTime(begun).TotalSeconds;
            _micros.AddRange(took);
            _perSecond.Add(perSecond);
            return perSecond;
        }

        public void Dispose()
        {
            foreach (var road in _roads)
                road.Dispose();
        }

        private static void Call(Road road, Span<double> took)
        {
            for (var i = 0; i < took.Length; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                road.Call(i);
                took[i] = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
            }
        }
    }
}
