using System.Text;
using System.Text.RegularExpressions;
using Constella.Core.Signing;
using Constella.Tests.Simulation;
using static Constella.Tests.Signing.SignedCall;

namespace Constella.Tests.Signing;

/// <summary>Rule X1, by number: whatever is changed in a signed request, anywhere in it, it is refused and burns no nonce.</summary>
public sealed partial class MutatedSignatureTests
{
    private const int Calls = 1_000;
    private const int MutationsOfEach = 100;

    // Blanks are left out: RFC 8941 allows them in places, and the text that is signed does not change with them.
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?%=&:;,\"()+*@!";

    private static readonly string[] Bodies = ["", "{}", "{\"id\":1,\"text\":\"ü\"}", new('x', 300)];
    private static readonly string[] Targets = ["/peers", "/stats?target=%61&x=%20", "/heartbeat", "/", "/reboot?why=test"];

    [Fact]
    public void A_hundred_thousand_mutated_requests_are_refused_and_each_unmutated_one_is_accepted()
    {
        var random = new SimRandom(9421);
        var accepted = new List<string>();
        for (var i = 0; i < Calls; i++)
        {
            var nonces = new NonceCache();
            var (method, target) = (random.Chance(500) ? "GET" : "POST", Targets[random.Index(Targets.Length)]);
            var call = new SignedCall(method, target, Bodies[random.Index(Bodies.Length)], run: random.Chance(700) ? BravoRun : null);
            for (var j = 0; j < MutationsOfEach; j++)
            {
                var (what, request, headers) = Mutate(call, random);
                var verdict = Verifier(nonces).Verify(request, headers.Lookup(), Keys, id => id is Alpha or Bravo, At(Noon));
                if (verdict is not Verdict.Unauthorized { Proof: null })
                    accepted.Add($"{what}: {verdict}");
            }
            Assert.True(accepted.Count == 0, string.Join('\n', accepted));
            Assert.Equal(0, nonces.Count);
            Assert.IsType<Verdict.Ok>(call.Judge(nonces));
        }
    }

    private static (string What, RequestParts Request, Dictionary<string, List<string?>> Headers) Mutate(SignedCall call, SimRandom random)
    {
        var headers = new Dictionary<string, List<string?>>(call.Headers, StringComparer.OrdinalIgnoreCase);
        var request = call.Request;
        switch (random.Index(10))
        {
            case 0:
                request = request with { Method = Changed(request.Method, random) };
                return ($"method {request.Method}", request, headers);
            case 1:
                // No query and a lone `?` are signed alike (RFC 9421, 2.2.7), and ask for the same.
                while ((request.Path, request.Query) == (call.Request.Path, call.Request.Query))
                    request = request with { RawTarget = Changed(request.RawTarget, random) };
                return ($"target {request.RawTarget}", request, headers);
            case 2:
                request = request with { Body = ChangedBytes(request.Body.ToArray(), random) };
                return ($"body {Encoding.Latin1.GetString(request.Body.Span)}", request, headers);
            case 3:
                var left = headers.Keys.ElementAt(random.Index(headers.Count));
                headers.Remove(left);
                return ($"without {left}", request, headers);
            case 4:
                var doubled = headers.Keys.ElementAt(random.Index(headers.Count));
                headers[doubled] = [.. headers[doubled], random.Chance(500) ? headers[doubled][0] : Changed(headers[doubled][0]!, random)];
                return ($"{doubled} twice", request, headers);
            default:
                var name = headers.Keys.ElementAt(random.Index(headers.Count));
                var value = Changed(headers[name][0]!, random);
                // So are leading zeros: what is signed is the number.
                while (LeadingZeros().Replace(value, "") == headers[name][0])
                    value = Changed(headers[name][0]!, random);
                headers[name] = [value];
                return ($"{name}: {value}", request, headers);
        }
    }

    /// <summary>Another text: a character is replaced, put in, taken out, or two change places, once or more.</summary>
    private static string Changed(string text, SimRandom random)
    {
        var changed = new StringBuilder(text);
        do
        {
            var at = random.Index(changed.Length + 1);
            var letter = Alphabet[random.Index(Alphabet.Length)];
            if (at == changed.Length || random.Chance(250))
                changed.Insert(at, letter);
            else if (random.Chance(333) && changed[at] != ' ')
                changed.Remove(at, 1);
            else if (random.Chance(500) && at > 0 && changed[at] != ' ' && changed[at - 1] != ' ')
                (changed[at], changed[at - 1]) = (changed[at - 1], changed[at]);
            else
                changed[at] = letter;
        }
        while (changed.Equals(text) || random.Chance(200));
        return changed.ToString();
    }

    [GeneratedRegex("(?<==)0+(?=[0-9])")]
    private static partial Regex LeadingZeros();

    private static byte[] ChangedBytes(byte[] body, SimRandom random)
    {
        if (body.Length == 0 || random.Chance(200))
            return [.. body, (byte)random.Index(256)];
        if (random.Chance(200))
            return body[..random.Index(body.Length)];
        body[random.Index(body.Length)] ^= (byte)(1 + random.Index(255));
        return body;
    }
}
