using System.Text.Json;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>A signed request as it lies on the line.</summary>
internal sealed record SimPacket(RequestParts Parts, List<KeyValuePair<string, string>> Headers);

/// <summary>
/// The bytes of requests, signed and checked as in the product (rules X1 to X3), and somebody on the line who reads all of
/// them: nothing that he alters, redirects, repeats or forges may be let in.
/// </summary>
internal sealed class SimWire(World world, SimRandom random)
{
    private const int AttackPerMille = 100;
    private static readonly KeyRing Keys = Ring(1);
    private static readonly KeyRing Stranger = Ring(2);
    private readonly Dictionary<string, RequestVerifier> _verifiers = [];

    private static KeyRing Ring(byte filler) => new(Convert.ToBase64String(Enumerable.Repeat(filler, 32).ToArray()).TrimEnd('='), 1);

    /// <summary>The request as it arrives, and what the attacker makes of it.</summary>
    /// <returns>False when the target refuses the request itself: a copy of one that it has had.</returns>
    public bool LetsIn(SimCall call)
    {
        var to = call.To!;
        var first = call.Original ?? call;
        var packet = first.Bytes ??= Pack(call, Keys);
        if (random.Chance(AttackPerMille))
            Attack(call, packet);
        if (!Accepts(to, packet))
            return false;
        Refuse(to, packet, "repeated");
        return true;
    }

    private void Attack(SimCall call, SimPacket packet)
    {
        var to = call.To!;
        Refuse(to, Pack(call, Stranger), "forged");
        var body = packet.Parts.Body.ToArray();
        body[random.Index(body.Length)] ^= (byte)(1 << random.Index(8));
        Refuse(to, packet with { Parts = packet.Parts with { Body = body } }, "altered");
        var header = random.Index(packet.Headers.Count);
        var headers = packet.Headers.ToList();
        headers.RemoveAt(header);
        Refuse(to, packet with { Headers = headers }, "stripped");
        Refuse(to, packet with { Parts = packet.Parts with { RawTarget = "/reboot" } }, "misdirected");
        var other = world.Nodes[random.Index(world.Nodes.Count)];
        if (other != to && other.Up)
            Refuse(other, packet, "redirected");
    }

    private void Refuse(SimNode to, SimPacket packet, string what)
    {
        world.Totals.Attacks++;
        if (Accepts(to, packet))
            world.Check.Fail($"X3: {to.Name} let in a request that was {what}");
    }

    private bool Accepts(SimNode to, SimPacket packet)
    {
        if (!_verifiers.TryGetValue(to.Run, out var verifier))
            _verifiers.Add(to.Run, verifier = new RequestVerifier(to.Id, to.Run, new NonceCache()));
        return verifier.Verify(packet.Parts, Lookup, Keys, _ => true, to.Clocks) is Verdict.Ok;

        int Lookup(string name, out string? line)
        {
            var lines = packet.Headers.FindAll(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase));
            line = lines is [var only] ? only.Value : null;
            return lines.Count;
        }
    }

    // The caller's clock is as if it had been corrected (X4): what this checks is not time.
    private SimPacket Pack(SimCall call, KeyRing keys)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(call.Send.Message, ConstellaJson.Default.Heartbeat);
        var parts = new RequestParts("POST", "/heartbeat", body);
        var nonce = new byte[16];
        BitConverter.TryWriteBytes(nonce, random.Bits());
        var signed = RequestSigner.Sign(keys, parts, call.From.Id, call.To!.Id, call.To.Run, call.To.Clocks.Utc, nonce);
        return new SimPacket(parts, [.. signed.Headers]);
    }
}
