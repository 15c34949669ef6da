using System.Collections.Immutable;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;
using Constella.Tests.Simulation;

namespace Constella.Tests.Cluster;

/// <summary>One real node whose clock and peers are moved by hand: node 0 has the smallest id.</summary>
internal sealed class LoneNode
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<int, (string Run, long Seq)> _peers = [];
    private readonly long _began;
    private long _tickets;

    public LoneNode(int members, int self, Func<NetworkState, NetworkState>? with = null)
        : this(Apply(State(members, self), with), 1_000_000)
    {
    }

    private LoneNode(NetworkState state, long mono)
    {
        Disk = state;
        Mono = _began = mono;
        Core = new ClusterNode(state, new ProcessIdentity(new SimRandom((ulong)mono).Hex16(), "boot", "0.1.0"), new SimRandom(1), Now);
    }

    public ClusterNode Core { get; }
    public ClusterView View => Core.View;
    public long Mono { get; private set; }
    public long WallSkew { get; set; }
    public NetworkState Disk { get; private set; }

    /// <summary>All effects since the last <see cref="Forget"/>.</summary>
    public List<Effect> Effects { get; } = [];

    public Now Now => new(Mono, Start.AddMilliseconds(Mono - 1_000_000 + WallSkew));

    public static string Id(int index) => FormattableString.Invariant($"{index:x16}");

    public static Term FirstTerm { get; } = new(5, Id(0));

    public static NetworkState State(int members, int self)
    {
        var records = Enumerable.Range(0, members).Select(Record).ToImmutableArray();
        return new NetworkState
        {
            NetworkId = "aaaaaaaaaaaaaaaa",
            NetworkSecret = "c2VjcmV0",
            NodeKey = World.NodeKeyOf(Id(self)),
            NodeId = Id(self),
            Peers = records,
            Members = new MemberSet { Cfg = new Stamp(FirstTerm, members), Ids = [.. records.Select(r => r.NodeId)] },
            Settings = new Settings { Stamp = new Stamp(FirstTerm, 1), OwnerId = 1, BotToken = "123:ABC" },
            Term = FirstTerm,
        };
    }

    public static MemberRecord Record(int index) => new()
    {
        NodeId = Id(index),
        Name = FormattableString.Invariant($"node-{index:00}"),
        Addr = FormattableString.Invariant($"203.0.113.{index + 1}:4747"),
        Key = SecretBox.PublicOf(World.NodeKeyOf(Id(index))),
    };

    /// <summary>The same disk, a new process.</summary>
    public LoneNode Restart() => new(Disk, Mono + 10);

    public void Forget() => Effects.Clear();

    public IReadOnlyList<Effect> Step(Input input)
    {
        var effects = Core.Step(input, Now);
        foreach (var effect in effects)
        {
            if (effect is Effect.Persist persist)
                Disk = persist.State;
        }
        Effects.AddRange(effects);
        return effects;
    }

    /// <summary>Time goes on; a tick each 250 ms, as the product has it.</summary>
    public void Advance(long ms, Action? eachTick = null)
    {
        for (var left = ms; left > 0; left -= Timings.Tick)
        {
            Mono += Math.Min(left, Timings.Tick);
            Step(new Input.Tick());
            eachTick?.Invoke();
        }
    }

    /// <summary>Of three: the two others answer and grant what is asked; one of them may show a certificate that does not hold, and call all the same.</summary>
    public void Live(long ms, Func<int, Vitals, Vitals>? tells = null, int failing = -1) => Advance(ms, () =>
    {
        var sends = Effects.OfType<Effect.Send>().ToList();
        Forget();
        foreach (var send in sends)
        {
            var peer = send.Peer == Id(1) ? 1 : 2;
            if (peer == failing)
            {
                Step(new Input.PeerFailed(send.Peer, send.Id, Errors.Certificate));
                Call(peer);
                continue;
            }
            var vitals = tells is null ? Vitals(peer) : tells(peer, Vitals(peer));
            var grant = send.Message.Ask is { } ask ? new Grant(ask.Term, Timings.Lease) : null;
            Step(new Input.HeartbeatAnswered(send.Peer, send.Id, new HeartbeatAnswer { Vitals = vitals, Grant = grant }));
        }
    });

    /// <summary>The clock goes on, the process does not.</summary>
    public void Sleep(long ms) => Mono += ms;

    public Vitals Vitals(int peer, long late = 0)
    {
        var (run, seq) = _peers.GetValueOrDefault(peer, (FormattableString.Invariant($"{peer + 100:x16}"), 0));
        _peers[peer] = (run, seq + 1);
        return new Vitals
        {
            Node = Id(peer),
            Run = run,
            Boot = "boot-" + run,
            Seq = seq + 1,
            At = Mono - _began + (peer * 1_000_000) - late,
            Incarnation = 1,
            Priority = 100,
            Term = Disk.Term,
            Digest = "",
            Cfg = Disk.Members.Cfg,
            Settings = Disk.Settings.Stamp,
            Rotation = Disk.Rotation?.Stamp ?? Stamp.None,
            Telegram = true,
            Members = Disk.Members.Ids.Length,
        };
    }

    public void NewRun(int peer) => _peers[peer] = (FormattableString.Invariant($"{peer + 200:x16}"), 0);

    /// <summary>A heartbeat of a peer that is reached both ways: it has answered this node's last call, too.</summary>
    public HeartbeatAnswer Beat(int peer, Ask? ask = null, Func<Heartbeat, Heartbeat>? with = null)
    {
        if (Effects.OfType<Effect.Send>().LastOrDefault(s => s.Peer == Id(peer) && s.Message.Ask is null) is { } call)
            Step(new Input.HeartbeatAnswered(call.Peer, call.Id, new HeartbeatAnswer { Vitals = Vitals(peer) }));
        return Call(peer, ask, with);
    }

    /// <summary>A heartbeat of a peer that this node may not reach itself.</summary>
    public HeartbeatAnswer Call(int peer, Ask? ask = null, Func<Heartbeat, Heartbeat>? with = null)
    {
        var message = new Heartbeat { Vitals = Vitals(peer), Ask = ask };
        return Receive(with is null ? message : with(message));
    }

    public HeartbeatAnswer Receive(Heartbeat message)
    {
        var ticket = ++_tickets;
        var effects = Step(new Input.HeartbeatReceived(message, ticket));
        var reply = Assert.Single(effects.OfType<Effect.Reply>(), r => r.Ticket == ticket);
        return Assert.IsType<Answer.Beat>(reply.Answer).Message;
    }

    public Answer Ask(Func<long, Input> input)
    {
        var ticket = ++_tickets;
        var effects = Step(input(ticket));
        return Assert.Single(effects.OfType<Effect.Reply>(), r => r.Ticket == ticket).Answer;
    }

    public MemberView Member(int index) => View.Members.Single(m => m.Record.NodeId == Id(index));

    private static NetworkState Apply(NetworkState state, Func<NetworkState, NetworkState>? with) => with is null ? state : with(state);
}
