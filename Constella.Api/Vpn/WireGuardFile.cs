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
        var disk = new StateDisk();
        Directory.CreateDirectory(_folder, StateStore.OwnerOnly | UnixFileMode.UserExecute);
        var next = Location + ".tmp";
        disk.Delete(next);
        using (var file = disk.Create(next))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(config.Text));
            file.Sync();
        }
        disk.Rename(next, Location);
        disk.SyncFolder(_folder);
    }
}
