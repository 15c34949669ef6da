using System.Net;

namespace Constella.Api.Tls;

/// <summary>
/// Handshakes under way, of callers that have proved nothing yet (rule X5): so few at once that the node's own work finds its turn,
/// and fewer still from one address, so that an address that floods keeps nobody else out.
/// </summary>
internal sealed class HandshakeBudget
{
    public const int AtOnce = 128;
    public const int PerAddress = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _all;

    /// <returns>A place to be given back by disposing of it; null when there is none.</returns>
    public Place? Enter(IPAddress address)
    {
        lock (_lock)
        {
            var count = _byAddress.GetValueOrDefault(address);
            if (_all >= AtOnce || count >= PerAddress)
                return null;
            _byAddress[address] = count + 1;
            _all++;
            return new Place(this, address);
        }
    }

    private void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _all--;
            if (_byAddress[address] == 1)
                _byAddress.Remove(address);
            else
                _byAddress[address]--;
        }
    }

    /// <summary>One handshake; how often it is disposed of does not matter.</summary>
    public sealed class Place(HandshakeBudget budget, IPAddress address) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                budget.Leave(address);
        }
    }
}
