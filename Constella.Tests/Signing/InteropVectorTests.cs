using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Constella.Core.Cluster;
using Constella.Core.Signing;

namespace Constella.Tests.Signing;

/// <summary>
/// Constella's side of <c>tests/interop</c>: what an independent library signed is accepted here, and what Constella signs is what
/// that library accepts there. With CONSTELLA_UPDATE_VECTORS=1 Constella's side of the file is written anew.
/// </summary>
public sealed class InteropVectorTests
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string VectorFile = RepositoryFile.Path("tests", "interop", "vectors.json");
    private static readonly JsonNode Vectors = JsonNode.Parse(File.ReadAllText(VectorFile))!;
    private static readonly KeyRing Keys = new((string)Vectors["secret"]!, 1);

    [Fact]
    public void Requests_and_answers_are_signed_as_the_independent_library_has_accepted_them()
    {
        var update = Environment.GetEnvironmentVariable("CONSTELLA_UPDATE_VECTORS") == "1";
        foreach (var call in Vectors["calls"]!.AsArray().Select(c => c!.AsObject()))
        {
            var signed = Sign(call);
            var answer = call["answer"]!.AsObject();
            var answered = ResponseSigner.Sign(Keys, signed.Proof, Text(answer, "run")!, (int)answer["status"]!, Bytes(answer), Time(answer));
            if (update)
                (call["ours"], answer["ours"]) = (Json(signed.Headers), Json(answered));

            Assert.True(JsonNode.DeepEquals(Json(signed.Headers), call["ours"]), Text(call, "name"));
            Assert.True(JsonNode.DeepEquals(Json(answered), answer["ours"]), Text(call, "name"));
        }

        if (update)
            File.WriteAllText(VectorFile, Vectors.ToJsonString(Written) + "\n");
    }

    [Fact]
    public void Requests_that_the_independent_library_signed_are_accepted_and_its_answers_too()
    {
        foreach (var call in Vectors["calls"]!.AsArray().Select(c => c!.AsObject()))
        {
            var verifier = new RequestVerifier(Text(call, "to")!, Text(call, "run") ?? "0000000000000000", new());
            var verdict = verifier.Verify(Request(call), Lookup(call["theirs"]), Keys, _ => true, new Now(0, Time(call)));
            var answer = call["answer"]!.AsObject();

            Assert.True(verdict is Verdict.Ok, $"{Text(call, "name")}: {verdict}");
            Assert.Equal(
                new SignedAnswer(Text(call, "to")!, Text(answer, "run")!, Time(answer)),
                ResponseSigner.Verify(Keys, verdict.Proof!, (int)answer["status"]!, Lookup(answer["theirs"]), Bytes(answer)));
        }
    }

    private static SignedRequest Sign(JsonObject call) => RequestSigner.Sign(
        Keys, Request(call), Text(call, "from")!, Text(call, "to")!, Text(call, "run"), Time(call), Base64.FromUrl(Text(call, "nonce")));

    private static RequestParts Request(JsonObject call) => new(Text(call, "method")!, Text(call, "target")!, Bytes(call));

    private static string? Text(JsonObject part, string name) => (string?)part[name];

    private static byte[] Bytes(JsonObject part) => Encoding.UTF8.GetBytes(Text(part, "body") ?? "");

    private static DateTimeOffset Time(JsonObject part) => DateTimeOffset.FromUnixTimeSeconds((long)part["created"]!);

    private static JsonObject Json(IEnumerable<KeyValuePair<string, string>> headers) =>
        new(headers.Select(h => KeyValuePair.Create(h.Key, (JsonNode?)JsonValue.Create(h.Value))));

    private static HeaderLookup Lookup(JsonNode? headers)
    {
        var lines = headers!.AsObject().ToDictionary(h => h.Key, h => new List<string?> { (string?)h.Value }, StringComparer.OrdinalIgnoreCase);
        return lines.Lookup();
    }
}
