using Constella.Api.Endpoints.Security;
using Constella.Core.Cluster;
using Constella.Core.Signing;
using Microsoft.AspNetCore.Http;

namespace Constella.Bench;

/// <summary>A heartbeat's request and answer between two nodes, signed and checked by the product's own code, fields in the server's own dictionary.</summary>
internal sealed class SignedMessages
{
    /// <summary>In a round: few enough to lie in the processor's cache, where a server has what it has just read.</summary>
    public const int Calls = 50;

    private const string Alpha = "00000000000000aa";
    private const string Bravo = "00000000000000bb";
    private const string BravoRun = "0123456789abcdef";
    private static readonly DateTimeOffset s_noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly KeyRing _keys = new("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", 1);
    private readonly RequestVerifier _verifier = new(Bravo, BravoRun, new NonceCache());
    private readonly byte[] _body = Fleet.Body();
    private readonly byte[] _nonce = new byte[16];
    private readonly HeaderLookup[] _fields = new HeaderLookup[Calls];
    private readonly RequestProof[] _proofs = new RequestProof[Calls];
    private readonly HeaderLookup[] _answers = new HeaderLookup[Calls];
    private long _mono;
    private long _count;

    /// <summary>Messages for a round to check; what the round before used is forgotten by now.</summary>
    public void Prepare()
    {
        _mono += 100_000;
        for (var i = 0; i < Calls; i++)
        {
            var signed = Sign();
            _fields[i] = Fields(signed.Headers);
            _proofs[i] = signed.Proof;
            _answers[i] = Fields(ResponseSigner.Sign(_keys, signed.Proof, BravoRun, 200, _body, s_noon));
        }
    }

    public SignedRequest Sign()
    {
        BitConverter.TryWriteBytes(_nonce, ++_count);
        return RequestSigner.Sign(_keys, new RequestParts("POST", "/heartbeat", _body), Alpha, Bravo, BravoRun, s_noon, _nonce);
    }

    public void Verify(int call)
    {
        var verdict = _verifier.Verify(new RequestParts("POST", "/heartbeat", _body), _fields[call], _keys, static id => id == Alpha, new Now(_mono, s_noon));
        if (verdict is not Verdict.Ok)
            throw new InvalidOperationException($"{verdict}");
    }

    public void SignAnswer(int call) => _ = ResponseSigner.Sign(_keys, _proofs[call], BravoRun, 200, _body, s_noon);

    public void VerifyAnswer(int call)
    {
        if (ResponseSigner.Verify(_keys, _proofs[call], 200, _answers[call], _body) is null)
            throw new InvalidOperationException("an answer does not hold");
    }

    private static HeaderLookup Fields(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in fields)
            headers[name] = value;
        return SignatureGate.Lookup(headers);
    }
}
