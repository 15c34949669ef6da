using Constella.Core.Signing;
using FsCheck;
using FsCheck.Fluent;

namespace Constella.Tests.Signing;

public sealed class StructuredFieldsTests
{
    [Theory]
    [InlineData("a=1, b=:AQ==:,\tc=(\"x\" \"y\";k);z=?0, d", 4)]
    [InlineData("  a=\"q\\\"\\\\\"; p=tok/en ;q", 0)]
    [InlineData("a=\"q\\\"\\\\\"; p=tok/en; q", 1)]
    [InlineData("", 0)]
    public void Dictionaries_are_read_as_rfc_8941_says(string text, int members)
    {
        var read = StructuredFields.TryParseDictionary(text, out var found);

        Assert.Equal(members > 0 || text.Length == 0, read);
        Assert.Equal(members, found.Count);
    }

    [Theory]
    [InlineData("a=1,")]
    [InlineData("a=1 b=2")]
    [InlineData("a=1, a=2")]
    [InlineData("a;p=1;p=2")]
    [InlineData("A=1")]
    [InlineData("a=")]
    [InlineData("a=(\"x\"\"y\")")]
    [InlineData("a=(\"x\"")]
    [InlineData("a=\"x")]
    [InlineData("a=\"\\x\"")]
    [InlineData("a=\"\u00e9\"")]
    [InlineData("a=:AQ=:")]
    [InlineData("a=:AR==:")]
    [InlineData("a=:AQ==")]
    [InlineData("a=1.5")]
    [InlineData("a=1234567890123456")]
    [InlineData("a=?2")]
    [InlineData("a=@1")]
    public void What_is_malformed_or_ambiguous_is_refused(string text) =>
        Assert.False(StructuredFields.TryParseDictionary(text, out _));

    [Fact]
    public void No_text_makes_the_parser_throw()
    {
        var pieces = Gen.Elements("a", "=", "(", ")", "\"", ":", ";", ",", " ", "\\", "?1", "12", "-", "AQ==", "é", "\0", "*");
        var texts = pieces.ArrayOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, text =>
        {
            _ = StructuredFields.TryParseDictionary(text, out var members);
            return members is not null;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_text_survives_being_written_and_read()
    {
        var printable = Gen.Choose(' ', '~').Select(c => (char)c).ArrayOf().Select(c => new string(c)).ToArbitrary();
        Prop.ForAll(printable, text =>
            StructuredFields.TryParseDictionary("a=" + new Bare(BareKind.Text, text).Serialised, out var members) &&
            members[0].Item!.Text == text).QuickCheckThrowOnFailure();
    }
}
