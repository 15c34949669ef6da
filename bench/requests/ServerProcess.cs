using System.Diagnostics;
using System.Globalization;
using System.Net;
using Constella.Api.State;
using Constella.Core.Members;

namespace Constella.Bench;

/// <summary>A node in a process of its own, as the callers see it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("constella-bench-");
    private readonly Process _process;

    public ServerProcess(NetworkState state)
    {
        State = state;
        using (var store = StateStore.Open(_folder.FullName))
            store.Save(state);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve", _folder.FullName]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        var words = _process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException("the node did not start");
        (Run, Signed, Unsigned) = (words[0], Loopback(words[1]), Loopback(words[2]));
    }

    public NetworkState State { get; }

    public string Run { get; }

    public IPEndPoint Signed { get; }

    public IPEndPoint Unsigned { get; }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            _process.Kill();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static IPEndPoint Loopback(string port) => new(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
}
