using System.Text.Json;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>A heartbeat on its way and its answer on the way back.</summary>
internal sealed class SimCall(SimNode from, SimNode? to, Effect.Send send, long sentAt)
{
    public SimNode From { get; } = from;
    public int FromEpoch { get; } = from.Epoch;
    public SimNode? To { get; } = to;
    public Effect.Send Send { get; } = send;
    public long SentAt { get; } = sentAt;

    /// <summary>What it is signed under, and its answer too.</summary>
    public NumberedSecret Secret { get; } = from.Secret;

    /// <summary>It was answered with a bare 401.</summary>
    public bool Refused { get; set; }

    /// <summary>The run that the request names (rule X1).</summary>
    public string? Run { get; set; } = send.PeerRun;
    public bool Repeated { get; set; }

    /// <summary>Of what it is a copy.</summary>
    public SimCall? Original { get; init; }

    /// <summary>The signed request, in runs that sign.</summary>
    public SimPacket? Bytes { get; set; }
    public long Deadline => SentAt + Core.Timings.CallTimeout;
    public HeartbeatAnswer? Answer { get; set; }

    /// <summary>The caller was told, or the answer is on its way to it.</summary>
    public bool Ended { get; set; }
    public bool TimeoutPlanned { get; set; }
}

/// <summary>Who reaches whom, how fast and how surely; each direction for itself.</summary>
/// <param name="calm">Per mille of messages that take 80 to 900 ms where nothing else is wrong.</param>
internal sealed class Links(SimRandom random, int calm, Totals totals)
{
    private const int LateMs = 29_000;
    private readonly int _calm = calm;
    private int _count;
    private int[] _cuts = [];
    private int[] _callCuts = [];
    private int[] _loss = [];

    /// <summary>Per mille of messages that take 80 to 900 ms now.</summary>
    public int Spikes { get; set; } = calm;

    /// <summary>Per mille of requests that arrive a second time.</summary>
    public int Doubles { get; set; }

    public void Grow(int count)
    {
        _cuts = Grown(_cuts, count);
        _callCuts = Grown(_callCuts, count);
        _loss = Grown(_loss, count);
        _count = count;
    }

    private int[] Grown(int[] matrix, int count)
    {
        var grown = new int[count * count];
        for (var i = 0; i < _count; i++)
            Array.Copy(matrix, i * _count, grown, i * count, _count);
        return grown;
    }

    /// <summary>Cuts are counted, so that overlapping ones end one by one.</summary>
    public void Cut(SimNode from, SimNode to, int by = 1) => _cuts[(from.Index * _count) + to.Index] += by;

    public void CutBoth(SimNode one, SimNode other, int by = 1)
    {
        Cut(one, other, by);
        Cut(other, one, by);
    }

    /// <summary>As behind a NAT: no request passes, but the answers to those of the other side do.</summary>
    public void CutCalls(SimNode from, SimNode to, int by = 1) => _callCuts[(from.Index * _count) + to.Index] += by;

    public bool AreCallsCut(SimNode from, SimNode to) => _callCuts[(from.Index * _count) + to.Index] > 0;

    public void Loss(SimNode from, SimNode to, int perMille) => _loss[(from.Index * _count) + to.Index] = perMille;

    public bool IsCut(SimNode from, SimNode to) => _cuts[(from.Index * _count) + to.Index] > 0;

    public void Clear()
    {
        Array.Clear(_cuts);
        Array.Clear(_callCuts);
        Array.Clear(_loss);
        Calm();
        Doubles = 0;
    }

    public void Calm() => Spikes = _calm;

    public bool Passes(SimNode from, SimNode to)
    {
        var at = (from.Index * _count) + to.Index;
        if (_cuts[at] > 0)
            return false;
        if (_loss[at] == 0 || !random.Chance(_loss[at]))
            return true;
        totals.Lost++;
        return false;
    }

    /// <summary>The same for a request.</summary>
    public bool CallPasses(SimNode from, SimNode to) => !AreCallsCut(from, to) && Passes(from, to);

    /// <summary>After how long a request arrives once more, perhaps long after its caller gave it up; null: it does not.</summary>
    public long? Doubled()
    {
        if (Doubles == 0 || !random.Chance(Doubles))
            return null;
        totals.Duplicates++;
        return random.Chance(500) ? Delay() : random.Next(900, LateMs);
    }

    public long Delay() => random.Chance(Spikes) ? random.Next(80, 901) : random.Next(1, 81) * random.Next(1, 81) / 80 + 1;
}

/// <summary>The transport of heartbeats as the product has it: HTTP with a timeout, so a lost answer and a lost request look the same.</summary>
internal static class Network
{
    /// <summary>How long a signature is good (rule X1): what waited longer in a socket is refused.</summary>
    private const long SignatureMs = Core.Limits.SignatureSeconds * 1000L;

    public static void Send(World world, SimNode from, Effect.Send send)
    {
        var to = world.ByAddress(send.Address);
        if (world.Codec)
            send = send with { Message = Copy(send.Message) };
        var call = new SimCall(from, to, send, world.Now);
        if (to is null || world.Roads.IsDead(send.Address) || !world.Links.CallPasses(from, to))
        {
            PlanTimeout(world, call, call.Deadline);
            return;
        }
        world.Add(world.Now + world.Links.Delay(), EventKind.Request, to, -1, call);
        // Nonces would refuse it (X3); the node must stand it without them. Nobody waits for its answer.
        if (world.Links.Doubled() is { } after)
            world.Add(world.Now + after, EventKind.Request, to, -1, new SimCall(from, to, send, world.Now) { Ended = true, Original = call });
    }

    /// <summary>The request is at the target's door, whatever became of the target meanwhile.</summary>
    public static void Arrive(World world, SimCall call, in SimEvent item)
    {
        var to = call.To!;
        if (!to.Up)
            PlanTimeout(world, call, to.MachineUp ? Math.Min(call.Deadline, world.Now + world.Links.Delay()) : call.Deadline);
        else if (to.Paused)
        {
            PlanTimeout(world, call, call.Deadline);
            to.Keep(item);
        }
        else if (world.Now - call.SentAt > SignatureMs)
            return;
        // The MAC comes before the run (rule X3).
        else if (!to.Accepts(call.Secret))
            Refuse(world, call);
        else if (to.Id != call.Send.Peer)
            PlanTimeout(world, call, Math.Min(call.Deadline, world.Now + world.Links.Delay()));
        else if (call.Run is { } run && run != to.Run)
            Repeat(world, call);
        else if (world.Wire?.LetsIn(call) == false)
            PlanTimeout(world, call, call.Deadline);
        else
            to.Receive(call);
    }

    /// <summary>A bare 401 (rule X3), which nobody signs.</summary>
    private static void Refuse(World world, SimCall call)
    {
        var arrives = world.Now + world.Links.Delay();
        call.Refused = arrives < call.Deadline && world.Links.Passes(call.To!, call.From);
        PlanTimeout(world, call, call.Refused ? arrives : call.Deadline);
    }

    /// <summary>The signed refusal names the run that lives (rule X3), and the call is made once more with it.</summary>
    private static void Repeat(World world, SimCall call)
    {
        if (call.Repeated || call.Ended || !world.Links.Passes(call.To!, call.From) || !world.Links.CallPasses(call.From, call.To!))
        {
            PlanTimeout(world, call, call.Deadline);
            return;
        }
        (call.Repeated, call.Run) = (true, call.To!.Run);
        world.Add(world.Now + world.Links.Delay() + world.Links.Delay(), EventKind.Request, call.To, -1, call);
    }

    public static void Answer(World world, SimCall call, HeartbeatAnswer answer)
    {
        if (call.Ended)
            return;
        var arrives = world.Now + world.Links.Delay();
        if (arrives >= call.Deadline || !world.Links.Passes(call.To!, call.From))
        {
            PlanTimeout(world, call, Math.Max(call.Deadline, world.Now));
            return;
        }
        call.Answer = world.Codec ? Copy(answer) : answer;
        world.Add(arrives, EventKind.Response, call.From, call.FromEpoch, call);
    }

    public static void PlanTimeout(World world, SimCall call, long at)
    {
        if (call.TimeoutPlanned || call.Ended)
            return;
        call.TimeoutPlanned = true;
        world.Add(at, EventKind.Timeout, call.From, call.FromEpoch, call);
    }

    private static Heartbeat Copy(Heartbeat message) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(message, ConstellaJson.Default.Heartbeat), ConstellaJson.Default.Heartbeat)!;

    private static HeartbeatAnswer Copy(HeartbeatAnswer message) =>
        JsonSerializer.Deserialize(
            JsonSerializer.SerializeToUtf8Bytes(message, ConstellaJson.Default.HeartbeatAnswer), ConstellaJson.Default.HeartbeatAnswer)!;
}
