using System.Text.RegularExpressions;

namespace Constella.Tests.Tidy;

public partial class ReadmeTests
{
    private static readonly SourceFile English = Repository.File("README.md");
    private static readonly SourceFile Russian = Repository.File("README.ru.md");

    public static TheoryData<string> Documents { get; } =
        [.. Repository.Files.Select(file => file.Path).Where(path => path.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void The_two_languages_have_the_same_headings() => Assert.Equal(Levels(English), Levels(Russian));

    [Fact]
    public void The_two_languages_have_the_same_commands()
    {
        Assert.NotEmpty(Commands(English));
        Assert.Equal(Commands(English), Commands(Russian));
        Assert.Equal(Blocks(English).Count(), Blocks(Russian).Count());
    }

    [Fact]
    public void Both_list_the_same_configuration() => Assert.Equal(Variables(English), Variables(Russian));

    [Fact]
    public void The_configuration_listed_is_the_configuration_read()
    {
        var read = RawKey().Matches(Repository.File("Constella.Api/Configuration/RawOptions.cs").Text)
            .Select(match => "CONSTELLA_" + match.Groups[1].Value);
        Assert.Equal(read.Order(StringComparer.Ordinal), Variables(English));
    }

    [Fact]
    public void Commands_that_are_shown_exist()
    {
        var installer = Repository.File("install.sh").Text;
        var tests = Repository.File("test.sh").Text;
        var cli = string.Concat(Repository.CSharp.Where(file => file.Path.StartsWith("Constella.Api/Cli/", StringComparison.Ordinal)).Select(file => file.Text));
        foreach (var line in Commands(English))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(words[0] switch
            {
                "./install.sh" => Regex.IsMatch(installer, $@"\b{words[1]}\b"),
                "./test.sh" => words.Length == 1 || Regex.IsMatch(tests, $@"\b{words[1]}\b"),
                "constella" => cli.Contains($"\"{words[1]}\"", StringComparison.Ordinal),
                "git" or "cd" or "docker" or "sudo" => true,
                var path => Repository.Has(path),
            }, line);
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_inside_the_repository_lead_somewhere(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var broken = Link().Matches(Repository.File(path).Text).Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains(':', StringComparison.Ordinal) && !Repository.Has(Path.Combine(folder, target)));
        Findings.None(broken);
    }

    private static IEnumerable<int> Levels(SourceFile file) =>
        Fence().Replace(file.Text, "").Split('\n').Where(line => line.StartsWith('#')).Select(line => line.TakeWhile(c => c == '#').Count());

    private static IEnumerable<(string Language, string Text)> Blocks(SourceFile file) =>
        Fence().Matches(file.Text).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    private static IEnumerable<string> Commands(SourceFile file) =>
        Blocks(file).Where(block => block.Language == "sh").SelectMany(block => block.Text.Split('\n'))
            .Select(line => line.Split("  #")[0].Trim()).Where(line => line.Length > 0);

    private static IEnumerable<string> Variables(SourceFile file) =>
        Variable().Matches(file.Text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\| `(CONSTELLA_[A-Z_]+)`", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("\"([A-Z]+(?:_[A-Z]+)*)\"")]
    private static partial Regex RawKey();
}
