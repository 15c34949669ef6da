using Constella.Api.Cluster;
using Constella.Api.Host;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Traffic;
using Constella.Core.Wire;

namespace Constella.Api.Traffic;

/// <summary>What this machine has moved.</summary>
public interface ITraffic
{
    /// <summary>Counted up to this moment.</summary>
    TrafficReport Report();
}

/// <summary>
/// Counts every ten seconds (rules T1 to T3). Writes seldom: what a killed process had not written the kernel still has, and a power
/// failure costs at most <see cref="Unwritten"/> bytes or five minutes.
/// </summary>
internal sealed partial class TrafficMeter(TrafficFile file, IUplinks uplinks, ICluster cluster, TimeProvider time, ILogger<TrafficMeter> log)
    : BackgroundService, ITraffic
{
    private const long Unwritten = 100_000_000;
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_soonest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_latest = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private TrafficLedger? _ledger;
    private string? _why;
    private bool _loaded;
    private long _writtenAt;
    private long _writtenBytes;
    private bool _failing;

    public TrafficReport Report()
    {
        lock (_gate)
        {
            Count();
            return TrafficReports.Of(cluster.View, _ledger, _why, time.GetUtcNow());
        }
    }

    /// <summary>Counts, tells the others, and writes when it is worth it.</summary>
    internal void Turn()
    {
        lock (_gate)
        {
            Count();
            if (_ledger is not { } ledger)
                return;
            var view = cluster.View;
            var (received, sent) = ledger.In(BillingMonth.Of(ledger.Clock.Day, TrafficPlan.Of(view.Settings.Options, view.NodeId).ResetDay));
            cluster.Post(new Input.TrafficCounted(new MonthBytes(Math.Min(received, Limits.LargestSize), Math.Min(sent, Limits.LargestSize))));
            var age = time.GetElapsedTime(_writtenAt);
            if (age >= s_latest || (age >= s_soonest && Sum(ledger) - _writtenBytes >= Unwritten))
                Write();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        lock (_gate)
        {
            if (_loaded)
                Count();
            Write();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_turn, time);
        try
        {
            do
                TryTurn();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    // A node does not end because its traffic cannot be counted.
    private void TryTurn()
    {
        try
        {
            Turn();
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(unforeseen);
        }
    }

    private void Count()
    {
        if (!_loaded)
            Load();
        if (!_loaded)
            return;
        (var reading, _why) = uplinks.Read();
        if (reading is null)
            return;
        var now = new Now(cluster.Mono, time.GetUtcNow());
        var first = _ledger is null;
        _ledger = _ledger?.Count(reading, now) ?? TrafficLedger.Begin(reading, now);
        // That it begins here is what must not be forgotten.
        if (first)
            Write();
    }

    private void Load()
    {
        try
        {
            _ledger = file.Read();
            (_loaded, _writtenAt, _writtenBytes) = (true, time.GetTimestamp(), _ledger is null ? 0 : Sum(_ledger));
        }
        catch (InvalidDataException wrong)
        {
            LogBad(wrong.Message, SetAside());
            _loaded = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _why = error.Message;
            Fail(error);
        }
    }

    private string SetAside()
    {
        try
        {
            return file.SetAside();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private void Write()
    {
        if (_ledger is null)
            return;
        _writtenAt = time.GetTimestamp();
        try
        {
            file.Write(_ledger);
            _writtenBytes = Sum(_ledger);
            _failing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error);
        }
    }

    private void Fail(Exception error)
    {
        if (!_failing)
            LogFailed(error.Message);
        _failing = true;
    }

    private static long Sum(TrafficLedger ledger) => ledger.Days.Sum(static day => day.Received + day.Sent);

    [LoggerMessage(Level = LogLevel.Warning, Message = "traffic.json cannot be read or written: {Reason}; the node goes on counting, and tries again")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Traffic could not be counted; it is tried again.")]
    private partial void LogUnforeseen(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "traffic.json cannot be used: {Reason}. It is kept as {Kept}, and counting begins anew")]
    private partial void LogBad(string reason, string kept);
}
