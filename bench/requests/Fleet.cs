using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Bench;

/// <summary>The core of one node, Host of a network in health: all others answer each call, grant what is asked, and call it once a beat.</summary>
internal sealed class Fleet
{
    private static readonly DateTimeOffset s_start = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ClusterNode _node;
    private readonly long[] _seq;
    private NetworkState _state;
    private string _digest;
    private long _mono = 1_000_000;
    private long _ticket;

    public Fleet(int members)
    {
        _state = State(members);
        _digest = MemberTable.Digest(_state);
        _seq = new long[members];
        _node = new ClusterNode(_state, new ProcessIdentity(RunOf(0), "8d0b6c1e-5b0a-4a35-9c3c-6f7b2f1f6c52", "0.1.0+0123456789ab"), new Counter(), Now);
    }

    /// <summary>Bytes allocated by what came in, by what was answered, and by sending.</summary>
    public (long Bytes, int Count) Received { get; private set; }

    public (long Bytes, int Count) Answered { get; private set; }

    public (long Bytes, int Count) Sent { get; private set; }

    public Heartbeat? LastSent { get; private set; }

    public HeartbeatAnswer? LastReply { get; private set; }

    public bool IsHost => _node.View.IsHost;

    private Now Now => new(_mono, s_start.AddMilliseconds(_mono));

    public static string IdOf(int member) => member.ToString("x16", CultureInfo.InvariantCulture);

    public static string RunOf(int member) => (member + 0xa000).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>What a node of five sends another one while nothing happens.</summary>
    public static byte[] Body()
    {
        var fleet = new Fleet(5);
        fleet.Live(10);
        return JsonSerializer.SerializeToUtf8Bytes(fleet.LastSent!, ApiJson.Default.Heartbeat);
    }

    /// <param name="voters">Who votes; all, where it is not said.</param>
    public static NetworkState State(int members, int? voters = null)
    {
        var first = new Term(5, IdOf(0));
        ImmutableArray<MemberRecord> records = [.. Enumerable.Range(0, members).Select(Record)];
        return new NetworkState
        {
            NetworkId = "aaaaaaaaaaaaaaaa",
            NetworkSecret = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
            NodeKey = KeyOf(0),
            NodeId = IdOf(0),
            Peers = records,
            Members = new MemberSet { Cfg = new Stamp(first, members), Ids = [.. records.Take(voters ?? members).Select(record => record.NodeId)] },
            Settings = new Settings { Stamp = new Stamp(first, 1), OwnerId = 1 },
            Term = first,
        };
    }

    public static Vitals VitalsOf(int member, NetworkState state, string digest, long seq, long at, DateTimeOffset utc) => new()
    {
        Node = IdOf(member),
        Run = RunOf(member),
        Boot = "8d0b6c1e-5b0a-4a35-9c3c-6f7b2f1f6c52",
        Build = "0.1.0+0123456789ab",
        Seq = seq,
        At = at,
        Clock = utc.ToUnixTimeMilliseconds(),
        Incarnation = 1,
        Priority = 100,
        Term = state.Term,
        Digest = digest,
        Cfg = state.Members.Cfg,
        Settings = state.Settings.Stamp,
        Telegram = true,
        Members = state.Members.Ids.Length,
        Load = new Load(18, 47, 71),
    };

    public void Forget()
    {
        Received = default;
        Answered = default;
        Sent = default;
    }

    /// <summary>Beats of the network.</summary>
    public void Live(int beats)
    {
        for (var tick = 0; tick < beats * Timings.Beat / Timings.Tick; tick++)
        {
            _mono += Timings.Tick;
            var sends = Sending();
            foreach (var send in sends)
                Answer(send);
            for (var peer = 1; tick % (Timings.Beat / Timings.Tick) == 4 && peer < _seq.Length; peer++)
                Call(peer);
        }
    }

    private static string KeyOf(int member) => Convert.ToBase64String([.. Enumerable.Repeat((byte)(member + 1), 32)]).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static MemberRecord Record(int member) => new()
    {
        NodeId = IdOf(member),
        Name = string.Create(CultureInfo.InvariantCulture, $"delta-{member:00}"),
        Addr = string.Create(CultureInfo.InvariantCulture, $"203.0.113.{member + 1}:4747"),
        Key = SecretBox.PublicOf(KeyOf(member)),
    };

    private List<Effect.Send> Sending()
    {
        var before = Allocated.Here;
        var effects = Step(new Input.Tick());
        var bytes = Allocated.Here - before;
        var sends = effects.OfType<Effect.Send>().ToList();
        // The other ticks of a beat belong to it.
        Sent = (Sent.Bytes + bytes, Sent.Count + sends.Count);
        return sends;
    }

    private void Answer(Effect.Send send)
    {
        if (send.Message is { State: null, Pull: false })
            LastSent = send.Message;
        var peer = int.Parse(send.Peer, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var answer = new HeartbeatAnswer { Vitals = Vitals(peer), Grant = send.Message.Ask is { } ask ? new Grant(ask.Term, Timings.Lease) : null };
        var input = new Input.HeartbeatAnswered(send.Peer, send.Id, answer);
        var before = Allocated.Here;
        Step(input);
        Answered = (Answered.Bytes + Allocated.Here - before, Answered.Count + 1);
    }

    private void Call(int peer)
    {
        var input = new Input.HeartbeatReceived(new Heartbeat { Vitals = Vitals(peer) }, ++_ticket);
        var before = Allocated.Here;
        var effects = Step(input);
        Received = (Received.Bytes + Allocated.Here - before, Received.Count + 1);
        LastReply = effects.OfType<Effect.Reply>().Select(reply => reply.Answer).OfType<Answer.Beat>().Single().Message;
    }

    private IReadOnlyList<Effect> Step(Input input) => _node.Step(input, Now);

    // The others have what this node has: nothing is pulled or pushed.
    private Vitals Vitals(int peer)
    {
        if (!ReferenceEquals(_state, _node.State))
            (_state, _digest) = (_node.State, MemberTable.Digest(_node.State));
        return VitalsOf(peer, _state, _digest, ++_seq[peer], _mono, Now.Utc);
    }

    private sealed class Counter : IRandom
    {
        private long _last;

        public long Next(long min, long max) => min + (_last++ % (max - min));

        public byte[] Bytes(int count) => new byte[count];
    }
}
