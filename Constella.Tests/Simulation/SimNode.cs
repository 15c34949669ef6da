using System.Text.Json;
using Constella.Core;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>One machine with the process on it: clocks, disk, and the real <see cref="ClusterNode"/>.</summary>
internal sealed partial class SimNode
{
    private static readonly DateTimeOffset Epoch2026 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly World _world;
    private readonly List<SimEvent> _kept = [];
    private readonly Dictionary<long, object> _waiting = [];
    private readonly long _monoOffset;
    private readonly long _driftPpm;
    private long _monoLost;
    private bool _tickMissed;
    private long _tickets;

    public SimNode(World world, int index, NetworkState disk, string address)
    {
        _world = world;
        Index = index;
        Disk = disk;
        Id = disk.NodeId;
        Name = disk.Peers.FirstOrDefault(p => p.NodeId == disk.NodeId)?.Name ?? World.NameOf(index);
        Address = address;
        Random = world.Random.Fork();
        Boot = Random.Hex16();
        Run = "";
        _monoOffset = Random.Next(10_000, 100_000_000);
        _driftPpm = Random.Next(-200, 201);
        WallSkew = Random.Next(-3_000, 3_001);
        Bot = new SimBot(world, this);
    }

    public int Index { get; }
    public string Id { get; }
    public string Name { get; }
    public string Address { get; }
    public SimRandom Random { get; }
    public SimBot Bot { get; private set; }

    /// <summary>What survives a crash.</summary>
    public NetworkState Disk { get; private set; }

    /// <summary>Its audit log, which survives a crash too.</summary>
    public List<AuditEntry> Log { get; } = [];

    /// <summary>Null while the process is down.</summary>
    public ClusterNode? Core { get; private set; }

    public ClusterView View => Core!.View;
    public string Run { get; private set; }
    public string Boot { get; private set; }

    /// <summary>Counts lives: what belongs to an earlier one is lost.</summary>
    public int Epoch { get; private set; }

    /// <summary>When this life began.</summary>
    public long StartedAt { get; private set; }

    public bool Up => Core is not null;
    public bool MachineUp { get; private set; } = true;
    public bool Paused { get; private set; }
    public bool Running => Up && !Paused;

    /// <summary>It left for good.</summary>
    public bool Gone { get; set; }

    public long WallSkew { get; set; }
    public bool ReachesTelegram { get; set; } = true;

    /// <summary>Extra milliseconds of a call to Telegram, each way.</summary>
    public long TelegramDelay { get; set; }

    /// <summary>The next step that has effects ends in a crash after some of them.</summary>
    public Action? CrashInStep { get; set; }

    /// <summary>For how long its clock stood still, all in all.</summary>
    public long StoodStill => _monoLost;

    public long Mono => _monoOffset + Ran + (Ran * _driftPpm / 1_000_000);
    private long Ran => _world.Now - _monoLost;
    public Now Clocks => new(Mono, Epoch2026.AddMilliseconds(_world.Now + WallSkew));
    public bool MayAct => Running && Core!.MayAct(Mono);

    /// <summary>By which right it polls.</summary>
    public Polls Mode => Core!.Bot.Mode;

    /// <summary>What somebody did to the disk while the process was down.</summary>
    public void Rewrite(Func<NetworkState, NetworkState> change) => Disk = change(Disk);

    /// <summary>Whether a message that is signed under this secret opens here (rule X2).</summary>
    public bool Accepts(NumberedSecret signed) =>
        signed == new NumberedSecret(Disk.NetworkSecret, Disk.SecretGeneration) || signed == Disk.OtherSecret;

    /// <summary>What this node signs under.</summary>
    public NumberedSecret Secret => new(Disk.NetworkSecret, Disk.SecretGeneration);

    public void Start()
    {
        if (Up || Gone)
            return;
        MachineUp = true;
        StartedAt = _world.Now;
        Epoch++;
        Run = Random.Hex16();
        if (Epoch > 1)
        {
            _world.Totals.Restarts++;
            if (_world.Options.OnRestart is { } mutate)
                Disk = mutate(Disk);
        }
        if (_world.Codec)
            Disk = Copy(Disk);
        var audit = new AuditChain(Id);
        foreach (var entry in Log)
            audit.Take(entry);
        Core = new ClusterNode(Disk, new ProcessIdentity(Run, Boot, "0.1.0"), Random, Clocks, audit);
        if (_world.Tracing)
            _world.Trace(this, $"START run {Run[..4]} boot {Boot[..4]}");
        Bot = new SimBot(_world, this);
        new SimCourier(_world, this).Start();
        _world.Add(_world.Now + Random.Next(0, Timings.Tick), EventKind.Tick, this, Epoch, null);
        _world.At(_world.Now + Random.Next(100, 3_000), this, TryTelegram);
    }

    /// <summary>The process ends without a word; with <paramref name="machine"/> its sockets do not even refuse.</summary>
    public void Crash(bool machine)
    {
        if (!Up)
            return;
        if (_world.Tracing)
            _world.Trace(this, machine ? "CRASH of the machine" : "CRASH of the process");
        _world.Totals.Crashes++;
        End();
        if (!machine)
            return;
        MachineUp = false;
        Boot = Random.Hex16();
    }

    /// <summary>The process ends after what it wanted to do.</summary>
    public void End()
    {
        Core = null;
        Epoch++;
        Paused = false;
        CrashInStep = null;
        _kept.Clear();
        _waiting.Clear();
        _world.Check.Ended(this);
        _world.Liveness.Ended();
    }

    public void Pause()
    {
        if (!Running)
            return;
        if (_world.Tracing)
            _world.Trace(this, "PAUSE");
        _world.Totals.Pauses++;
        Paused = true;
        _tickMissed = false;
    }

    /// <param name="monoStoodStill">How long the monotonic clock did not go on: a frozen virtual machine.</param>
    public void Resume(long monoStoodStill)
    {
        if (!Paused)
            return;
        if (_world.Tracing)
            _world.Trace(this, monoStoodStill > 0 ? "RESUME, monotonic clock stood still" : "RESUME");
        Paused = false;
        _monoLost += monoStoodStill;
        // Only a step can tell that a clock stood still: without one first, nothing inside the machine could know.
        if (_tickMissed && monoStoodStill > 0)
            Take(EventKind.Tick, null);
        var tickFirst = monoStoodStill > 0 || Random.Chance(500);
        if (_tickMissed && tickFirst && monoStoodStill == 0)
            _world.Add(_world.Now, EventKind.Tick, this, Epoch, null);
        foreach (var item in _kept)
            _world.Add(_world.Now, item.Kind, item.Node!, item.Epoch, item.Arg);
        _kept.Clear();
        if (_tickMissed && !tickFirst)
            _world.Add(_world.Now, EventKind.Tick, this, Epoch, null);
        if (monoStoodStill == 0)
            _world.Check.After(this);
    }

    /// <summary>What happens while it is paused waits in its sockets and timers.</summary>
    public void Keep(in SimEvent item)
    {
        if (item.Kind == EventKind.Tick)
            _tickMissed = true;
        else
            _kept.Add(item);
    }

    public void Take(EventKind kind, object? arg)
    {
        switch (kind)
        {
            case EventKind.Tick:
                _world.Add(_world.Now + Timings.Tick + (Random.Chance(50) ? Random.Next(0, 60) : 0), EventKind.Tick, this, Epoch, null);
                Step(TickInput);
                break;
            case EventKind.Response:
                var answered = (SimCall)arg!;
                if (answered.Ended)
                    break;
                answered.Ended = true;
                Step(new Input.HeartbeatAnswered(answered.Send.Peer, answered.Send.Id, answered.Answer!));
                break;
            case EventKind.Timeout:
                var failed = (SimCall)arg!;
                if (failed.Ended)
                    break;
                failed.Ended = true;
                Step(new Input.PeerFailed(failed.Send.Peer, failed.Send.Id, failed.Refused ? Errors.Unauthorized : Errors.Timeout));
                break;
            case EventKind.Input:
                Step((Input)arg!);
                break;
            default:
                ((Action)arg!)();
                break;
        }
    }

    public void Receive(SimCall call)
    {
        var ticket = ++_tickets;
        _waiting.Add(ticket, call);
        Step(new Input.HeartbeatReceived(call.Send.Message, ticket));
        if (call.Answer is null)
            Network.PlanTimeout(_world, call, Math.Max(call.Deadline, _world.Now));
    }

    /// <summary>Submits an input at once and tells the answer, when it comes.</summary>
    public void Ask(Func<long, Input> input, Action<Answer> answered)
    {
        var ticket = ++_tickets;
        _waiting.Add(ticket, answered);
        var asked = input(ticket);
        _world.Audits.Ordered(this, asked);
        _world.Moves.Ordered(asked);
        _world.Post(this, asked);
    }

    private static Input.Tick TickInput { get; } = new();

    private static NetworkState Copy(NetworkState state) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(state, ConstellaJson.Default.NetworkState), ConstellaJson.Default.NetworkState)!;

    private void TryTelegram()
    {
        Step(new Input.TelegramTried(ReachesTelegram));
        if (Up)
            _world.At(_world.Now + 3_000, this, TryTelegram);
    }
}
