using Constella.Api.Vpn;
using Constella.Core.Members;

namespace Constella.Tests.Vpn;

/// <summary>A machine whose keys are numbers and whose interface is a field.</summary>
internal sealed class FakeWireGuard : IWireGuard
{
    private int _keys;

    public InterfaceSight Sight { get; set; } = InterfaceSight.None;

    /// <summary>What the interface was given last.</summary>
    public string? Synced { get; private set; }

    public bool Forwards { get; private set; }

    public bool Permitted { get; set; } = true;

    public static string Key(int number) => Convert.ToBase64String([.. new byte[31], (byte)number]);

    public string NewKey() => Key(++_keys);

    public string PublicKey(string privateKey) => Key(Convert.FromBase64String(privateKey)[31] + 100);

    public IReadOnlyList<string> Up(string name, string config, OverlayAddress address, bool forwards)
    {
        Sync(name, config);
        (Sight, Forwards) = (new InterfaceSight(true, true, address.Host), forwards);
        return [];
    }

    public void Sync(string name, string config) =>
        Synced = Permitted ? config : throw new WireGuardException("wg syncconf: Operation not permitted");

    public void Down(string name) => Sight = InterfaceSight.None;

    public IReadOnlyDictionary<string, DateTimeOffset>? Handshakes(string name) => null;

    public InterfaceSight Look(string name, OverlayAddress network) => Sight;
}
