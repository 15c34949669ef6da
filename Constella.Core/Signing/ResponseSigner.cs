using System.Globalization;
using System.Security.Cryptography;

namespace Constella.Core.Signing;

/// <summary>What a signed answer proves.</summary>
/// <param name="From">Node id of who answered: the node that was asked.</param>
/// <param name="Run">Its run id: to be named in the next request.</param>
/// <param name="Created">Its clock when it answered (whole seconds).</param>
public sealed record SignedAnswer(string From, string Run, DateTimeOffset Created);

/// <summary>
/// Signs and checks answers (rule X4): <c>@status</c>, digest, sender and run, bound to the request by its method and its
/// signature (RFC 9421 §2.4). The key is that of the direction target → caller, of the generation the request was signed under.
/// </summary>
public static class ResponseSigner
{
    /// <param name="request">From the verdict on the request.</param>
    /// <param name="run">This process's run id.</param>
    /// <param name="now">UTC.</param>
    /// <returns>The headers to add to the answer.</returns>
    /// <exception cref="ArgumentException">The ring has lost the generation that the request was signed under.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Sign(
        KeyRing keys, RequestProof request, string run, int status, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(request);
        var key = keys.Key(request.KeyId, request.To, request.From)
            ?? throw new ArgumentException("The request was signed under a generation that is not on the ring.", nameof(request));
        var digest = ContentDigest.Of(body.Span);
        var message = new SignatureBase();
        foreach (var (name, parameters) in Covered(request))
            message.Add(name, Value(name, request, status, Own)!, parameters);
        var (text, input) = message.Finish(SignatureBase.Parameters(now.ToUnixTimeSeconds(), request.KeyId));
        return
        [
            new(SignatureHeaders.ContentDigest, digest),
            new(SignatureHeaders.From, request.To),
            new(SignatureHeaders.Run, run),
            new(SignatureHeaders.SignatureInput, $"{SignatureHeaders.Label}={input}"),
            new(SignatureHeaders.Signature, $"{SignatureHeaders.Label}={RequestSigner.Mac(key, text)}"),
        ];

        string Own(string name) => name switch
        {
            SignatureHeaders.ContentDigest => digest,
            SignatureHeaders.From => request.To,
            _ => run,
        };
    }

    /// <summary>Checks an answer; its time is not judged, since it is bound to a request that only this caller made.</summary>
    /// <param name="request">From signing the request.</param>
    /// <returns>Null unless the node that was asked signed this very answer to this very request.</returns>
    public static SignedAnswer? Verify(
        KeyRing keys, RequestProof request, int status, HeaderLookup headers, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(headers);
        if (SignedFields.Read(headers) is not { } fields || keys.Key(request.KeyId, request.To, request.From) is not { } key)
            return null;
        var input = fields.Input;
        var covered = Covered(request);
        if (input.Text("keyid") != request.KeyId || input.Integer("created") is not { } created || created < 0 ||
            input.Items!.Count != covered.Length)
            return null;

        var message = new SignatureBase();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in input.Items)
        {
            var (name, parameters) = (item.Value.Text, item.SerialisedParameters);
            if (!seen.Add(name) || !Matches(covered, name, item) ||
                Value(name, request, status, n => SignedFields.Single(headers, n)) is not { } value)
                return null;
            message.Add(name, value, parameters);
        }

        var text = message.Finish(StructuredFields.Serialise(input.Parameters)).Text;
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, text), fields.SignatureBytes))
            return null;
        var from = SignedFields.Single(headers, SignatureHeaders.From)!;
        var run = SignedFields.Single(headers, SignatureHeaders.Run)!;
        return from == request.To && RequestEnvelope.IsId(run) &&
            ContentDigest.Holds(SignedFields.Single(headers, SignatureHeaders.ContentDigest)!, body.Span)
            ? new(from, run, DateTimeOffset.FromUnixTimeSeconds(Math.Min(created, 253_402_300_799)))
            : null;
    }

    private static (string Name, string Parameters)[] Covered(RequestProof request) =>
    [
        ("@status", ""),
        ("content-digest", ""),
        ("constella-from", ""),
        ("constella-run", ""),
        ("@method", ";req"),
        ("signature", $";req;key=\"{request.Label}\""),
    ];

    /// <summary>Parameters of a component are a set: their order is the signer's.</summary>
    private static bool Matches((string Name, string Parameters)[] covered, string name, SfItem item) =>
        Array.Exists(covered, c => c.Name == name && string.Join(';', c.Parameters.Split(';').Order(StringComparer.Ordinal)) ==
            string.Join(';', item.SerialisedParameters.Split(';').Order(StringComparer.Ordinal)));

    private static string? Value(string name, RequestProof request, int status, Func<string, string?> header) => name switch
    {
        "@status" => status.ToString(CultureInfo.InvariantCulture),
        "@method" => request.Method,
        "signature" => request.Signature,
        "content-digest" => header(SignatureHeaders.ContentDigest),
        "constella-from" => header(SignatureHeaders.From),
        _ => header(SignatureHeaders.Run),
    };
}
