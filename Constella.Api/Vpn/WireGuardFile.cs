using System.Text;
using Constella.Api.State;

namespace Constella.Api.Vpn;

/// <summary><c>wg/wg0.conf</c> beside the state, mode 600: it holds the tunnel's private key. Replaced as a whole.</summary>
internal sealed class WireGuardFile(string stateDir, string interfaceName)
{
    private readonly string _folder = Path.Combine(stateDir, "wg");

    public string Location => Path.Combine(_folder, interfaceName + ".conf");

    /// <returns>Null where there is none.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public WireGuardConfig? Read() => File.Exists(Location) ? WireGuardConfig.Parse(File.ReadAllText(Location)) : null;

    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Write(WireGuardConfig config)
    {
        Directory.CreateDirectory(_folder, StateStore.OwnerOnly | UnixFileMode.UserExecute);
        new StateDisk().Replace(Location, Encoding.UTF8.GetBytes(config.Text));
    }
}
