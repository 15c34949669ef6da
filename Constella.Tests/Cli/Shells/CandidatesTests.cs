using Constella.Api;
using Constella.Api.Cli;
using Constella.Api.Cli.Shells;

namespace Constella.Tests.Cli.Shells;

public class CandidatesTests
{
    [Theory]
    [InlineData("tra", "traffic transfer")]
    [InlineData("--state-dir x tra", "traffic transfer")]
    [InlineData("invite ", "list revoke")]
    [InlineData("stats e", "echo-02")]
    [InlineData("stats echo-02 ", "")]
    [InlineData("speed delta-01 ", "delta-01 echo-02")]
    [InlineData("restart --node ec", "echo-02")]
    [InlineData("logs --level ", "debug error information warning")]
    [InlineData("logs --fo", "--follow")]
    [InlineData("logs --js", "--json")]
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("config set metrics.", "metrics.token")]
    [InlineData("nonsense ", "")]
    public void What_may_come_is_offered(string line, string offered) => Assert.Equal(offered, string.Join(' ', Of(line).Select(candidate => candidate.Text).Order(StringComparer.Ordinal)));

    [Fact]
    public void Every_verb_but_the_hidden_is_offered_with_what_it_is()
    {
        var all = Of("").ToList();
        Assert.True(all.Count > 30, $"{all.Count}");
        Assert.All(all, candidate => Assert.NotEmpty(candidate.About!));
        Assert.DoesNotContain(all, candidate => candidate.Text == "complete");
    }

    [Fact]
    public async Task The_program_answers_the_shells_question()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("complete", "--", "stats", "--json", ""));
        Assert.Equal("delta-01\necho-02\n", cli.Console.Printed);
    }

    [Fact]
    public async Task Without_a_network_no_node_is_offered_and_nothing_is_told()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("complete", "--", "stats", ""));
        Assert.Equal("", cli.Console.Printed + cli.Console.Told);
    }

    private static IEnumerable<Candidate> Of(string line) =>
        Candidates.Of(CommandLine.Tree(new CliHost(new FakeConsole(), TimeProvider.System)), line.Split(' '), static () => ["delta-01", "echo-02"]);
}
