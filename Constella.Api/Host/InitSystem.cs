using Constella.Api.Host.Parsing;

namespace Constella.Api.Host;

/// <summary>Process 1, and how it is asked to reboot the machine.</summary>
/// <param name="Signal">Which signal means "reboot" to it.</param>
public sealed record InitSystem(string Name, int Signal)
{
    // systemd(1): SIGRTMIN+5 starts reboot.target. SIGRTMIN is 34 by glibc's count, which systemd is built with.
    private const int SystemdReboot = 34 + 5;

    // busybox init.
    private const int Term = 15;

    // What the kernel sends for Ctrl+Alt+Del: every init takes it as a wish to reboot.
    private const int CtrlAltDel = 2;

    private const string InitialPidNamespace = "pid:[4026531836]"; // PROC_PID_INIT_INO, a constant of the kernel

    private static readonly HashSet<string> OthersKnown =
        new(["openrc-init", "runit", "s6-svscan", "dinit", "finit"], StringComparer.Ordinal);

    /// <summary>Whether this process shares the pid namespace the kernel was booted with; false also where that cannot be told.</summary>
    public static bool IsInitialNamespace(HostOptions options)
    {
        try
        {
            return new FileInfo(Path.Combine(options.OwnProc, "self/ns/pid")).LinkTarget == InitialPidNamespace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The init system that can be asked, or the reason why there is none and what to change.</summary>
    public static (InitSystem? Init, string? Why) Find(HostOptions options)
    {
        var file = HostFiles.Read(options.OwnProc, "1/comm");
        var name = SmallFiles.Line(file.Text);
        if (name is null)
            return (null, file.Why ?? $"{options.OwnProc}/1/comm is empty");

        var initial = IsInitialNamespace(options);
        // A container with an init of its own is a machine of its own, unless it was told to watch another one.
        var contained = !initial && (options.Proc != options.OwnProc || name is not ("systemd" or "init"));
        if (contained)
        {
            return (null, "this node runs in a container that does not share the host's processes: "
                + "run it with pid: host (docker run --pid=host)");
        }

        return name switch
        {
            "systemd" => (new InitSystem(name, SystemdReboot), null),
            "init" when Directory.Exists(Path.Combine(options.Root, "run/systemd/system")) => (new InitSystem("systemd", SystemdReboot), null),
            "init" when IsBusybox(options) => (new InitSystem("busybox init", Term), null),
            "init" => (new InitSystem(name, CtrlAltDel), null),
            _ when OthersKnown.Contains(name) => (new InitSystem(name, CtrlAltDel), null),
            _ => (null, $"process 1 of this machine ({name}) is no init system this node knows how to ask: reboot it by hand"),
        };
    }

    private static bool IsBusybox(HostOptions options)
    {
        try
        {
            return new FileInfo(Path.Combine(options.Root, "sbin/init")).LinkTarget?.Contains("busybox", StringComparison.Ordinal) ?? false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
