using System.Text.Json;
using Constella.Api;
using Constella.Api.Audit;
using Constella.Core.Audit;

namespace Constella.Tests.Cli.Verbs;

/// <summary><c>constella audit</c></summary>
public sealed class AuditVerbTests
{
    private static AuditAnswer Answer { get; } = new(
        [
            new CommandInfo("1", FakeNode.Now, FakeNode.Self, "delta-01", "@username", "reboot", "echo-02", null, 7, AuditStage.Done, FakeNode.Now.AddSeconds(42), null),
            new CommandInfo("2", FakeNode.Now, FakeNode.Other, "echo-02", "cli", "evict", "fox-03", null, 7, AuditStage.Failed, FakeNode.Now, "no Host now"),
            new CommandInfo("3", FakeNode.Now, FakeNode.Other, "echo-02", "cli", "config", null, "alert.cpu=80", 7, AuditStage.Asked, null, null),
        ],
        null);

    [Fact]
    public async Task Audit_lists_who_what_target_and_result()
    {
        using var cli = new CliFixture { Node = new FakeNode { Audit = Answer } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("audit", "--last", "3"));
        Assert.Equal(((int?)3, false), Assert.Single(cli.Node.Orders));
        var lines = cli.Console.Printed.Split('\n');
        Assert.Matches("@username +reboot +echo-02 +done", lines[1]);
        Assert.Matches("cli +evict +fox-03 +failed.*", lines[2]);
        Assert.Matches("cli +config .* +not known", lines[3]);
    }

    [Fact]
    public async Task Audit_in_json_is_the_answer_of_the_node()
    {
        using var cli = new CliFixture { Node = new FakeNode { Audit = Answer } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("audit", "--json"));
        var first = JsonDocument.Parse(cli.Console.Printed).RootElement.GetProperty("commands")[0];
        Assert.Equal(("reboot", "done", "@username"), (first.GetProperty("action").GetString(), first.GetProperty("stage").GetString(), first.GetProperty("by").GetString()));
    }

    [Fact]
    public async Task Verify_tells_that_the_log_is_whole_or_what_is_wrong_with_it()
    {
        using var whole = new CliFixture { Node = new FakeNode { Audit = new AuditAnswer([], []) } }.WithState();
        Assert.Equal(ExitCode.Ok, await whole.RunAsync("audit", "--verify"));
        Assert.Contains("the audit log is whole", whole.Console.Printed, StringComparison.Ordinal);

        using var damaged = new CliFixture { Node = new FakeNode { Audit = new AuditAnswer([], ["entry 7 of echo-02 was changed after it was written"]) } }.WithState();
        Assert.Equal(ExitCode.BadState, await damaged.RunAsync("audit", "--verify"));
        Assert.Contains("constella: entry 7 of echo-02 was changed", damaged.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("many")]
    public async Task A_number_that_makes_no_sense_is_refused(string last)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("audit", "--last", last));
        Assert.Empty(cli.Node.Orders);
    }
}
