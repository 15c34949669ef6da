using System.Text;
using Constella.Core.Signing;

namespace Constella.Tests.Signing;

/// <summary>The RFCs' own examples.</summary>
public sealed class PublishedVectorTests
{
    // RFC 9421 B.1.5, the shared secret of all HMAC examples.
    private static readonly byte[] SharedSecret = Convert.FromBase64String(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==");

    [Fact]
    public void Rfc_9421_B_2_5_signature_base_and_hmac_are_reproduced()
    {
        const string input = "(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"";
        Assert.True(StructuredFields.TryParseDictionary($"sig-b25={input}", new SfPart[StructuredFields.MostParts], out var read));
        var message = new SignatureBase([], []);
        message.Add("date", "Tue, 20 Apr 2021 02:07:55 GMT");
        message.Add("@authority", "example.com");
        message.Add("content-type", "application/json");
        message.Finish(read);

        Assert.Equal(input, message.Input.ToString());
        Assert.Equal(
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n\"@signature-params\": " + input,
            message.Text.ToString());
        Assert.Equal(":pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:", new MacKey(SharedSecret).Of(message.Text, ""));
    }

    [Theory]
    [InlineData("{\"hello\": \"world\"}\n", "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=")]
    [InlineData("{\"hello\": \"world\"}", "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")]
    [InlineData("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    public void Rfc_9530_digests_are_reproduced_and_accepted(string body, string digest)
    {
        var bytes = Encoding.UTF8.GetBytes(body);

        Assert.Equal($"sha-256=:{digest}:", ContentDigest.Of(bytes));
        Assert.True(ContentDigest.Holds($"sha-512=:AAAA:, sha-256=:{digest}:", bytes));
        Assert.False(ContentDigest.Holds($"sha-512=:{digest}:", bytes));
        Assert.False(ContentDigest.Holds($"sha-256=:{digest}:", Encoding.UTF8.GetBytes(body + "x")));
    }
}
