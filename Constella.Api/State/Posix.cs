using System.Runtime.InteropServices;

namespace Constella.Api.State;

/// <summary>The few calls of the system that the file classes of .NET do not offer.</summary>
internal static partial class Posix
{
    /// <summary>ENOSPC and EROFS, as an <see cref="Exception.HResult"/> tells them.</summary>
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;

    private const int OthersNothing = 0b000_111_111;
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <summary>Makes the names in a folder durable: a rename is not, before this.</summary>
    public static void SyncFolder(string folder)
    {
        var handle = Open(folder, ReadOnly | CloseOnExec);
        if (handle < 0)
            throw Failure("open", folder);
        try
        {
            if (Sync(handle) != 0)
                throw Failure("fsync", folder);
        }
        finally
        {
            _ = Close(handle);
        }
    }

    /// <summary>What this process makes from now on, logs among it, is for its user alone.</summary>
    public static void HideNewFiles() => _ = SetMask(OthersNothing);

    /// <summary>A second name for a file; false where the file system has none.</summary>
    public static bool TryLink(string existing, string link) => Link(existing, link) == 0;

    private static IOException Failure(string call, string path) =>
        new($"{call} {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string link);
}
