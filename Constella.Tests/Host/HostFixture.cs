using System.Collections.Concurrent;
using Constella.Api.Cluster;
using Constella.Api.Host;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Tests.Host;

/// <summary>A machine made of files in a folder, and a kernel that only takes notes.</summary>
internal sealed class HostFixture : IDisposable
{
    public HostFixture()
    {
        Options = new HostOptions { Proc = Path.Combine(Folder, "proc"), OwnProc = Path.Combine(Folder, "proc"), Root = Folder };
        Write("proc/1/comm", "systemd\n");
        Write("proc/self/status", "CapEff:\t0000000000400020\n");
        Write("proc/self/uid_map", "         0          0 4294967295\n");
        Write("proc/sys/kernel/random/boot_id", "8f64c7e8-bcb3-428e-8615-538a9f33e842\n");
        Write("proc/1/stat", "1 (in) it) S 0 1 1 0 -1 4194560 24 0 0 0 5 7 0 0 20 0 1 0 27 170000000 3000\n");
        Namespace(4026531836);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("constella-host-").FullName;

    public HostOptions Options { get; set; }

    public RecordedCalls Calls { get; } = new();

    public ManualTime Time { get; } = new();

    public RecordedCluster Cluster { get; } = new();

    public void Write(string path, string text)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Namespace(long inode)
    {
        var link = Path.Combine(Folder, "proc/self/ns/pid");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.Delete(link);
        File.CreateSymbolicLink(link, $"pid:[{inode}]");
    }

    public void Dispose() => Directory.Delete(Folder, true);
}

internal sealed class RecordedCalls : ISystemCalls
{
    private readonly Lock gate = new();
    private readonly List<string> made = [];

    public int KillResult { get; set; }

    public IReadOnlyList<string> Made
    {
        get
        {
            lock (gate)
                return [.. made];
        }
    }

    public int Kill(int pid, int signal)
    {
        if (signal != 0)
            Note($"kill {pid} {signal}");
        return KillResult;
    }

    public void Sync() => Note("sync");

    public int Reboot()
    {
        Note("reboot");
        return 0;
    }

    public VolumeSpace? Space(string path) => new VolumeSpace(1000, 400, 500);

    private void Note(string call)
    {
        lock (gate)
            made.Add(call);
    }
}

internal sealed class RecordedCluster : ICluster
{
    public TaskCompletionSource<Answer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<Input> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterView View { get; } = new()
    {
        At = 0,
        NetworkId = "0123456789abcdef",
        NodeId = "00000000000000a1",
        Name = "alpha-01",
        Run = "r",
        Boot = "b",
        Term = default,
        HostId = null,
        CandidateId = null,
        IsHost = false,
        Quorum = true,
        Bot = BotPermit.None,
        Cloned = false,
        Removed = false,
        LeftBehind = false,
        Keys = new KeysView(1, null, 1, []),
        Draining = false,
        Members = [],
        Settings = new Settings(),
        Updates = [],
        Invites = [],
    };

    public long Mono => 0;

    public Task<ClusterView> NextViewAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public ConcurrentQueue<Input> Posted { get; } = [];

    public void Post(Input input) => Posted.Enqueue(input);

    public Task<Answer> AskAsync(Func<long, Input> input, CancellationToken cancellation)
    {
        Asked.TrySetResult(input(1));
        return Answer.Task;
    }
}

/// <summary>A clock that stands until it is moved; its timers fire as it is moved over them.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    /// <summary>Ends when some timer is to fire between the bounds from now.</summary>
    public async Task WaitForTimerAsync(TimeSpan least, TimeSpan most)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            lock (gate)
            {
                if (timers.Exists(t => t.Due - ticks >= least.Ticks && t.Due - ticks <= most.Ticks))
                    return;
            }

            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (gate)
        {
            ticks += by.Ticks;
            due = timers.FindAll(t => t.Due <= ticks);
            timers.RemoveAll(t => t.Due <= ticks);
        }

        due.ForEach(t => t.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time.ticks + dueTime.Ticks;
                    time.timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (time.gate)
                time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
