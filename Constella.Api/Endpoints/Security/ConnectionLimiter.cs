using System.Net;
using Constella.Core;
using Microsoft.AspNetCore.Connections;

namespace Constella.Api.Endpoints.Security;

/// <summary>
/// How many connections who may hold, before a byte of them is read: an address has its share, strangers together have theirs,
/// and what is left is for addresses from which a request was signed of late. A stranger's connection has an end.
/// </summary>
internal sealed partial class ConnectionLimiter(TimeProvider time, ILogger<ConnectionLimiter> log)
{
    private static readonly TimeSpan s_logSpacing = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _held = [];
    private readonly Dictionary<IPAddress, long> _proved = [];
    private int _strangers;
    private int _all;
    private int _refused;
    private long? _told;

    /// <summary>A member signed a request that came from there.</summary>
    public void Proved(IPAddress? remote)
    {
        var origin = Origin.Of(remote);
        lock (_lock)
        {
            if (_proved.Count >= Limits.ProvedOrigins && !_proved.ContainsKey(origin))
                _proved.Remove(_proved.MinBy(pair => pair.Value).Key);
            _proved[origin] = time.GetTimestamp();
        }
    }

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var origin = Origin.Of((connection.RemoteEndPoint as IPEndPoint)?.Address);
        if (!Enter(origin, out var stranger))
        {
            connection.Abort();
            return;
        }
        try
        {
            var served = next(connection);
            if (stranger && await EndedAsync(served) is false && !IsProved(origin))
                connection.Abort();
            await served;
        }
        finally
        {
            Leave(origin, stranger);
        }
    }

    private async Task<bool> EndedAsync(Task served)
    {
        using var ended = new CancellationTokenSource();
        var first = await Task.WhenAny(served, Task.Delay(Limits.StrangerConnection, time, ended.Token));
        await ended.CancelAsync();
        return first == served;
    }

    private bool Enter(IPAddress origin, out bool stranger)
    {
        lock (_lock)
        {
            stranger = !IsProvedNow(origin);
            var held = _held.GetValueOrDefault(origin);
            if (held >= Limits.ConnectionsPerOrigin || _all >= Limits.Connections || (stranger && _strangers >= Limits.StrangersConnections))
            {
                _refused++;
                Tell();
                return false;
            }
            _held[origin] = held + 1;
            _all++;
            _strangers += stranger ? 1 : 0;
            return true;
        }
    }

    private void Leave(IPAddress origin, bool stranger)
    {
        lock (_lock)
        {
            if (--_held[origin] == 0)
                _held.Remove(origin);
            _all--;
            _strangers -= stranger ? 1 : 0;
        }
    }

    private bool IsProved(IPAddress origin)
    {
        lock (_lock)
            return IsProvedNow(origin);
    }

    private bool IsProvedNow(IPAddress origin) =>
        _proved.TryGetValue(origin, out var at) && time.GetElapsedTime(at) < Limits.ProofLife;

    private void Tell()
    {
        if (_told is { } last && time.GetElapsedTime(last) < s_logSpacing)
            return;
        _told = time.GetTimestamp();
        LogRefused(_refused, _held.Count);
        _refused = 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} connections refused: too many at once, now held by {Origins} addresses")]
    private partial void LogRefused(int count, int origins);
}
