using System.Text;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Api.State;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;
using Constella.Tests.Signing;
using Constella.Tests.Simulation;

namespace Constella.Tests.Fuzz;

/// <summary>What an owner pastes: join links, and the texts within them.</summary>
internal sealed class LinkSurface : ISurface
{
    private const string Token = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        .. new[] { "203.0.113.10:4747", "[2001:db8::1]:4747", "seed.example:1", "seed.example" }
            .Select(seed => Encoding.UTF8.GetBytes($"join://{seed}?net=0123456789abcdef&token={Token}&ttl=15m")),
    ];

    public bool Try(int sample, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        _ = NodeAddress.TryParse(text, out _, out _);
        _ = Duration.TryParse(text, out _);
        Assert.True(NodeName.IsValid(NodeName.Clean(text)));
        if (!JoinLink.TryParse(text, out var link, out var problem))
        {
            Assert.DoesNotContain(Token, problem, StringComparison.Ordinal);
            return false;
        }
        Assert.Equal(32, link.TokenBytes.Length);
        Assert.DoesNotContain(link.Token, link.Redacted, StringComparison.Ordinal);
        Assert.True(JoinLink.TryParse(link.ToString(), out var again, out problem), problem);
        Assert.Equal(link, again);
        return true;
    }

    public void Dispose()
    {
    }
}

/// <summary>What a disk gives back. A state that is accepted is one that a node can run on and write again.</summary>
internal sealed class StateSurface : ISurface
{
    public IReadOnlyList<byte[]> Corpus { get; } = [Samples.Json(Samples.State, ConstellaJson.Default.NetworkState)];

    public bool Try(int sample, byte[] bytes)
    {
        if (StateFile.Parse(bytes, out var wrong) is not { } state)
        {
            Assert.False(string.IsNullOrEmpty(wrong));
            Assert.DoesNotContain('\n', wrong);
            return false;
        }
        var again = StateFile.Parse(Samples.Json(state, StateFile.Json.NetworkState), out wrong);
        Assert.True(again is not null, wrong);
        var node = new ClusterNode(state, new ProcessIdentity(Samples.Run, "b", "0.1.0"), new SimRandom(1), new Now(1_000_000, Samples.Noon));
        for (var tick = 0; tick < 40; tick++)
            _ = node.Step(new Input.Tick(), new Now(1_000_000 + (tick * Timings.Tick), Samples.Noon));
        Assert.Equal(state.NodeId, node.View.NodeId);
        return true;
    }

    public void Dispose()
    {
    }
}

/// <summary>The header fields of a signature: only what was signed is accepted, and only from who signed it.</summary>
internal sealed class SignatureSurface : ISurface
{
    private readonly SignedCall _call = new();
    private readonly RequestVerifier _verifier = SignedCall.Verifier();
    private readonly string[] _names;
    private readonly SignedAnswer _answer;
    private readonly Dictionary<string, List<string?>> _answerHeaders = new(StringComparer.OrdinalIgnoreCase);

    public SignatureSurface()
    {
        _names = [.. _call.Headers.Keys];
        foreach (var (name, value) in ResponseSigner.Sign(SignedCall.Keys, _call.Proof, SignedCall.BravoRun, 200, "{}"u8.ToArray(), SignedCall.Noon))
            _answerHeaders[name] = [value];
        Corpus = [.. _names.Select(name => Encoding.Latin1.GetBytes(_call[name])), .. _answerHeaders.Values.Select(value => Encoding.Latin1.GetBytes(value[0]!))];
        _answer = Verify(_answerHeaders)!;
    }

    public IReadOnlyList<byte[]> Corpus { get; }

    public bool Try(int sample, byte[] bytes)
    {
        // As Kestrel gives them: a line that is text, or several of them.
        List<string?> lines = [.. Encoding.Latin1.GetString(bytes).Split("\r\n")];
        if (sample >= _names.Length)
        {
            var answer = Verify(With(_answerHeaders, _answerHeaders.Keys.ElementAt(sample - _names.Length), lines));
            Assert.True(answer is null || answer == _answer, $"a forged answer: {answer}");
            return answer is not null;
        }
        var headers = With(_call.Headers, _names[sample], lines);
        var verdict = _verifier.Verify(_call.Request, headers.Lookup(), SignedCall.Keys, id => id is SignedCall.Alpha or SignedCall.Bravo, SignedCall.At(SignedCall.Noon));
        Assert.True(verdict.Proof is null || (verdict.Proof.From == _call.Proof.From && verdict.Proof.To == _call.Proof.To), "a forged sender");
        // Accepted once: the rest of the run shows that its nonce is burnt.
        return verdict is Verdict.Ok or Verdict.Replayed;
    }

    public void Dispose()
    {
    }

    private SignedAnswer? Verify(Dictionary<string, List<string?>> headers) =>
        ResponseSigner.Verify(SignedCall.Keys, _call.Proof, 200, headers.Lookup(), "{}"u8.ToArray());

    private static Dictionary<string, List<string?>> With(Dictionary<string, List<string?>> headers, string name, List<string?> lines) =>
        new(headers, StringComparer.OrdinalIgnoreCase) { [name] = lines };
}

/// <summary>Bodies of members, up to the one writer: whatever is accepted leaves a state that can be read again.</summary>
internal sealed class BodySurface : ISurface
{
    /// <summary>A node has this many cases to go wrong before the next one gets its chance.</summary>
    private const int Life = 200;

    private ClusterNode _node = null!;
    private long _step;
    private long _left;

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        Samples.Json(Samples.Heartbeat, ApiJson.Default.Heartbeat),
        Samples.Json(Samples.Heartbeat with { State = null, Proposals = [] }, ApiJson.Default.Heartbeat),
        Samples.Json(Samples.Answer, ApiJson.Default.HeartbeatAnswer),
        Samples.Json(Samples.Join, ApiJson.Default.JoinRequest),
    ];

    public bool Try(int sample, byte[] bytes)
    {
        try
        {
            return sample switch
            {
                2 => Accepts(JsonSerializer.Deserialize(bytes, ApiJson.Default.HeartbeatAnswer)),
                3 => JsonSerializer.Deserialize(bytes, ApiJson.Default.JoinRequest) is { } request && (JoinExchange.Proves(request, Samples.State.Invites[0].Key) || bytes.AsSpan().SequenceEqual(Corpus[3])),
                _ => Accepts(JsonSerializer.Deserialize(bytes, ApiJson.Default.Heartbeat)),
            };
        }
        catch (JsonException)
        {
            // The one exception that the host makes a 400 of.
            return false;
        }
    }

    public void Renew()
    {
        (_left, _step) = (Life, 0);
        _node = new ClusterNode(Samples.State, new ProcessIdentity(Samples.Run, "b", "0.1.0"), new SimRandom(1), Now());
    }

    public void Dispose()
    {
    }

    private bool Accepts(Heartbeat? message)
    {
        if (message is null || HeartbeatShape.Wrong(message) is not null)
            return false;
        Step(new Input.HeartbeatReceived(message, 1));
        return true;
    }

    private bool Accepts(HeartbeatAnswer? message)
    {
        if (message is null || message.Vitals.Node != Samples.Peer || HeartbeatShape.Wrong(message) is not null)
            return false;
        var sent = Step(new Input.Tick()).OfType<Effect.Send>().FirstOrDefault();
        Step(new Input.HeartbeatAnswered(Samples.Peer, sent?.Id ?? 1, message));
        return true;
    }

    private IReadOnlyList<Effect> Step(Input input)
    {
        if (_left-- <= 0)
            Renew();
        _step++;
        var effects = _node.Step(input, Now());
        foreach (var written in effects.OfType<Effect.Persist>())
            Assert.True(StateFile.Parse(Samples.Json(written.State, StateFile.Json.NetworkState), out var wrong) is not null, $"it would write a state that {wrong}");
        foreach (var sent in effects.OfType<Effect.Send>())
            Assert.Null(HeartbeatShape.Wrong(sent.Message));
        _ = _node.View;
        return effects;
    }

    private Now Now() => new(1_000_000 + (_step * Timings.Beat), Samples.Noon.AddMilliseconds(_step * Timings.Beat));
}
