using System.Text.RegularExpressions;

namespace Constella.Tests.Tidy;

public partial class SizeTests
{
    private const int FileLimit = 300;
    private const int FunctionLimit = 70;

    [Fact]
    public void Files_are_at_most_300_lines_or_say_why_not()
    {
        var long_files = Repository.CSharp.Concat(Repository.Scripts)
            .Where(file => file.Length > FileLimit && !file.Text.Contains("Longer than 300 lines because ", StringComparison.Ordinal))
            .Select(file => $"{file.Path}: {file.Length}");
        Findings.None(long_files);
    }

    [Fact]
    public void Functions_are_at_most_70_lines()
    {
        var long_functions = Repository.CSharp.SelectMany(CSharpFunctions).Concat(Repository.Scripts.SelectMany(ShellFunctions))
            .Where(function => function.Length > FunctionLimit)
            .Select(function => $"{function.Where}: {function.Length}");
        Findings.None(long_functions);
    }

    [Fact]
    public void Functions_are_found_where_they_are()
    {
        var file = new SourceFile("x.cs",
        [
            "namespace A;", "", "public class B(int c)", "{", "    public int D()", "    {", "        if (true)", "        {", "        }",
            "        return 1;", "    }", "", "    int E(int f) => f switch", "    {", "        _ => 1,", "    };", "}", "",
        ]);
        Assert.Equal([("x.cs:5", 7), ("x.cs:13", 4)], CSharpFunctions(file));
        Assert.Equal([("x.sh:1", 3)], ShellFunctions(new SourceFile("x.sh", ["a() {", "  true", "}", ""])));
    }

    // Formatting is checked, so a body opens and closes on lines of their own at one depth.
    private static IEnumerable<(string Where, int Length)> CSharpFunctions(SourceFile file)
    {
        for (var open = 1; open < file.Lines.Length; open++)
        {
            if (file.Lines[open].Trim() != "{")
                continue;
            var start = HeaderStart(file.Lines, open);
            var header = string.Join(' ', file.Lines[start..open]).Trim();
            if (!header.Contains('(', StringComparison.Ordinal) || NoFunction().IsMatch(header))
                continue;
            var indent = file.Lines[open].IndexOf('{', StringComparison.Ordinal);
            var closing = new string(' ', indent) + "}";
            var close = Array.FindIndex(file.Lines, open, line => line.StartsWith(closing, StringComparison.Ordinal));
            if (close > open)
                yield return ($"{file.Path}:{start + 1}", close - start + 1);
        }
    }

    private static int HeaderStart(string[] lines, int open)
    {
        var start = open - 1;
        while (start > 0 && !EndsStatement(lines[start - 1].TrimEnd()))
            start--;
        return start;
    }

    private static bool EndsStatement(string line) =>
        line.Length == 0 || line[^1] is ';' or '{' or '}' or ']' || line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    private static IEnumerable<(string Where, int Length)> ShellFunctions(SourceFile file)
    {
        for (var start = 0; start < file.Lines.Length; start++)
        {
            if (!ShellHeader().IsMatch(file.Lines[start]))
                continue;
            var close = Array.IndexOf(file.Lines, "}", start);
            if (close > start)
                yield return ($"{file.Path}:{start + 1}", close - start + 1);
        }
    }

    [GeneratedRegex(@"^(if|for|foreach|while|switch|using|lock|try|else|do|catch|finally|fixed|unsafe|checked)\b|= new\(\)$|\b(class|record|struct|interface|enum|namespace) \w")]
    private static partial Regex NoFunction();

    [GeneratedRegex(@"^(async )?(function )?\w+\(.*\) \{$")]
    private static partial Regex ShellHeader();
}
