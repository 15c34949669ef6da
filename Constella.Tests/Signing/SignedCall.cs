using System.Text;
using Constella.Core.Cluster;
using Constella.Core.Signing;

namespace Constella.Tests.Signing;

/// <summary>A valid signed call that each test breaks in one place.</summary>
internal sealed class SignedCall
{
    public const string Alpha = "00000000000000aa";
    public const string Bravo = "00000000000000bb";
    public const string Stranger = "00000000000000ff";
    public const string BravoRun = "0123456789abcdef";
    public static readonly string Secret = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    public static readonly KeyRing Keys = new(Secret, 1);
    public static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static int s_nonce;

    public SignedCall(
        string method = "POST", string target = "/reboot?why=test", string body = "{\"id\":1}", string from = Alpha, string to = Bravo,
        string? run = BravoRun, byte[]? nonce = null, DateTimeOffset? at = null, KeyRing? keys = null)
    {
        Request = new(method, target, Encoding.UTF8.GetBytes(body));
        nonce ??= [.. BitConverter.GetBytes(Interlocked.Increment(ref s_nonce)), .. new byte[12]];
        var signed = RequestSigner.Sign(keys ?? Keys, Request, from, to, run, at ?? Noon, nonce);
        Proof = signed.Proof;
        foreach (var (name, value) in signed.Headers)
            Headers[name] = [value];
    }

    public RequestParts Request { get; set; }

    public RequestProof Proof { get; }

    public Dictionary<string, List<string?>> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string this[string header]
    {
        get => Headers[header][0]!;
        set => Headers[header] = [value];
    }

    public static RequestVerifier Verifier(NonceCache? nonces = null) => new(Bravo, BravoRun, nonces ?? new());

    public static Now At(DateTimeOffset utc, long mono = 1_000) => new(mono, utc);

    public Verdict Judge(NonceCache? nonces = null, Now? now = null, KeyRing? keys = null) => Verifier(nonces).Verify(
        Request, Headers.Lookup(), keys ?? Keys, id => id is Alpha or Bravo, now ?? At(Noon));

    /// <summary>Signs again, with the same key, whatever the fields now say: what a member with a library of its own might send.</summary>
    public SignedCall Resign(string input, string label = "sig1")
    {
        Assert.True(StructuredFields.TryParseDictionary($"{label}={input}", new SfPart[StructuredFields.MostParts], out var read));
        var message = new SignatureBase([], []);
        for (var i = 1; i < read.Parts.Length; i++)
        {
            if (read.Parts[i].Role != SfRole.Item)
                continue;
            var name = read.Value(read.Parts[i]).ToString();
            message.Add(read, i, name switch
            {
                "@method" => Request.Method,
                "@path" => Request.RawTarget.Split('?')[0],
                "@query" => Request.RawTarget.Contains('?') ? Request.RawTarget[Request.RawTarget.IndexOf('?')..] : "?",
                _ => Headers.GetValueOrDefault(name)?[0] ?? "",
            });
        }

        message.Finish(read);
        this[SignatureHeaders.SignatureInput] = $"{label}={input}";
        this[SignatureHeaders.Signature] = Keys.Key("g1", Proof.From, Proof.To)!.Of(message.Text, $"{label}=");
        return this;
    }
}

internal static class HeaderLines
{
    /// <summary>As Kestrel has them.</summary>
    public static HeaderLookup Lookup(this Dictionary<string, List<string?>> headers) => (string name, out string? line) =>
    {
        var lines = headers.GetValueOrDefault(name) ?? [];
        line = lines is [var only] ? only : null;
        return lines.Count;
    };
}
