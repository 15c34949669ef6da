using System.Text;
using Constella.Core.Signing;
using static Constella.Tests.Signing.SignedCall;

namespace Constella.Tests.Signing;

/// <summary>Rule X4.</summary>
public sealed class ResponseSignerTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"ok\":true}");

    [Theory]
    [InlineData(200, "{\"ok\":true}")]
    [InlineData(204, "")]
    [InlineData(401, "{}")]
    public void A_signed_answer_proves_who_answered_with_which_run_and_when(int status, string body)
    {
        var call = new SignedCall();
        var proof = call.Judge().Proof!;
        Assert.Equal(call.Proof, proof);
        var headers = Headers(ResponseSigner.Sign(Keys, proof, BravoRun, status, Encoding.UTF8.GetBytes(body), Noon.AddSeconds(5)));

        var answer = ResponseSigner.Verify(Keys, call.Proof, status, headers.Lookup(), Encoding.UTF8.GetBytes(body));

        Assert.Equal(new SignedAnswer(Bravo, BravoRun, Noon.AddSeconds(5)), answer);
    }

    [Fact]
    public void A_caller_whose_clock_is_off_learns_the_time()
    {
        var call = new SignedCall(at: Noon.AddMinutes(-40));
        var verdict = Assert.IsType<Verdict.ClockOff>(call.Judge());
        var headers = Headers(ResponseSigner.Sign(Keys, verdict.Proof!, BravoRun, 401, Body, Noon));

        Assert.Equal(Noon, ResponseSigner.Verify(Keys, call.Proof, 401, headers.Lookup(), Body)!.Created);
    }

    [Fact]
    public void Each_part_of_an_answer_that_is_altered_makes_it_worthless()
    {
        var call = new SignedCall();
        var other = new SignedCall();
        var signed = ResponseSigner.Sign(Keys, call.Proof, BravoRun, 200, Body, Noon);
        Assert.NotNull(Check(_ => { }));
        Assert.Null(Check(_ => { }, status: 201));
        Assert.Null(Check(_ => { }, body: "{\"ok\":fals}"));
        Assert.Null(Check(_ => { }, proof: other.Proof));
        Assert.Null(Check(_ => { }, proof: call.Proof with { Method = "GET" }));
        Assert.Null(Check(_ => { }, proof: call.Proof with { To = Alpha, From = Bravo }));
        Assert.Null(Check(h => h[SignatureHeaders.From] = [Alpha]));
        Assert.Null(Check(h => h[SignatureHeaders.Run] = ["0123456789abcdee"]));
        Assert.Null(Check(h => h[SignatureHeaders.ContentDigest] = [ContentDigest.Of("{}"u8)], body: "{}"));
        Assert.Null(Check(h => h[SignatureHeaders.SignatureInput][0] = h[SignatureHeaders.SignatureInput][0]!.Replace("created=1", "created=2", StringComparison.Ordinal)));
        Assert.Null(Check(h => h[SignatureHeaders.SignatureInput].Add(h[SignatureHeaders.SignatureInput][0])));
        foreach (var (name, _) in signed)
            Assert.Null(Check(h => h.Remove(name)));

        SignedAnswer? Check(Action<Dictionary<string, List<string?>>> alter, int status = 200, string? body = null, RequestProof? proof = null)
        {
            var headers = Headers(signed);
            alter(headers);
            return ResponseSigner.Verify(Keys, proof ?? call.Proof, status, headers.Lookup(), body is null ? Body : Encoding.UTF8.GetBytes(body));
        }
    }

    [Fact]
    public void A_request_sent_back_is_no_answer_and_an_answer_is_no_request()
    {
        var call = new SignedCall();
        Assert.Null(ResponseSigner.Verify(Keys, call.Proof, 200, call.Headers.Lookup(), call.Request.Body));

        var answered = new SignedCall();
        foreach (var (name, value) in ResponseSigner.Sign(Keys, answered.Proof, BravoRun, 200, answered.Request.Body, Noon))
            answered[name] = value;
        Assert.IsType<Verdict.Unauthorized>(answered.Judge());
    }

    private static Dictionary<string, List<string?>> Headers(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.ToDictionary(h => h.Key, h => new List<string?> { h.Value }, StringComparer.OrdinalIgnoreCase);
}
