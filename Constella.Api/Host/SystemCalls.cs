using System.Runtime.InteropServices;

namespace Constella.Api.Host;

/// <summary>Bytes of a file system, as <c>df</c> tells them.</summary>
public readonly record struct VolumeSpace(long Total, long Used, long Available);

/// <summary>What is asked of the kernel directly.</summary>
public interface ISystemCalls
{
    /// <summary>kill(2). 0, or the error number.</summary>
    int Kill(int pid, int signal);

    /// <summary>sync(2).</summary>
    void Sync();

    /// <summary>reboot(2), RB_AUTOBOOT: the machine restarts at once. Returns only when that was refused, with the error number.</summary>
    int Reboot();

    /// <summary>statvfs(3), or null.</summary>
    VolumeSpace? Space(string path);
}

internal sealed partial class LinuxSystemCalls : ISystemCalls
{
    private const int AutoBoot = 0x01234567;

    public int Kill(int pid, int signal) => NativeKill(pid, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public void Sync() => NativeSync();

    public int Reboot() => NativeReboot(AutoBoot) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public VolumeSpace? Space(string path)
    {
        if (NativeStatVfs(path, out var vfs) != 0)
            return null;
        var block = vfs.FragmentSize != 0 ? vfs.FragmentSize : vfs.BlockSize;
        return new VolumeSpace(
            Bytes(vfs.Blocks, block),
            Bytes(vfs.Blocks - Math.Min(vfs.Free, vfs.Blocks), block),
            Bytes(Math.Min(vfs.Available, vfs.Blocks), block));
    }

    private static long Bytes(ulong blocks, ulong size) => (long)UInt128.Min((UInt128)blocks * size, long.MaxValue);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int NativeKill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "sync")]
    private static partial void NativeSync();

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int NativeReboot(int command);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeStatVfs(string path, out StatVfs vfs);

    // struct statvfs of glibc and musl on 64-bit Linux, x86-64 and aarch64 alike: 112 bytes; the rest is room to spare.
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct StatVfs
    {
        public ulong BlockSize;
        public ulong FragmentSize;
        public ulong Blocks;
        public ulong Free;
        public ulong Available;
    }
}
