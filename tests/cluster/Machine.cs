using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ClusterTrials;

/// <summary>
/// A computer with one node on it: a network namespace, and for each boot a pid namespace with an init. reboot(2) ends that
/// namespace with SIGHUP; this class is the hardware that boots it again.
/// </summary>
internal sealed class Machine(int host, string name, string folder) : IDisposable
{
    /// <summary>Between the end of one boot and the next one's init, as firmware takes time too.</summary>
    private static readonly TimeSpan Firmware = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private Process? _process;
    private int _expectedEnds;
    private bool _scrapped;

    public int Host => host;
    public string Name => name;
    public string Address => Net.Address(host);
    public string State => Path.Combine(folder, "state");
    public string Log => Path.Combine(folder, "console.log");
    public string StateFile => Path.Combine(State, "network_state.json");
    public string Folder => folder;

    /// <summary>What the node is configured with; read at each boot.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The link by which it came into the network, if it did.</summary>
    public string? JoinedWith { get; set; }

    /// <summary>A folder of the kernel's memory controller that all of this machine is charged to, or null.</summary>
    public string? Cgroup { get; set; }

    /// <summary>Boots that ended by reboot(2): each is one execution of the command.</summary>
    public int Reboots { get; private set; }

    /// <summary>Exit codes of the ends that nobody caused.</summary>
    public List<int> CrashCodes { get; } = [];

    public int Crashes => CrashCodes.Count;

    /// <summary>When its node was gone each time, by <see cref="StandIn.Mono"/>.</summary>
    public List<double> Ends { get; } = [];

    /// <summary>The node's process, child of the init that is the child of unshare.</summary>
    public int? Pid
    {
        get
        {
            lock (_lock)
                return _process is { HasExited: false } process ? ChildrenOf(process.Id).SelectMany(ChildrenOf).Cast<int?>().FirstOrDefault(IsNode) : null;
        }
    }

    public void PowerOn()
    {
        Directory.CreateDirectory(State);
        var bootId = Path.Combine(folder, "boot_id");
        File.WriteAllText(bootId, Guid.NewGuid() + "\n");
        string[] charged = Cgroup is null ? [] : ["sh", "-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", Cgroup];
        var process = Shell.Start(
            [.. charged, .. Net.On(
                // Started in the background, this process ignores SIGINT; an init that inherited that could not be asked to reboot.
                host, "env", "--default-signal", "unshare", "--pid", "--fork", "--mount-proc", "--kill-child",
                Path.Combine(Net.Require("CLUSTER_HOME"), "init"), bootId, Log, Fleet.Constella, "run")],
            Environment);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => Ended(process);
        lock (_lock)
            _process = process;
    }

    /// <summary>kill -9: no last word to anybody.</summary>
    public void Kill() => End(9);

    /// <summary>As <see cref="Kill"/>; ends when nothing of the node is left, its port neither.</summary>
    public Task KillAsync() => EndAsync(9);

    /// <summary>A planned stop (SIGTERM); ends when the node has ended.</summary>
    public Task StopAsync() => EndAsync(15);

    private async Task EndAsync(int signal)
    {
        var process = _process!;
        End(signal);
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
    }

    /// <summary>SIGSTOP: it is there, and does nothing.</summary>
    public void Freeze() => Signal(19);

    public void Thaw() => Signal(18);

    public void Dispose()
    {
        lock (_lock)
            _scrapped = true;
        if (Pid is not null)
            End(9);
    }

    /// <summary>The node's next end is its own, and meant: nobody boots it again.</summary>
    public void ExpectEnd()
    {
        lock (_lock)
            _expectedEnds++;
    }

    private void End(int signal)
    {
        ExpectEnd();
        Signal(signal);
    }

    private void Signal(int signal)
    {
        if (Pid is not { } pid || Native.Kill(pid, signal) != 0)
            throw new TrialException($"{name} does not run: cannot send it signal {signal}");
    }

    private void Ended(Process process)
    {
        lock (_lock)
        {
            Ends.Add(StandIn.Mono);
            const int hangUp = 128 + 1;
            if (process.ExitCode == hangUp)
            {
                Reboots++;
            }
            else if (_expectedEnds > 0)
            {
                _expectedEnds--;
                return;
            }
            else
            {
                CrashCodes.Add(process.ExitCode);
                Report.Note($"{name} ended by itself with {process.ExitCode}: {process.StandardError.ReadToEnd().Trim()}");
            }
        }
        // As an init system would: a crashed node comes back too.
        _ = Task.Delay(Firmware).ContinueWith(_ => PowerOnAgain(), TaskScheduler.Default);
    }

    private void PowerOnAgain()
    {
        lock (_lock)
        {
            if (_scrapped)
                return;
        }
        PowerOn();
    }

    private static bool IsNode(int? pid) => new FileInfo($"/proc/{pid}/exe").LinkTarget == Fleet.Constella;

    private static int[] ChildrenOf(int parent)
    {
        try
        {
            var children = File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return [.. children.Select(child => int.Parse(child, System.Globalization.CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int pid, int signal);
    }
}
