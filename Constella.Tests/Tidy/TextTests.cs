using System.Text.RegularExpressions;

namespace Constella.Tests.Tidy;

public class TextTests
{
    // Put together here, so that this file is not what it looks for.
    private static readonly Regex Unfinished = new(string.Join('|', "TO" + "DO", "FIX" + "ME", "XX" + "X:", "NotImplemented" + "Exception"));
    private static readonly Regex OneMachine = new(@"(?<![\w.~-])/(" + string.Join('|', "ho" + @"me/\w", "Us" + @"ers/\w", "wo" + "rk/", "tmp/" + "wt") + ")");
    private static readonly Regex Sleeping = new(@"\bThread\." + @"Sleep\(");

    [Fact]
    public void Nothing_is_left_for_later() => Findings.None(Hits(Repository.CSharp.Concat(Repository.Scripts), Unfinished));

    [Fact]
    public void No_file_knows_the_folders_of_one_machine() => Findings.None(Hits(Repository.Files, OneMachine));

    [Fact]
    public void Tests_do_not_sleep() => Findings.None(
        Hits(Repository.CSharp.Where(file => file.Path.StartsWith("Constella.Tests/", StringComparison.Ordinal)), Sleeping));

    [Fact]
    public void The_patterns_match_what_they_are_for()
    {
        Assert.Matches(Unfinished, "// TO" + "DO later");
        Assert.Matches(OneMachine, "cd /ho" + "me/ann/constella");
        Assert.DoesNotMatch(OneMachine, "net" + "wo" + "rk/peers and /proc");
        Assert.Matches(Sleeping, "Thread." + "Sleep(5)");
    }

    private static IEnumerable<string> Hits(IEnumerable<SourceFile> files, Regex pattern) =>
        from file in files
        from line in file.Lines.Index()
        where pattern.IsMatch(line.Item)
        select $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}";
}
