using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ClusterTrials;

/// <summary>
/// Cables in which each frame takes its time: each is a pair of TAP devices, between which this process carries frames. A
/// kernel without netem has no other way.
/// </summary>
internal sealed class DelayedCables : IDisposable
{
    private readonly List<SafeFileHandle> _ends = [];
    private readonly TimeSpan _delay;
    private volatile bool _ended;

    private DelayedCables(TimeSpan delay) => _delay = delay;

    /// <summary>Replaces the cables of these hosts, before anything runs on them.</summary>
    public static async Task<DelayedCables> LayAsync(IEnumerable<int> hosts, TimeSpan delay)
    {
        var cables = new DelayedCables(delay);
        foreach (var host in hosts)
        {
            var (near, far) = (cables.Open($"cable{host}a"), cables.Open($"cable{host}b"));
            cables.Carry(near, far);
            cables.Carry(far, near);
            await Net.ReplaceCableAsync(host, $"cable{host}a", $"cable{host}b");
        }
        return cables;
    }

    public void Dispose()
    {
        _ended = true;
        foreach (var end in _ends)
            end.Dispose();
    }

    private SafeFileHandle Open(string name)
    {
        var handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // struct ifreq: a name of 16 bytes and the flags.
        var request = new byte[40];
        Encoding.ASCII.GetBytes(name, request);
        const short tapWithoutHeader = 0x0002 | 0x1000;
        BitConverter.TryWriteBytes(request.AsSpan(16), tapWithoutHeader);
        if (Native.Control(handle, Native.SetInterface, request) != 0)
            throw new TrialException($"no TAP device: {Marshal.GetLastPInvokeErrorMessage()}");
        _ends.Add(handle);
        return handle;
    }

    private void Carry(SafeFileHandle from, SafeFileHandle to)
    {
        var under = new BlockingCollection<(long Due, byte[] Frame)>();
        Run(() =>
        {
            var buffer = new byte[2_048];
            while (!_ended)
            {
                var length = Native.Read(from, buffer, (nuint)buffer.Length);
                if (length > 0)
                    under.Add((Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency), buffer[..(int)length]));
                else
                    Thread.Sleep(10);
            }
        });
        Run(() =>
        {
            foreach (var (due, frame) in under.GetConsumingEnumerable())
            {
                var rest = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (rest > TimeSpan.Zero)
                    Thread.Sleep(rest);
                _ = Native.Write(to, frame, (nuint)frame.Length);
            }
        });
    }

    private static void Run(Action loop) => new Thread(() =>
    {
        try
        {
            loop();
        }
        catch (ObjectDisposedException)
        {
            // The cables are taken away.
        }
    })
    { IsBackground = true }.Start();

    private static class Native
    {
        public const nuint SetInterface = 0x400454ca;

        [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Control(SafeFileHandle file, nuint request, byte[] argument);

        [DllImport("libc", EntryPoint = "read")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern nint Read(SafeFileHandle file, byte[] buffer, nuint length);

        [DllImport("libc", EntryPoint = "write")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern nint Write(SafeFileHandle file, byte[] buffer, nuint length);
    }
}
