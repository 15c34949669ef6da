using System.Security.Cryptography;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Api.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Bench;

/// <summary>What the other members of a network ask its node for: the same calls with a signature and without.</summary>
internal sealed class Callers(NetworkState state, string run, string target)
{
    private readonly KeyRing _keys = KeyRing.Of(state);
    private readonly string _digest = MemberTable.Digest(state);
    private readonly long[] _seq = new long[state.Peers.Length];

    public NetworkState State => state;

    public string Target => target;

    public bool IsHeartbeat => target == "/heartbeat";

    /// <summary>The next request of a member, from 1 on.</summary>
    public byte[] Next(int member, bool signed)
    {
        var body = IsHeartbeat ? Heartbeat(member) : null;
        var method = body is null ? "GET" : "POST";
        var fields = signed
            ? RequestSigner.Sign(_keys, new RequestParts(method, target, body), Fleet.IdOf(member), state.NodeId, run, DateTimeOffset.UtcNow, RandomNumberGenerator.GetBytes(16)).Headers
            : [];
        return Wire.Request(method, target, body, Fleet.IdOf(member), fields);
    }

    /// <summary>The body of a member's next heartbeat.</summary>
    public byte[] Heartbeat(int member)
    {
        var vitals = Fleet.VitalsOf(member, state, _digest, ++_seq[member], BootClock.Milliseconds, DateTimeOffset.UtcNow);
        return JsonSerializer.SerializeToUtf8Bytes(new Heartbeat { Vitals = vitals }, ApiJson.Default.Heartbeat);
    }
}
