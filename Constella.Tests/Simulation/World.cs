using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Tests.Simulation;

/// <summary>Nodes, network, Bot API and time of one seed: everything that happens hangs on the seed alone.</summary>
internal sealed class World
{
    // Of 20 seeds: 6 with two nodes, 6 with three, 4 with five, 3 with seven, 1 with one.
    private static readonly int[] Sizes = [2, 3, 5, 7, 2, 3, 5, 2, 3, 7, 2, 3, 5, 1, 2, 3, 5, 7, 2, 3];

    // Some minutes without a bot leave a hundred presses, four of which are answered a second; a crash begins its batch anew.
    private const long BacklogMs = 60_000;

    private readonly EventQueue _queue = new();
    private readonly Queue<string> _trace = new();
    private long _hash;

    public World(int seed, WorldOptions? options = null)
    {
        Seed = seed;
        Options = options ?? new WorldOptions();
        Random = new SimRandom((ulong)seed * 0x2545F4914F6CDD1D);
        // One seed in 50 pays for the codec; in all others messages, being immutable, are shared.
        Codec = seed % 50 == 0;
        Telegram = new SimTelegram(() => Now, (at, action) => At(at, action));
        Links = new Links(Random.Fork(), Options.Spikes, Totals);
        Wire = Codec ? new SimWire(this, Random.Fork()) : null;
        Check = new Invariants(this);
        Liveness = new Liveness(this);
        Faults = new Faults(this);
        Workload = new Workload(this);
        Rotations = new Rotations(this, new SimRandom((ulong)seed ^ 0x9E3779B97F4A7C15));
        Alerts = new Alerts(this, new SimRandom((ulong)seed ^ 0xC2B2AE3D27D4EB4F));
        Roads = new Roads(this, new SimRandom((ulong)seed ^ 0x27D4EB2F165667C5));
        Audits = new Audits(this, new SimRandom((ulong)seed ^ 0x165667B19E3779F9));
        Moves = new Moves(this, new SimRandom((ulong)seed ^ 0x27D4EB2F165667C5));
        FirstNodes = Options.Nodes != 0 ? Options.Nodes : Sizes[seed % Sizes.Length];
        var states = FirstStates(FirstNodes);
        foreach (var state in states)
            AddNode(state, AddressOf(Nodes.Count));
        Check.Begin();
        foreach (var node in Nodes)
            node.Start();
        if (Options.Faults)
            Faults.Plan();
        if (Options is { TwoRoads: true, Faults: true })
            Roads.Plan();
        if (Options.Workload)
        {
            Workload.Plan();
            Rotations.Plan();
            Alerts.Plan();
            Moves.Plan();
        }
    }

    public int Seed { get; }
    public int FirstNodes { get; }

    /// <summary>Where in which run something is: seed, time and step.</summary>
    public string Place => FormattableString.Invariant($"seed {Seed} at {Now / 1000.0:F3} s, step {Totals.Steps}");

    public WorldOptions Options { get; }
    public SimRandom Random { get; }
    public bool Codec { get; }
    public SimWire? Wire { get; }
    public long Now { get; private set; }
    public List<SimNode> Nodes { get; } = [];
    public SimTelegram Telegram { get; }
    public Links Links { get; }
    public Invariants Check { get; }
    public Liveness Liveness { get; }
    public Faults Faults { get; }
    public Workload Workload { get; }
    public Rotations Rotations { get; }
    public Alerts Alerts { get; }
    public Roads Roads { get; }
    public Audits Audits { get; }
    public Moves Moves { get; }
    public Totals Totals { get; } = new();
    public bool Tracing => Options.Trace;

    /// <summary>Two equal runs have equal hashes.</summary>
    public long Hash => _hash;

    public long QuietFrom => Options.DurationMs - Options.QuietMs;

    public IEnumerable<string> TraceLines => _trace;

    public void RunToEnd()
    {
        RunUntil(QuietFrom);
        if (Options.Faults)
            Faults.LiftAll();
        Liveness.QuietBegins();
        for (var at = QuietFrom + 100; at <= Options.DurationMs; at += 100)
        {
            RunUntil(at);
            Liveness.Quiet();
        }
        // What piled up while nobody polled is answered one by one.
        RunUntil(() => Liveness.Answered, BacklogMs);
        Totals.Conflicts = Telegram.Conflicts;
        Liveness.End();
    }

    public void RunFor(long ms) => RunUntil(Now + ms);

    public void RunUntil(long until)
    {
        while (_queue.TryTake(until, out var item))
        {
            Now = item.At;
            _hash = (_hash * 31) + (item.Key ^ ((long)item.Kind << 7) ^ (item.Node?.Index ?? -1));
            Dispatch(item);
        }
        Now = until;
    }

    /// <summary>Runs in steps of a tick until the condition holds; false when it never did.</summary>
    public bool RunUntil(Func<bool> condition, long withinMs)
    {
        for (var until = Now + withinMs; Now < until;)
        {
            if (condition())
                return true;
            RunFor(10);
        }
        return condition();
    }

    public void At(long at, Action action) => _queue.Add(at, EventKind.Action, null, -1, action);

    /// <summary>Happens at this life of the node; waits while it is paused.</summary>
    public void At(long at, SimNode node, Action action) => _queue.Add(at, EventKind.Action, node, node.Epoch, action);

    public void Add(long at, EventKind kind, SimNode node, int epoch, object? arg) => _queue.Add(at, kind, node, epoch, arg);

    public void Post(SimNode node, Input input) => _queue.Add(Now, EventKind.Input, node, node.Epoch, input);

    public SimNode AddNode(NetworkState state, string address)
    {
        var node = new SimNode(this, Nodes.Count, state, address);
        Nodes.Add(node);
        Links.Grow(Nodes.Count);
        return node;
    }

    public SimNode? ByAddress(string address)
    {
        foreach (var node in Nodes)
        {
            if (node.Address == address || (Options.TwoRoads && Roads.SecondOf(node.Index) == address))
                return node;
        }
        return null;
    }

    /// <summary>For traces: the name of a node that the world knows, else the head of its id.</summary>
    public string NameById(string? id)
    {
        foreach (var node in Nodes)
        {
            if (node.Id == id)
                return node.Name;
        }
        return id is { Length: > 4 } ? id[..4] : "-";
    }

    public static string AddressOf(int index) => string.Create(CultureInfo.InvariantCulture, $"203.0.113.{10 + index}:4747");

    public void Trace(SimNode? node, string text)
    {
        if (_trace.Count == Options.TraceLines)
            _trace.Dequeue();
        _trace.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{Now / 1000.0,9:F3} {node?.Name ?? "world",-8} {text}"));
    }

    private void Dispatch(in SimEvent item)
    {
        if (item.Node is null)
        {
            ((Action)item.Arg!)();
            return;
        }
        var node = item.Node;
        if (item.Epoch >= 0 && item.Epoch != node.Epoch)
            return;
        if (item.Kind == EventKind.Request)
            Network.Arrive(this, (SimCall)item.Arg!, item);
        else if (!node.Up)
            return;
        else if (node.Paused)
            node.Keep(item);
        else
            node.Take(item.Kind, item.Arg);
    }

    private ImmutableArray<NetworkState> FirstStates(int count)
    {
        var networkId = Random.Hex16();
        var ids = Enumerable.Range(0, count).Select(_ => Random.Hex16()).Order(StringComparer.Ordinal).ToImmutableArray();
        var term = new Term(1, ids[0]);
        var mixed = Random.Chance(300) && !Options.EqualPriorities;
        var keys = ids.Select(NodeKeyOf).ToArray();
        var records = ids.Select((id, i) => new MemberRecord
        {
            NodeId = id,
            Name = NameOf(i),
            Addr = AddressOf(i),
            AltAddr = Options.TwoRoads ? Roads.SecondOf(i) : null,
            Priority = mixed ? (int)Random.Next(1, 4) * 50 : 100,
            Key = SecretBox.PublicOf(keys[i]),
        }).ToImmutableArray();
        return [.. ids.Select((id, i) => new NetworkState
        {
            NetworkId = networkId,
            NetworkSecret = "simulated",
            NodeKey = keys[i],
            NodeId = id,
            Peers = records,
            Members = new MemberSet { Cfg = new Stamp(term, count), Ids = ids },
            Settings = new Settings { Stamp = new Stamp(term, 1), OwnerUsername = "username", OwnerId = 1, BotToken = "123:ABC", Options = [new Option(Core.Members.Options.AlertSamples, null, "3")] },
            Term = term,
        })];
    }

    /// <summary>The private key of a node: 32 bytes that hang on its id.</summary>
    public static string NodeKeyOf(string id) => SecretBox.Text(SHA256.HashData(Encoding.ASCII.GetBytes(id)));

    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"node-{index:00}");
}
