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
        var read = StructuredFields.TryParseDictionary(text, Room(), out var found);

        Assert.Equal(members > 0 || text.Length == 0, read);
        Assert.Equal(members, Members(found));
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
        Assert.False(StructuredFields.TryParseDictionary(text, Room(), out _));

    [Fact]
    public void No_text_makes_the_parser_throw()
    {
        var pieces = Gen.Elements("a", "=", "(", ")", "\"", ":", ";", ",", " ", "\\", "?1", "12", "-", "AQ==", "é", "\0", "*");
        var texts = pieces.ArrayOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, text =>
        {
            var read = StructuredFields.TryParseDictionary(text, Room(), out var found);
            return read || found.Parts.IsEmpty;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_text_survives_being_written_and_read()
    {
        var printable = Gen.Choose(' ', '~').Select(c => (char)c).ArrayOf().Select(c => new string(c)).ToArbitrary();
        Prop.ForAll(printable, text =>
        {
            var field = $"a;b=\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
            return StructuredFields.TryParseDictionary(field, Room(), out var read) && "a" + Written(read) == field;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("a; b=007;  c;d=?1;e=?0;f=-0;g=:AQ==:", ";b=7;c;d;e=?0;f=0;g=:AQ==:")]
    [InlineData("a=(\"x\";y \"z\");b=to/ken ", ";b=to/ken")]
    public void Parameters_are_written_in_one_way_however_they_came(string text, string written)
    {
        Assert.True(StructuredFields.TryParseDictionary(text, Room(), out var read));

        Assert.Equal(written, Written(read));
    }

    [Fact]
    public void A_field_of_more_parts_than_there_is_room_for_is_refused()
    {
        var most = string.Join(';', Enumerable.Range(0, StructuredFields.MostParts).Select(i => $"p{i}"));

        Assert.True(StructuredFields.TryParseDictionary(most, Room(), out var read));
        Assert.Equal(StructuredFields.MostParts, read.Parts.Length);
        Assert.False(StructuredFields.TryParseDictionary(most + ";q", Room(), out _));
    }

    private static SfPart[] Room() => new SfPart[StructuredFields.MostParts];

    private static int Members(SfDictionary read)
    {
        var count = 0;
        foreach (var part in read.Parts)
            count += part.Role == SfRole.Member ? 1 : 0;
        return count;
    }

    /// <summary>The parameters of the only member.</summary>
    private static string Written(SfDictionary read)
    {
        var text = new CharText([]);
        var parameters = read.Parts.ToArray().Where(part => part.Role == SfRole.Parameter).ToArray();
        read.Write(parameters, ref text);
        return text.Written.ToString();
    }
}
