using Constella.Core.Speed;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>A test that another node measures with this one: its budgets hold here whatever that node does (rule B4).</summary>
internal sealed class SpeedSession : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private long _moved;
    private string? _cut;

    public SpeedSession(string caller, SpeedGrant grant, TimeSpan life)
    {
        (Caller, Grant) = (caller, grant);
        _over.CancelAfter(life);
        Over = _over.Token;
    }

    public string Caller { get; }

    public SpeedGrant Grant { get; }

    public byte[] Noise { get; } = Speed.Noise.Make();

    /// <summary>What the caller sends here.</summary>
    public SpeedMeter Received { get; } = new();

    /// <summary>Both directions.</summary>
    public long Moved => Interlocked.Read(ref _moved);

    public CancellationToken Over { get; }

    public SpeedCount Count => Received.Read() is var (bytes, ms) ? new SpeedCount(Received.Total, bytes, ms, _cut) : throw new InvalidOperationException();

    /// <summary>Takes bytes out of the budget.</summary>
    /// <returns>False: it has been used up, and the session is over.</returns>
    public bool Take(long bytes)
    {
        if (Interlocked.Add(ref _moved, bytes) <= Grant.Bytes)
            return true;
        End(SpeedErrors.Bytes);
        return false;
    }

    public void End(string? cut)
    {
        _ = Interlocked.CompareExchange(ref _cut, cut, null);
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It is over.
        }
    }

    public void Dispose() => _over.Dispose();
}
