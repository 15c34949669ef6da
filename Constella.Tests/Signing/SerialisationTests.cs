using Constella.Core.Signing;
using FsCheck;
using FsCheck.Fluent;
using static Constella.Tests.Signing.SignedCall;

namespace Constella.Tests.Signing;

/// <summary>Rule X1: an ordinary RFC 9421 library's way of writing is as good as ours; a way round what must be covered is not.</summary>
public sealed class SerialisationTests
{
    private const string Components =
        "(\"@method\" \"@path\" \"@query\" \"content-digest\" \"constella-from\" \"constella-to\" \"constella-run\")";

    private static readonly string Created = $"created={Noon.ToUnixTimeSeconds()}";
    private static readonly string Expires = $"expires={Noon.ToUnixTimeSeconds() + 30}";
    private static readonly string Rest = $";{Created};{Expires};nonce=\"abcdefghijklmnop\";keyid=\"g1\";alg=\"hmac-sha256\"";

    [Fact]
    public void Any_order_of_components_and_parameters_is_accepted()
    {
        string[] components = [.. Components.Trim('(', ')').Split(' ')];
        string[] parameters = [.. Rest.Split(';', StringSplitOptions.RemoveEmptyEntries)];
        var orders = Gen.Zip(Gen.Shuffle(components), Gen.Shuffle(parameters)).ToArbitrary();
        Prop.ForAll(orders, order =>
            new SignedCall().Resign($"({string.Join(' ', order.Item1)});{string.Join(';', order.Item2)}").Judge() is Verdict.Ok)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Another_label_and_blanks_where_rfc_8941_allows_them_are_accepted()
    {
        var call = new SignedCall().Resign(Components + Rest, "my-label_2");
        call[SignatureHeaders.SignatureInput] = " my-label_2=( " + Components.Trim('(', ')').Replace(" ", "   ", StringComparison.Ordinal) + "  )" +
            Rest.Replace(";", ";  ", StringComparison.Ordinal) + " ";

        Assert.IsType<Verdict.Ok>(call.Judge());
    }

    [Fact]
    public void Another_header_field_may_be_covered_too()
    {
        var call = new SignedCall { ["Content-Type"] = "application/json" };
        call.Resign(Components.Replace(")", " \"content-type\")", StringComparison.Ordinal) + Rest);

        Assert.IsType<Verdict.Ok>(call.Judge());
        call["Content-Type"] = "text/plain";
        Assert.IsType<Verdict.Unauthorized>(call.Judge());
    }

    [Theory]
    [InlineData("\"@method\" ")]
    [InlineData("\"@path\" ")]
    [InlineData("\"@query\" ")]
    [InlineData("\"content-digest\" ")]
    [InlineData("\"constella-from\" ")]
    [InlineData("\"constella-to\" ")]
    [InlineData(" \"constella-run\"")]
    public void A_valid_mac_over_too_little_is_refused(string component) => Refused(Components.Replace(component, "", StringComparison.Ordinal) + Rest);

    [Theory]
    [InlineData("\"@method\" \"@method\"")]
    [InlineData("\"@method\";req")]
    [InlineData("\"@method\" \"@authority\"")]
    [InlineData("\"@method\" \"@signature-params\"")]
    [InlineData("\"@method\" \"signature\"")]
    [InlineData("\"@method\" \"Content-Digest\"")]
    [InlineData("\"@method\" \"absent-field\"")]
    [InlineData("\"@method\" token")]
    public void Odd_components_are_refused(string instead) => Refused(Components.Replace("\"@method\"", instead, StringComparison.Ordinal) + Rest);

    [Fact]
    public void Odd_parameters_are_refused()
    {
        Refused(Components + Rest + ";unknown=1");
        foreach (var parameter in Rest.Split(';', StringSplitOptions.RemoveEmptyEntries))
            Refused(Components + Rest.Replace(";" + parameter, "", StringComparison.Ordinal));
        Refused(Components + Rest.Replace(Expires, $"expires={Noon.ToUnixTimeSeconds() + 31}", StringComparison.Ordinal));
        Refused(Components + Rest.Replace(Expires, $"expires={Noon.ToUnixTimeSeconds()}", StringComparison.Ordinal));
        Refused(Components + Rest.Replace("abcdefghijklmnop", "short", StringComparison.Ordinal));
        Refused(Components + Rest.Replace("abcdefghijklmnop", new string('n', 129), StringComparison.Ordinal));
        Refused(Components + Rest.Replace("\"g1\"", "g1", StringComparison.Ordinal));
        Refused(Components + Rest.Replace("\"g1\"", "\"g01\"", StringComparison.Ordinal));
        Refused(Components + Rest.Replace("\"hmac-sha256\"", "\"none\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_signature_in_the_same_fields_is_refused()
    {
        var call = new SignedCall();
        call[SignatureHeaders.SignatureInput] += ", other=" + Components + Rest;
        Assert.IsType<Verdict.Unauthorized>(call.Judge());

        call = new SignedCall();
        call[SignatureHeaders.Signature] += ", other=:AAAA:";
        Assert.IsType<Verdict.Unauthorized>(call.Judge());
    }

    [Fact]
    public void Whatever_is_cut_or_put_into_the_fields_nothing_but_the_original_is_accepted_and_nothing_throws()
    {
        var original = new SignedCall();
        string[] fields = [SignatureHeaders.SignatureInput, SignatureHeaders.Signature, SignatureHeaders.ContentDigest, SignatureHeaders.From, SignatureHeaders.Run];
        var edits = Gen.Zip(Gen.Elements(fields), Gen.Zip(Gen.Choose(0, 300), Gen.Choose(0, 127))).ToArbitrary();
        Prop.ForAll(edits, edit =>
        {
            var call = new SignedCall();
            var (field, (at, with)) = (edit.Item1, (edit.Item2.Item1, edit.Item2.Item2));
            var text = call[field].ToCharArray();
            if (text[at % text.Length] == (char)with)
                return true;
            text[at % text.Length] = (char)with;
            call[field] = new(text);
            return call.Judge() is Verdict.Unauthorized;
        }).QuickCheckThrowOnFailure();
        Assert.IsType<Verdict.Ok>(original.Judge());
    }

    [Fact]
    public void A_body_without_a_digest_is_refused_though_all_that_is_sent_is_covered()
    {
        var call = new SignedCall();
        call.Headers.Remove(SignatureHeaders.ContentDigest);
        call.Resign(Components.Replace("\"content-digest\" ", "", StringComparison.Ordinal) + Rest);

        Assert.IsType<Verdict.Unauthorized>(call.Judge());
    }

    [Fact]
    public void A_signature_that_has_expired_is_refused_before_30_seconds_are_over()
    {
        var call = new SignedCall().Resign(Components + Rest.Replace(Expires, $"expires={Noon.ToUnixTimeSeconds() + 5}", StringComparison.Ordinal));

        Assert.IsType<Verdict.ClockOff>(call.Judge(now: At(Noon.AddSeconds(6))));
        Assert.IsType<Verdict.Ok>(call.Judge(now: At(Noon.AddSeconds(5))));
    }

    private static void Refused(string input) => Assert.IsType<Verdict.Unauthorized>(new SignedCall().Resign(input).Judge());
}
