using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>Takes orders for tests that this node measures, and runs them: each id once, one at a time (rule B1).</summary>
internal sealed class SpeedDesk(
    ICluster cluster, SpeedRules rules, SpeedStore store, PeerTest peerTest, InternetTest internetTest, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<SpeedDesk> log) : ISpeed
{
    private readonly Lock _lock = new();
    private volatile SpeedProgress? _running;

    public SpeedState State()
    {
        var self = cluster.View.NodeId;
        var book = store.Book;
        var running = _running?.Now;
        return new SpeedState
        {
            NodeId = self,
            Refused = rules.Refused,
            Month = store.Month,
            Used = book.UsedIn(store.Month),
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
            if (store.Book.Knows(order.Id))
                return State();
            var peer = Peer(order.With);
            SpeedRun run = null!;
            rules.Enter(order.Id, order.Bytes ?? long.MaxValue, (book, bytes) => book.Begin(run = Planned(order, bytes)));
            SpeedAudit.Taken(cluster, order.Id);
            var progress = _running = new SpeedProgress(run);
            _ = Task.Run(() => RunAsync(progress, peer, lifetime.ApplicationStopping));
            return State();
        }
    }

    /// <returns>What makes no sense in an order, or null.</returns>
    public static string? Wrong(SpeedOrder order)
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

    private SpeedRun Planned(SpeedOrder order, long bytes) => new()
    {
        Id = order.Id,
        With = order.With,
        Phase = SpeedPhase.Begun,
        Direction = order.With == SpeedRun.Internet ? SpeedDirection.Down : order.Direction,
        Started = time.GetUtcNow(),
        Seconds = Math.Min(order.Seconds ?? int.MaxValue, rules.Seconds(cluster.View.NodeId)),
        Bytes = bytes,
    };

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
            store.Change(book => book.Return(Math.Max(0, planned.Bytes - ended.Moved)).With(ended));
        }
        catch (IOException error)
        {
            log.LogWarning("speed test {Test}: the whole of its bytes counts as used: {Reason}", planned.Id, error.Message);
        }
        log.LogInformation("speed test {Test} is over: {Bytes} bytes, down {Down}, up {Up} Mbit/s {Detail}", planned.Id, ended.Moved, ended.Down?.Mbps, ended.Up?.Mbps, detail);
        SpeedAudit.Ended(cluster, planned.Id, cluster.View.NodeId, detail ?? code);
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
