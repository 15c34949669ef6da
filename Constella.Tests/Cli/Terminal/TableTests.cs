using Constella.Api.Cli.Terminal;

namespace Constella.Tests.Cli.Terminal;

public class TableTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_lines_end_without_blanks() =>
        Assert.Equal("NAME       RTT  NOTE\ndelta-01  9 ms\necho-02   12 s  slow\n", Written(100));

    [Fact]
    public void On_a_narrow_terminal_the_most_dispensable_column_goes() =>
        Assert.Equal("NAME       RTT\ndelta-01  9 ms\necho-02   12 s\n", Written(18));

    [Fact]
    public void What_does_not_fit_even_then_is_cut_with_a_sign()
    {
        var table = new Table(new Column("A"), new Column("B"));
        table.Add("one", "a long sentence");
        Assert.Equal("A    B\none  a long…\n", Written(table, 12));
    }

    [Fact]
    public void A_column_in_which_nobody_says_anything_is_left_out()
    {
        var table = new Table(new Column("A"), new Column("B", Spare: 1), new Column("C"));
        table.Add("1", "", "3");
        Assert.Equal("A  C\n1  3\n", Written(table, 80));
    }

    [Fact]
    public void Colours_do_not_count_as_width()
    {
        var table = new Table(new Column("A"), new Column("B"));
        table.Add(new Cell("x", Tone.Bad), "y");
        var writer = new StringWriter { NewLine = "\n" };
        table.Write(writer, new Ink(color: true, unicode: true), 80);
        Assert.Contains("\e[31mx\e[0m  y\n", writer.ToString(), StringComparison.Ordinal);
    }

    private static string Written(int width)
    {
        var table = new Table(new Column("NAME"), new Column("RTT", Right: true), new Column("NOTE", Spare: 1));
        table.Add("delta-01", "9 ms", "");
        table.Add("echo-02", "12 s", "slow");
        return Written(table, width);
    }

    private static string Written(Table table, int width)
    {
        var writer = new StringWriter { NewLine = "\n" };
        table.Write(writer, new Ink(color: false, unicode: true), width);
        return writer.ToString();
    }
}
