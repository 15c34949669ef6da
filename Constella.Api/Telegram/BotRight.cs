using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;

namespace Constella.Api.Telegram;

/// <summary>The lease or the witness's tenure has ended, or is in doubt: nothing was done.</summary>
internal sealed class RightLostException() : Exception("The right to act has ended.");

/// <summary>Every side effect goes through here: it is checked before, and ends before the right does (rules L4 and W6).</summary>
internal sealed class BotRight(ICluster cluster, TimeProvider time)
{
    public bool MayAct => cluster.View.MayAct(cluster.Mono);

    /// <exception cref="RightLostException">Nothing was called.</exception>
    /// <exception cref="RequestException">No answer within the limit or the right.</exception>
    public async Task<T> ActAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan limit, CancellationToken cancellation)
    {
        var view = cluster.View;
        var mono = cluster.Mono;
        if (!view.MayAct(mono))
            throw new RightLostException();
        var left = Math.Min((long)limit.TotalMilliseconds, view.Bot.Until - mono);
        using var end = new CancellationTokenSource(TimeSpan.FromMilliseconds(left), time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation, end.Token);
        try
        {
            return await call(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RequestException("No answer in time.");
        }
    }

    public Task ActAsync(Func<CancellationToken, Task> call, TimeSpan limit, CancellationToken cancellation) =>
        ActAsync<bool>(
            async limited =>
            {
                await call(limited);
                return true;
            },
            limit,
            cancellation);
}
