using Constella.Api.Audit;
using Constella.Api.Cli.Node;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Traffic;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Stats;
using Constella.Core.Wire;
using Constella.Tests.Traffic;

namespace Constella.Tests.Cli;

/// <summary>A node that answers what a test says, and remembers what it was asked to do.</summary>
internal sealed class FakeNode : INode
{
    public const string Self = "aaaaaaaaaaaaaaaa";
    public const string Other = "bbbbbbbbbbbbbbbb";
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Thrown by every call.</summary>
    public PeerException? Trouble { get; init; }

    public HealthAnswer Health { get; init; } = new("ok", "delta-01", Self, 3_725, true, "cccccccccccccccc", "0.1.0");

    /// <summary>One for each time that the peers are asked for; the last one stays.</summary>
    public Queue<PeersAnswer> Networks { get; init; } = new([Network()]);

    public SettingsAnswer Settings { get; init; } = new("username", 42, "en", true, new SelfAnswer(Self, "delta-01", "203.0.113.10:4747", null, 100), []);

    public InvitesAnswer Invites { get; init; } = new([new InviteView("3f9a", Now.AddMinutes(14), null), new InviteView("77aa", Now.AddMinutes(5), "echo-02")]);

    /// <summary>One for each time that the keys are asked for; the last one stays.</summary>
    public Queue<KeysAnswer> Keys { get; init; } = new([new KeysAnswer(1, null, null, 2, [], [])]);

    public AlertsAnswer Alerts { get; init; } = new([], [], null);

    public AuditAnswer Audit { get; init; } = new([], null);

    public List<object> Orders { get; } = [];

    /// <summary>What commands were given.</summary>
    public List<string> Actions { get; } = [];

    /// <summary>Thrown by every command.</summary>
    public PeerException? Refused { get; init; }

    public static PeersAnswer Network(string bootOfOther = "boot-1", Health healthOfOther = Core.Cluster.Health.Alive) => new(
        "0123456789abcdef",
        Self,
        "delta-01",
        Self,
        Self,
        true,
        new Term(7, Self),
        new BotStatus(true, Polls.Lease, false),
        [
            new PeerInfo(Self, "delta-01", "203.0.113.10:4747", null, 100, MemberStatus.Active, Core.Cluster.Health.Alive, true, true, null, "boot-0", "0.1.0", false, true, null, null),
            new PeerInfo(Other, "echo-02", "203.0.113.11:4747", null, 100, MemberStatus.Active, healthOfOther, false, false, 12.4, bootOfOther, "0.1.0", false, true, Now.AddSeconds(-1), null),
        ]);

    public Task<HealthAnswer> HealthAsync(CancellationToken cancellation) => Answer(Health);

    public Task<PeersAnswer> PeersAsync(CancellationToken cancellation) => Answer(Networks.Count > 1 ? Networks.Dequeue() : Networks.Peek());

    /// <summary>What another node sees.</summary>
    public Func<string, PeersAnswer> Seen { get; init; } = _ => throw new PeerException(502, ApiErrors.Unreachable, "echo-02 did not answer: no answer in time");

    public Task<PeersAnswer> PeersOfAsync(string target, CancellationToken cancellation)
    {
        try
        {
            return Answer(Seen(target));
        }
        catch (PeerException error)
        {
            return Task.FromException<PeersAnswer>(error);
        }
    }

    public Task<NodeStats> StatsAsync(string target, CancellationToken cancellation) => Answer(StatsOf(target));

    public Func<HistoryQuery, HistorySeries> History { get; init; } = query => new HistorySeries
    {
        Node = query.Target,
        Metric = query.Metric,
        From = query.From,
        To = query.To,
        Step = query.Step ?? 300,
        Zone = "UTC",
    };

    public Func<string, TrafficReport> Traffic { get; init; } = TrafficSamples.Of;

    public Task<TrafficReport> TrafficAsync(string target, CancellationToken cancellation)
    {
        try
        {
            return Answer(Traffic(target));
        }
        catch (PeerException error)
        {
            return Task.FromException<TrafficReport>(error);
        }
    }

    public Task<HistorySeries> HistoryAsync(HistoryQuery query, CancellationToken cancellation) => Answer(History(query));

    public Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation)
    {
        Orders.Add(command);
        Actions.Add(action);
        return Refused is null ? Answer(new CommandAnswer(command.Id, command.Target, "boot-1", false)) : Task.FromException<CommandAnswer>(Refused);
    }

    /// <summary>One for each time that it is asked for; the last one stays.</summary>
    public Queue<SpeedState> Speeds { get; init; } = new([new SpeedState { NodeId = Other, Month = "2026-03", Used = 0, Monthly = 20_000_000_000, Bytes = 1_000_000_000, Seconds = 10 }]);

    public Task<SpeedState> SpeedAsync(string target, CancellationToken cancellation) => Answer(NextSpeed());

    public Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation)
    {
        Orders.Add(order);
        return Answer(NextSpeed());
    }

    // Of whichever test was ordered.
    private SpeedState NextSpeed()
    {
        var state = Speeds.Count > 1 ? Speeds.Dequeue() : Speeds.Peek();
        return Orders.OfType<SpeedOrder>().LastOrDefault() is { } order ? state with { Runs = [.. state.Runs.Select(run => run with { Id = order.Id })] } : state;
    }

    public Task<InviteAnswer> InviteAsync(TimeSpan? ttl, CancellationToken cancellation)
    {
        Orders.Add(ttl ?? TimeSpan.Zero);
        return Answer(new InviteAnswer("3f9a", "join://203.0.113.10:4747?net=0123456789abcdef&token=T&ttl=15m", Now.AddMinutes(15)));
    }

    public Task<InvitesAnswer> InvitesAsync(CancellationToken cancellation) => Answer(Invites);

    public Task RevokeInviteAsync(string id, CancellationToken cancellation) => Order("revoke " + id);

    public Task<SettingsAnswer> SettingsAsync(CancellationToken cancellation) => Answer(Settings);

    public Task ChangeSettingsAsync(SettingsOrder order, CancellationToken cancellation) => Order(order);

    public Task ChangeSelfAsync(SelfOrder order, CancellationToken cancellation) => Order(order);

    public Task LeaveAsync(CancellationToken cancellation) => Order("leave");

    public Task<KeysAnswer> KeysAsync(CancellationToken cancellation) => Answer(Keys.Count > 1 ? Keys.Dequeue() : Keys.Peek());

    public Task RotateAsync(CancellationToken cancellation) => Order("rotate");

    public Task<AlertsAnswer> AlertsAsync(CancellationToken cancellation) => Answer(Alerts);

    public Task<AuditAnswer> AuditAsync(int? last, bool verify, string? action, CancellationToken cancellation)
    {
        Orders.Add((last, verify));
        return Answer(Audit);
    }

    public Task EvictAsync(EvictOrder order, CancellationToken cancellation) => Order(order);

    public Task ForceLeaveAsync(EvictOrder order, CancellationToken cancellation) => Order(order);

    public void Dispose()
    {
    }

    public static NodeStats StatsOf(string target) => new()
    {
        NodeId = target,
        Name = "echo-02",
        At = Now,
        CpuPercent = 31.2,
        Cores = 2,
        Load1 = 0.62,
        Load5 = 0.5,
        Load15 = 0.44,
        MemoryTotalBytes = 4_000_000_000,
        MemoryUsedBytes = 1_950_000_000,
        SwapTotalBytes = 0,
        SwapUsedBytes = 0,
        Disks = [new DiskStats("/", "/dev/vda1", "ext4", 40_000_000_000, 36_000_000_000, 2_000_000_000)],
        Networks = [new NetStats("eth0", 12_000_000_000, 3_400_000_000, 1_234_567, null)],
        UptimeSeconds = 1_051_200,
        BootId = "boot-1",
        Kernel = "6.1.0",
        Os = "Debian GNU/Linux 12",
        Architecture = "x86_64",
        RebootRefused = null,
    };

    private Task<T> Answer<T>(T answer) => Trouble is null ? Task.FromResult(answer) : Task.FromException<T>(Trouble);

    private Task Order(object order)
    {
        if (Trouble is null)
            Orders.Add(order);
        return Trouble is null ? Task.CompletedTask : Task.FromException(Trouble);
    }
}
