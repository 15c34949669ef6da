using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>Takes orders for tests that this node measures, and runs them: each id once, one at a time (rule B1).</summary>
internal sealed class SpeedDesk(
    ICluster cluster, SpeedRules rules, SpeedLedger ledger, PeerTest peerTest, InternetTest internetTest, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<SpeedDesk> log) : ISpeed
{
    private readonly Lock _lock = new();
    private volatile SpeedProgress? _running;

    public SpeedState State()
    {
        var self = cluster.View.NodeId;
        var book = ledger.Book;
        var running = _running?.Now;
        return new SpeedState
        {
            NodeId = self,
            Refused = rules.Refused,
            Month = ledger.Month,
            Used = book.UsedIn(ledger.Month),
            Monthly = rules.Monthly,
            Bytes = rules.Bytes(self),
            Seconds = rules.Seconds(self),
            Runs = [.. book.Runs.Select(run => run.Id == running?.Id ? running : run)],
        };
    }

    public SpeedState Start(SpeedOrder order)
    {
        if (Wrong(order) is { } wrong)
            throw SpeedRules.Refusing(Errors.Invalid, wrong);
        lock (_lock)
        {
            if (ledger.Book.Knows(order.Id))
                return State();
            var peer = Peer(order.With);
            rules.Enter(order.Id);
            try
            {
                var run = Planned(order);
                ledger.Change(book => book.Take(ledger.Month, run.Bytes).Begin(run));
                _running = new SpeedProgress(run);
            }
            catch (Exception error)
            {
                rules.Leave(order.Id);
                if (error is IOException)
                    throw SpeedRules.Refusing(ApiErrors.Budget, $"{cluster.View.Name} cannot write down what a test costs: {error.Message}");
                throw;
            }
            var progress = _running;
            _ = Task.Run(() => RunAsync(progress, peer, lifetime.ApplicationStopping));
            return State();
        }
    }

    private static string? Wrong(SpeedOrder order)
    {
        if (!Ids.IsNode(order.Id))
            return "id is no id of a test: 16 hexadecimal digits";
        if (order.With != SpeedRun.Internet && !Ids.IsNode(order.With))
            return "with is neither a node id nor internet";
        if (!Enum.IsDefined(order.Direction))
            return "direction is none of both, down, up";
        if (order.With == SpeedRun.Internet && order.Direction == SpeedDirection.Up)
            return "with the internet only the direction down is measured";
        if (order.Seconds is < 2 or > Limits.SpeedSeconds)
            return $"seconds is no number from 2 to {Limits.SpeedSeconds}";
        return order.Bytes is < Limits.SpeedBytesLeast or > Limits.SpeedBytesMost ? $"bytes is no number from {Limits.SpeedBytesLeast} to {Limits.SpeedBytesMost}" : null;
    }

    /// <returns>Null: the internet.</returns>
    private MemberView? Peer(string with)
    {
        if (with == SpeedRun.Internet)
            return null;
        if (with == cluster.View.NodeId)
            throw SpeedRules.Refusing(Errors.Invalid, "a node measures nothing with itself");
        var peer = cluster.View.Members.FirstOrDefault(member => member.Record.NodeId == with)
            ?? throw SpeedRules.Refusing(ApiErrors.NotFound, $"this node knows no member {with}");
        return peer.Health == Health.Down ? throw SpeedRules.Refusing(ApiErrors.Unreachable, $"{peer.Record.Name} is down") : peer;
    }

    /// <exception cref="PeerException">No bytes are left.</exception>
    private SpeedRun Planned(SpeedOrder order)
    {
        var self = cluster.View.NodeId;
        var internet = order.With == SpeedRun.Internet;
        var left = ledger.Book.Left(ledger.Month, rules.Monthly);
        var bytes = Math.Min(Math.Min(order.Bytes ?? long.MaxValue, rules.Bytes(self)), left);
        if (bytes < Limits.SpeedBytesLeast)
            throw SpeedRules.Refusing(ApiErrors.Budget, $"the bytes that {cluster.View.Name} may spend on speed tests this month are used up");
        return new SpeedRun
        {
            Id = order.Id,
            With = order.With,
            Phase = SpeedPhase.Begun,
            Direction = internet ? SpeedDirection.Down : order.Direction,
            Started = time.GetUtcNow(),
            Seconds = Math.Min(order.Seconds ?? int.MaxValue, rules.Seconds(self)),
            Bytes = bytes,
        };
    }

    private async Task RunAsync(SpeedProgress progress, MemberView? peer, CancellationToken stopping)
    {
        var planned = progress.Now;
        log.LogInformation("speed test {Test} with {With}: up to {Bytes} bytes, {Seconds} s each way", planned.Id, peer?.Record.Name ?? planned.With, planned.Bytes, planned.Seconds);
        var (code, detail) = await TryAsync(progress, peer, stopping);
        var ended = progress.Now with
        {
            Phase = code is null ? SpeedPhase.Done : SpeedPhase.Failed,
            Ended = time.GetUtcNow(),
            Mbps = null,
            Error = code,
            Detail = detail,
        };
        try
        {
            ledger.Change(book => book.Return(Math.Max(0, planned.Bytes - ended.Moved)).With(ended));
        }
        catch (IOException error)
        {
            log.LogWarning("speed test {Test}: the whole of its bytes counts as used: {Reason}", planned.Id, error.Message);
        }
        log.LogInformation("speed test {Test} is over: {Bytes} bytes, down {Down}, up {Up} Mbit/s {Detail}", planned.Id, ended.Moved, ended.Down?.Mbps, ended.Up?.Mbps, detail);
        _running = null;
        rules.Leave(planned.Id);
    }

    /// <returns>Why it failed; nulls where it did not.</returns>
    private async Task<(string? Code, string? Detail)> TryAsync(SpeedProgress progress, MemberView? peer, CancellationToken stopping)
    {
        try
        {
            await (peer is null ? internetTest.RunAsync(progress, rules.Urls, stopping) : peerTest.RunAsync(progress, peer.Record, stopping));
            return (null, null);
        }
        catch (PeerException error)
        {
            return (error.Code ?? ApiErrors.Unreachable, $"{peer?.Record.Name}: {error.Message}");
        }
        catch (SpeedException error)
        {
            return (error.Code, error.Message);
        }
        catch (OperationCanceledException)
        {
            return (SpeedErrors.Interrupted, "the node was stopped in the middle");
        }
#pragma warning disable CA1031 // A test that never ends would keep its place for ever.
        catch (Exception error)
#pragma warning restore CA1031
        {
            log.LogError(error, "speed test {Test} failed", progress.Now.Id);
            return (SpeedErrors.Broken, "a fault of the program; the node's log has it");
        }
    }
}
