using System.Runtime.InteropServices;

namespace Constella.Api.Cluster;

/// <summary>CLOCK_BOOTTIME: goes on while the machine is suspended, so that a lease does not outlive a nap (rule L4).</summary>
internal static partial class BootClock
{
    private const int BootTime = 7;

    public static long Milliseconds
    {
        get
        {
            if (GetTime(BootTime, out var time) != 0)
                throw new InvalidOperationException("this system has no CLOCK_BOOTTIME");
            return ((long)time.Seconds * 1_000) + ((long)time.Nanoseconds / 1_000_000);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);
}
