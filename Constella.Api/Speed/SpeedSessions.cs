using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Constella.Api.Speed;

/// <summary>This node as the other end of a test: one at a time, within budgets of its own.</summary>
internal sealed class SpeedSessions(
    ICluster cluster, SpeedRules rules, SpeedStore store, HeartbeatGuard guard, IHostApplicationLifetime lifetime, ILogger<SpeedSessions> log) : IDisposable
{
    private readonly Lock _lock = new();
    private SpeedSession? _session;
    private (string Caller, string Test, SpeedCount Count)? _last;

    /// <summary>What a test may take beside its two directions: for connecting, and for round trips before and between.</summary>
    internal TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    /// <exception cref="PeerException">Not allowed, busy, or no bytes left.</exception>
    public SpeedGrant Open(string caller, SpeedOffer offer)
    {
        if (!Ids.IsNode(offer.Test) || offer.Seconds is < 1 or > Limits.SpeedSeconds || offer.Bytes is < Limits.SpeedBytesLeast or > Limits.SpeedBytesMost)
            throw SpeedRules.Refusing(Errors.Invalid, $"an offer has 16 hexadecimal digits, 1 to {Limits.SpeedSeconds} seconds, and {Limits.SpeedBytesLeast} bytes or more");
        lock (_lock)
        {
            // The answer was lost.
            if (_session is { } again && again.Caller == caller && again.Grant.Test == offer.Test)
                return again.Grant;
            var bytes = rules.Enter(offer.Test, offer.Bytes);
            var grant = new SpeedGrant(offer.Test, Math.Min(offer.Seconds, rules.Seconds(cluster.View.NodeId)), bytes);
            _session = new SpeedSession(caller, grant, (2 * TimeSpan.FromSeconds(grant.Seconds)) + Grace);
            Begin(_session);
            return _session.Grant;
        }
    }

    /// <returns>Null: there is no such test, or it is not this caller's.</returns>
    public SpeedSession? Find(string caller, string test)
    {
        lock (_lock)
            return _session is { } session && session.Caller == caller && session.Grant.Test == test ? session : null;
    }

    /// <returns>What was received; null where there is no such test.</returns>
    public SpeedCount? Close(string caller, string test)
    {
        if (Find(caller, test) is { } session)
        {
            session.Received.Finish(cluster.Mono);
            var count = session.Count;
            session.End(null);
            return count;
        }
        // It ended before its caller did, who asks why.
        lock (_lock)
            return _last is { } last && last.Caller == caller && last.Test == test ? last.Count : null;
    }

    /// <summary>Sends noise; the answer is past the gate's buffer, unsigned.</summary>
    public static async Task SendAsync(SpeedSession session, long bytes, HttpContext context)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes;
        context.Features.GetRequiredFeature<StreamedAnswer>().Begin(context);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(session.Over, context.RequestAborted);
            for (var left = bytes; left > 0;)
            {
                var chunk = (int)Math.Min(left, session.Noise.Length);
                if (!session.Take(chunk))
                    break;
                await context.Response.Body.WriteAsync(session.Noise.AsMemory(0, chunk), either.Token);
                left -= chunk;
                await Task.Yield();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The time is over, or the caller has gone.
        }
        // Of a whole answer this is the end; of another one the only way to end it.
        if (session.Over.IsCancellationRequested)
            context.Abort();
    }

    /// <summary>Counts what comes and keeps nothing of it.</summary>
    public async Task ReceiveAsync(SpeedSession session, HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = session.Grant.Bytes;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(session.Over, context.RequestAborted);
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync(either.Token);
                var count = read.Buffer.Length;
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                session.Received.Add(count, cluster.Mono);
                if (!session.Take(count))
                    context.Abort();
                if (read.IsCompleted)
                    return;
                await Task.Yield();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    public void Dispose() => _session?.End(SpeedErrors.Interrupted);

    private void Begin(SpeedSession session)
    {
        log.LogInformation("speed test {Test} with {Caller}: up to {Bytes} bytes, {Seconds} s each way", session.Grant.Test, session.Caller, session.Grant.Bytes, session.Grant.Seconds);
        _ = guard.WatchAsync(() => session.End(SpeedErrors.Heartbeats), session.Over);
        // A stream that is still served would keep the node from its hand-over.
        var stopping = lifetime.ApplicationStopping.Register(() => session.End(SpeedErrors.Interrupted));
        _ = session.Over.Register(() =>
        {
            stopping.Unregister();
            End(session);
        });
    }

    private void End(SpeedSession session)
    {
        lock (_lock)
        {
            if (_session != session)
                return;
            _last = (session.Caller, session.Grant.Test, session.Count);
            _session = null;
        }
        try
        {
            store.Change(book => book.Return(Math.Max(0, session.Grant.Bytes - session.Moved)));
        }
        catch (IOException error)
        {
            log.LogWarning("speed test {Test}: the whole of its bytes counts as used: {Reason}", session.Grant.Test, error.Message);
        }
        log.LogInformation("speed test {Test} is over: {Bytes} bytes", session.Grant.Test, session.Moved);
        rules.Leave(session.Grant.Test);
        session.Dispose();
    }
}
