using System.Diagnostics;
using System.Globalization;
using Constella.Api.History;
using Constella.Core.Stats;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Bench;

/// <summary>The figures, a line each, and whether they are within their bounds.</summary>
internal static class Figures
{
    private const int Queries = 100;
    private const long Day = 86_400;

    public static bool Print(int days, int nodes)
    {
        var folder = Directory.CreateTempSubdirectory("constella-bench-");
        try
        {
            Console.WriteLine($"| {nodes} nodes, {days} days | | bound |\n| --- | --- | --- |");
            using var machine = new Machine(folder.FullName);
            var start = Machine.Rss();
            var watch = Stopwatch.StartNew();
            // The worst that can be: this node is keeper of all others, from the first day on.
            var written = machine.Live(TimeSpan.FromDays(days), nodes - 1);
            var good = Row("database and log, with copies of all others", machine.SizeMb(), "MB", 20);
            Row($"written, keeper of all others, in an hour", written / (days * 24.0) / 1e6, "MB", null);
            var own = machine.Live(TimeSpan.FromDays(1), 2);
            good &= Row("written, keeper of two, in a minute", own / 1_440.0 / 1e3, "kB", 83);
            good &= Row("written, keeper of two, in an hour", own / 24.0 / 1e6, "MB", 5);
            var before = Machine.Rss();
            good &= Row($"{days} days of itself, median of {Queries}", machine.QueryMs(Machine.Self, days, Queries), "ms", 300);
            good &= Row($"{days} days of another, median of {Queries}", machine.QueryMs(Machine.IdOf(1), days, Queries), "ms", 300);
            Row($"{days} days of itself in steps of 5 min", machine.QueryMs(Machine.Self, days, Queries, 300), "ms", null);
            var after = Machine.Rss();
            Row("RSS of a process that has just begun", start, "MB", null);
            good &= Row("above that with all of it written", before - start, "MB", 12);
            good &= Row("above that after the queries", after - before, "MB", 2);
            Console.WriteLine(Inv($"\n{nodes} nodes lived for {days} days in {watch.Elapsed.TotalSeconds:0} s"));
            return good;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool Row(string what, double value, string unit, double? bound)
    {
        Console.WriteLine(Inv($"| {what} | {value:0.##} {unit} | {(bound is { } most ? Inv($"{most} {unit}") : "")} |"));
        return bound is null || value <= bound;
    }

    private static string Inv(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A store under a clock that runs as fast as it can.</summary>
    private sealed class Machine : TimeProvider, IDisposable
    {
        public const string Self = "00000000000000aa";

        private readonly string _folder;
        private readonly HistoryStore _store;
        private readonly Random _random = new(4_747);
        private readonly byte[] _sample = new byte[PackedSample.Bytes];
        private long _now = 1_780_272_000;

        public Machine(string folder)
        {
            _folder = folder;
            _store = new HistoryStore(folder, Self, "Europe/Berlin", this, NullLogger<HistoryStore>.Instance);
            _store.Open();
        }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(_now);

        public static string IdOf(int node) => node.ToString("x16", CultureInfo.InvariantCulture);

        /// <returns>Bytes that the process has written.</returns>
        public long Live(TimeSpan time, int others)
        {
            var before = Written();
            for (var end = _now + (long)time.TotalSeconds; _now < end;)
            {
                _store.Record(_now, Sample());
                _now += 10;
                if (_now % 60 == 0)
                    _store.Flush();
                for (var node = 1; node <= others && _now % 300 == 0; node++)
                    _store.Keep(IdOf(node), "Asia/Tokyo", _now - 300, Sample());
            }
            return Written() - before;
        }

        public double QueryMs(string node, int days, int times, int? step = null)
        {
            var took = new List<double>();
            for (var i = 0; i < times; i++)
            {
                var watch = Stopwatch.StartNew();
                var series = _store.Series(new HistoryQuery(node, (Metric)(i % Metrics.All.Length), _now - (days * Day), _now, step))!;
                took.Add(watch.Elapsed.TotalMilliseconds);
                if (series.Points.Length < 100)
                    throw new InvalidOperationException($"only {series.Points.Length} points");
            }
            return took.Order().ElementAt(times / 2);
        }

        public double SizeMb() => Directory.EnumerateFiles(_folder).Sum(file => new FileInfo(file).Length) / 1e6;

        public static double Rss()
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return Environment.WorkingSet / 1e6;
        }

        public void Dispose() => _store.Dispose();

        // What is given to write(2): the log, the database, and nothing else here.
        private static long Written() => long.Parse(
            File.ReadLines("/proc/self/io").First(line => line.StartsWith("wchar:", StringComparison.Ordinal))[6..], CultureInfo.InvariantCulture);

        private byte[] Sample()
        {
            for (var metric = (Metric)0; (int)metric < Metrics.All.Length; metric++)
            {
                var mean = _random.NextDouble() * (metric is Metric.Received or Metric.Sent ? 1e8 : 100);
                PackedSample.Write(_sample, metric, (mean, mean * 1.1));
            }
            return _sample;
        }
    }
}
