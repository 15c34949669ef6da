using System.Net;
using Constella.Api.Endpoints.Security;

namespace Constella.Api.Endpoints.Joining;

/// <summary>Attempts to join, by remote address and all together, in windows of a minute.</summary>
internal sealed class JoinLimiter(TimeProvider time)
{
    public const int PerAddress = 20;
    public const int Together = 240;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private long _start = time.GetTimestamp();
    private int _all;

    public bool Allows(IPAddress? remote)
    {
        var address = Origin.Of(remote);
        lock (_lock)
        {
            if (time.GetElapsedTime(_start) >= Window)
            {
                _counts.Clear();
                (_all, _start) = (0, time.GetTimestamp());
            }
            var count = _counts.GetValueOrDefault(address);
            if (_all >= Together || count >= PerAddress)
                return false;
            _counts[address] = count + 1;
            _all++;
            return true;
        }
    }
}
