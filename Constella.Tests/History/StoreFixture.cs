using System.Diagnostics;
using Constella.Api.History;
using Constella.Core.Stats;
using Microsoft.Extensions.Logging;

namespace Constella.Tests.History;

/// <summary>A store over a folder of its own, under a clock that is set by hand.</summary>
internal sealed class StoreFixture : IDisposable
{
    public const string Self = "aaaaaaaaaaaaaaaa";
    public const string Other = "bbbbbbbbbbbbbbbb";

    /// <summary>A round number of hours and of all blocks.</summary>
    public static readonly long Start = 1_780_315_200 / 259_200 * 259_200;

    public StoreFixture(string? folder = null)
    {
        Folder = folder ?? Directory.CreateTempSubdirectory("constella-history-").FullName;
        Clock.Now = Start;
        Store = Open();
    }

    public string Folder { get; }

    public string Database => Path.Combine(Folder, HistoryFile.Name);

    public SetClock Clock { get; } = new();

    public ListLog Log { get; } = new();

    public HistoryStore Store { get; private set; }

    /// <summary>Records one value, for all metrics, at a time, which becomes the clock's.</summary>
    public void Record(long at, double value)
    {
        Clock.Now = at + 10;
        Store.Record(at, Sample(value, value));
    }

    /// <summary>One value every ten seconds.</summary>
    public void RecordFor(long from, TimeSpan time, Func<long, double> value)
    {
        for (var at = from; at < from + (long)time.TotalSeconds; at += 10)
            Record(at, value(at));
    }

    public static byte[] Sample(double mean, double max)
    {
        var sample = new byte[PackedSample.Bytes];
        foreach (var (index, _) in Metrics.All.Index())
            PackedSample.Write(sample, (Metric)index, (mean, max));
        return sample;
    }

    public HistorySeries Ask(long from, long to, int? step = null, string target = Self, Metric metric = Metric.Cpu) =>
        Store.Series(new HistoryQuery(target, metric, from, to, step))!;

    /// <summary>The process ends, in order or not, and another one begins.</summary>
    public void Restart(bool orderly = true)
    {
        if (orderly)
            Store.Flush();
        Store.Dispose();
        Store = Open();
    }

    public static int Run(string program, params string[] args)
    {
        using var process = Process.Start(program, args);
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private HistoryStore Open()
    {
        var store = new HistoryStore(Folder, Self, "Europe/Berlin", Clock, Log);
        store.Open();
        return store;
    }
}

internal sealed class SetClock : TimeProvider
{
    /// <summary>Unix seconds.</summary>
    public long Now { get; set; }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Now);
}

internal sealed class ListLog : ILogger<HistoryStore>
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add($"{logLevel}: {formatter(state, exception)}");
}
