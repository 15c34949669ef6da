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
    public long Deadline => SentAt + Core.Timings.CallTimeout;
    public HeartbeatAnswer? Answer { get; set; }

    /// <summary>The caller was told, or the answer is on its way to it.</summary>
    public bool Ended { get; set; }
    public bool TimeoutPlanned { get; set; }
}

/// <summary>Who reaches whom, how fast and how surely; each direction for itself.</summary>
internal sealed class Links(SimRandom random)
{
    private int _count;
    private int[] _cuts = [];
    private int[] _loss = [];

    /// <summary>Per mille of messages that take 80 to 900 ms.</summary>
    public int Spikes { get; set; } = 2;

    public void Grow(int count)
    {
        var cuts = new int[count * count];
        var loss = new int[count * count];
        for (var i = 0; i < _count; i++)
        {
            Array.Copy(_cuts, i * _count, cuts, i * count, _count);
            Array.Copy(_loss, i * _count, loss, i * count, _count);
        }
        (_cuts, _loss, _count) = (cuts, loss, count);
    }

    /// <summary>Cuts are counted, so that overlapping ones end one by one.</summary>
    public void Cut(SimNode from, SimNode to, int by = 1) => _cuts[(from.Index * _count) + to.Index] += by;

    public void CutBoth(SimNode one, SimNode other, int by = 1)
    {
        Cut(one, other, by);
        Cut(other, one, by);
    }

    public void Loss(SimNode from, SimNode to, int perMille) => _loss[(from.Index * _count) + to.Index] = perMille;

    public bool IsCut(SimNode from, SimNode to) => _cuts[(from.Index * _count) + to.Index] > 0;

    public void Clear()
    {
        Array.Clear(_cuts);
        Array.Clear(_loss);
        Spikes = 2;
    }

    public bool Passes(SimNode from, SimNode to)
    {
        var at = (from.Index * _count) + to.Index;
        return _cuts[at] <= 0 && (_loss[at] == 0 || !random.Chance(_loss[at]));
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
        if (to is null || !world.Links.Passes(from, to))
            PlanTimeout(world, call, call.Deadline);
        else
            world.Add(world.Now + world.Links.Delay(), EventKind.Request, to, -1, call);
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
        else if (to.Id != call.Send.Peer || (call.Send.PeerRun is { } run && run != to.Run))
            PlanTimeout(world, call, Math.Min(call.Deadline, world.Now + world.Links.Delay()));
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
