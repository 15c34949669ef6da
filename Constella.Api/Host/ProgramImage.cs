using System.Runtime.InteropServices;

namespace Constella.Api.Host;

/// <summary>The program that this process runs, as it lies on disk: what a restart starts (rule C5).</summary>
internal sealed partial class ProgramImage
{
    private readonly string _path;
    private readonly string?[] _arguments;
    private readonly string _file;
    private readonly (long Length, DateTime Written)? _print;

    private ProgramImage()
    {
        // As install.sh has it: the launcher of a portable release, and a path that stays when another release is put in its place.
        if (Environment.GetEnvironmentVariable("CONSTELLA_EXECUTABLE") is { Length: > 0 } installed && File.Exists(installed))
        {
            (_path, _file) = (installed, installed);
            _arguments = [installed, .. Environment.GetCommandLineArgs().Skip(1), null];
        }
        else
        {
            _path = Environment.ProcessPath ?? "";
            _arguments = [.. File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0'), null];
            var library = Path.Combine(AppContext.BaseDirectory, "constella.dll");
            _file = File.Exists(library) ? library : _path;
        }
        _print = Print();
    }

    /// <summary>As it was found when first asked for: at the start of a node.</summary>
    public static ProgramImage Current { get; } = new();

    /// <summary>Another program lies in the place of the one that runs.</summary>
    public bool IsReplaced => Print() is { } now && now != _print;

    /// <summary>Why nothing could be started in this process's place, or null.</summary>
    public string? WhyNot() =>
        Print() is null || !File.Exists(_path) ? $"the program is not at {_path} any more: nothing would start this node again"
        : NativeAccess(_path, Executable) != 0 ? $"{_path} may not be executed: nothing would start this node again"
        : null;

    /// <summary>
    /// execve(2): the program takes this process's place. The process id stays, so that a service manager, a container or a pid
    /// file notices nothing; files and sockets are closed by it. Returns only where that failed, with the error number.
    /// </summary>
    public int Replace() => NativeExec(_path, _arguments) == 0 ? 0 : Marshal.GetLastPInvokeError();

    private (long Length, DateTime Written)? Print()
    {
        var file = new FileInfo(File.ResolveLinkTarget(_file, returnFinalTarget: true)?.FullName ?? _file);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : null;
    }

    private const int Executable = 1;

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeExec(string path, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeAccess(string path, int mode);
}
