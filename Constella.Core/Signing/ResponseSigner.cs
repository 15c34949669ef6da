using System.Collections.Immutable;
using System.Globalization;

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
    private static readonly ImmutableArray<string> Covered =
        [Components.Status, Components.ContentDigest, Components.From, Components.Run, Components.Method, Components.Signature];

    /// <param name="request">From the verdict on the request.</param>
    /// <param name="run">This process's run id.</param>
    /// <param name="now">UTC.</param>
    /// <returns>The headers to add to the answer.</returns>
    /// <exception cref="ArgumentException">The ring has lost the generation that the request was signed under.</exception>
    public static ImmutableArray<KeyValuePair<string, string>> Sign(
        KeyRing keys, RequestProof request, string run, int status, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(request);
        var key = keys.Key(request.KeyId, request.To, request.From)
            ?? throw new ArgumentException("The request was signed under a generation that is not on the ring.", nameof(request));
        var digest = ContentDigest.Of(body.Span);
        var message = new SignatureBase(stackalloc char[SignatureBase.LinesRoom], stackalloc char[SignatureBase.InputRoom]);
        foreach (var name in Covered)
            message.Add(name, Value(name, request, status, digest, request.To, run), Parameters(name, request));
        message.Finish(now.ToUnixTimeSeconds(), request.KeyId);
        var signature = key.Of(message.Text, $"{SignatureHeaders.Label}=");
        var input = message.Field();
        message.Dispose();
        return
        [
            new(SignatureHeaders.ContentDigest, digest),
            new(SignatureHeaders.From, request.To),
            new(SignatureHeaders.Run, run),
            new(SignatureHeaders.SignatureInput, input),
            new(SignatureHeaders.Signature, signature),
        ];
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
        if (!SignedFields.TryRead(headers, stackalloc SfPart[StructuredFields.MostParts], out var fields) ||
            keys.Key(request.KeyId, request.To, request.From) is not { } key ||
            !fields.Text("keyid").SequenceEqual(request.KeyId) || fields.Integer("created") is not { } created || created < 0 ||
            SignedFields.Single(headers, Components.ContentDigest) is not { } digest ||
            SignedFields.Single(headers, Components.From) is not { } from || SignedFields.Single(headers, Components.Run) is not { } run)
            return null;
        var message = new SignatureBase(stackalloc char[SignatureBase.LinesRoom], stackalloc char[SignatureBase.InputRoom]);
        try
        {
            if (!TakeComponents(fields, request, status, digest, from, run, ref message))
                return null;
            message.Finish(fields.Input);
            return key.Holds(message.Text, fields) && from == request.To && RequestEnvelope.IsId(run) && ContentDigest.Holds(digest, body.Span)
                ? new(from, run, DateTimeOffset.FromUnixTimeSeconds(Math.Min(created, 253_402_300_799)))
                : null;
        }
        finally
        {
            message.Dispose();
        }
    }

    /// <summary>Each of the six once, in any order, and nothing else.</summary>
    private static bool TakeComponents(
        SignedFields fields, RequestProof request, int status, string digest, string from, string run, scoped ref SignatureBase message)
    {
        var input = fields.Input;
        var seen = 0;
        for (var i = 1; i < input.Parts.Length; i++)
        {
            if (input.Parts[i].Role != SfRole.Item)
                continue;
            var index = Find(input.Value(input.Parts[i]));
            if (index < 0 || (seen & (1 << index)) != 0 || !Matches(input, i, Covered[index], request))
                return false;
            seen |= 1 << index;
            message.Add(input, i, Value(Covered[index], request, status, digest, from, run));
        }

        return seen == (1 << Covered.Length) - 1;
    }

    private static int Find(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Covered.Length; i++)
        {
            if (name.SequenceEqual(Covered[i]))
                return i;
        }

        return -1;
    }

    private static string Parameters(string name, RequestProof request) => name switch
    {
        Components.Method => ";req",
        Components.Signature => request.Label == SignatureHeaders.Label ? $";req;key=\"{SignatureHeaders.Label}\"" : $";req;key=\"{request.Label}\"",
        _ => "",
    };

    /// <summary>Parameters of a component are a set: their order is the signer's.</summary>
    private static bool Matches(SfDictionary input, int item, string name, RequestProof request)
    {
        var parameters = input.After(item, SfRole.ItemParameter);
        if (parameters.Length != name switch { Components.Method => 1, Components.Signature => 2, _ => 0 })
            return false;
        foreach (var part in parameters)
        {
            if (input.Key(part) switch
            {
                "req" => part is not { Kind: BareKind.Flag, Number: 1 },
                "key" => name != Components.Signature || part.Kind != BareKind.Text || !input.Value(part).SequenceEqual(request.Label),
                _ => true,
            })
                return false;
        }

        return true;
    }

    private static string Value(string name, RequestProof request, int status, string digest, string from, string run) => name switch
    {
        Components.Status => status.ToString(CultureInfo.InvariantCulture),
        Components.Method => request.Method,
        Components.Signature => request.Signature,
        Components.ContentDigest => digest,
        Components.From => from,
        _ => run,
    };
}
