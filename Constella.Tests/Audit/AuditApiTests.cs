using System.Runtime.Versioning;
using Constella.Api;
using Constella.Api.Audit;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Api;
using Constella.Tests.Cli;

namespace Constella.Tests.Audit;

/// <summary>Rules U over HTTP, on whole nodes, and on real processes.</summary>
[SupportedOSPlatform("linux")]
public sealed class AuditApiTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Every_command_is_in_the_log_of_all_and_a_node_that_joins_late_has_what_was_before_it()
    {
        await SetAsync(_node, new Option(Options.AlertCpu, null, "80"));
        var invite = await _node.Client.InviteAsync(null, CancellationToken.None);
        await _node.Client.RevokeInviteAsync(invite.Id, CancellationToken.None);
        await using var echo = await _node.JoinAsync("echo-02");
        await SetAsync(echo, new Option(Options.AlertRam, echo.State.NodeId, "70"));
        await _node.Client.OrderAsync(AuditActions.Reboot, new CommandRequest { Id = new string('b', 32), Target = echo.State.NodeId, Term = Term.None }, CancellationToken.None);

        foreach (var node in new[] { _node, echo })
        {
            // The target's own line may be there before that of the node which was asked.
            var commands = await CommandsAsync(node, found => found.Count(command => command.Stage is AuditStage.Done or AuditStage.Taken) == 7 && found[6].By == "cli");
            Assert.Equal(["config", "invite", "revoke", "invite", "join", "config", "reboot"], commands.Select(command => command.Action));
            Assert.Equal(("alpha-01", "cli", "alert.cpu=80"), (commands[0].Node, commands[0].By, commands[0].Detail));
            Assert.Equal(("echo-02", AuditStage.Done), (commands[4].Target, commands[4].Stage));
            Assert.Equal(("echo-02", "cli"), (commands[5].Node, commands[5].By));
            Assert.Equal(("alpha-01", "cli", "echo-02", AuditStage.Taken), (commands[6].Node, commands[6].By, commands[6].Target, commands[6].Stage));
            Assert.Empty((await node.Client.AuditAsync(1, true, null, CancellationToken.None)).Verified!.Value);
        }
    }

    [Fact]
    public async Task What_is_refused_is_in_the_log_with_its_reason()
    {
        _node.Executor.Forbidden = "not here";
        var id = new string('c', 32);
        await Assert.ThrowsAsync<PeerException>(() => _node.Client.OrderAsync(AuditActions.Reboot, new CommandRequest { Id = id, Target = _node.State.NodeId, Term = Term.None }, CancellationToken.None));
        await Assert.ThrowsAsync<PeerException>(() => _node.Client.LeaveAsync(CancellationToken.None));
        var commands = await CommandsAsync(_node, found => found.Length == 2 && found.All(command => command.Stage == AuditStage.Failed));
        Assert.Equal((id, "cli", "not here"), (commands[0].Id, commands[0].By, commands[0].Reason));
        Assert.Contains("last node", commands[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_speed_test_is_in_the_log_by_who_wanted_it_and_by_who_measured_it()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        await _node.Client.ChangeSettingsAsync(new SettingsOrder { Options = [new Option(Options.SpeedMonthly, _node.State.NodeId, "0")] }, CancellationToken.None);
        var order = new SpeedOrder { Id = "00000000000000aa", Target = echo.State.NodeId, With = SpeedRun.Internet, Bytes = 2_000_000 };
        await _node.Client.StartSpeedAsync(order with { With = _node.State.NodeId }, CancellationToken.None);
        await Assert.ThrowsAsync<PeerException>(() => _node.Client.StartSpeedAsync(order with { Id = "00000000000000bb", Target = _node.State.NodeId }, CancellationToken.None));
        var commands = (await CommandsAsync(echo, found => found.Count(command => command is { Action: "speed", Stage: AuditStage.Failed }) == 2)).Where(command => command.Action == "speed").ToArray();
        Assert.Equal(("alpha-01", "cli", "echo-02", "alpha-01"), (commands[0].Node, commands[0].By, commands[0].Target, commands[0].Detail));
        Assert.All(commands, command => Assert.Contains("used up", command.Reason, StringComparison.Ordinal));
        Assert.Equal(("alpha-01", "internet"), (commands[1].Target, commands[1].Detail));
    }

    [Fact]
    public async Task No_secret_is_in_the_log()
    {
        await _node.Client.ChangeSettingsAsync(new SettingsOrder { BotToken = "123456:AAsecretsecret", OwnerUsername = "@username" }, CancellationToken.None);
        var invite = await _node.Client.InviteAsync(null, CancellationToken.None);
        var token = invite.Link.Split("token=")[1].Split('&')[0];
        await using var echo = await TestNode.StartAsync(TestNode.FreshOptions("echo-02"), (await TestNode.RedeemAsync(await _node.LinkAsync(), TestNode.FreshOptions("echo-02"))).State);
        await _node.Client.RotateAsync(CancellationToken.None);
        var commands = await CommandsAsync(_node, found => found.Any(command => command is { Action: "rotate", Stage: AuditStage.Done }));
        Assert.Equal("owner=@username, owner-id cleared, bot-token set", commands[0].Detail);
        var log = await File.ReadAllTextAsync(Path.Combine(_node.Options.StateDir, AuditStore.FileName));
        var state = StateStore.Read(_node.Options.StateDir)!;
        Assert.All(
            new[] { "AAsecret", token, state.NetworkSecret, _node.State.NetworkSecret, state.NodeKey!, state.Invites[0].Key },
            secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/audit?last=0")]
    [InlineData("/audit?last=1001")]
    [InlineData("/audit?last=many")]
    [InlineData("/audit?verify=perhaps")]
    public async Task A_question_that_makes_no_sense_is_400(string path)
    {
        var answer = await RawRequest.Get(_node, path).SendAsync();
        Assert.Equal((400, true), (answer.Status, answer.IsSigned));
    }

    [Theory]
    [InlineData("{\"have\":[{\"run\":\"nonsense\",\"number\":1}]}")]
    [InlineData("{\"have\":[{\"run\":\"0123456789abcdef\",\"number\":-1}]}")]
    [InlineData("{\"have\":[{\"run\":\"0123456789abcdef\",\"number\":1},{\"run\":\"0123456789abcdef\",\"number\":2}]}")]
    [InlineData("{\"have\":7}")]
    [InlineData("null")]
    public async Task A_pull_that_makes_no_sense_is_400(string body)
    {
        var answer = await RawRequest.Post(_node, "/audit/pull", body).SendAsync();
        Assert.Equal((400, true), (answer.Status, answer.IsSigned));
    }

    [Fact]
    public async Task A_process_that_was_away_catches_up_and_a_damaged_log_is_told_on_the_command_line()
    {
        using var away = new NodeProgram();
        var link = (await _node.Client.InviteAsync(null, CancellationToken.None)).Link;
        away.Environment["CONSTELLA_PUBLIC_ADDR"] = $"127.0.0.1:{away.Port}";
        var joined = await away.RunAsync(link, "join", "--server-name", "echo-02", "--join", "-");
        Assert.True(joined.Code == 0, joined.Error);
        var first = await away.NodeAsync();
        await _node.UntilAsync(view => view.Members.Length == 2 && view.Members.All(member => member.Health == Health.Alive) && StateStore.Read(_node.Options.StateDir)!.Members.Ids.Length == 2);
        await first.KillAsync();

        // Alone it has no majority: what it is asked for fails, and is in its log.
        await Assert.ThrowsAsync<PeerException>(() => SetAsync(_node, new Option(Options.AlertDisk, null, "77")));
        await CommandsAsync(_node, found => found[^1] is { Action: "config", Stage: AuditStage.Failed });
        await Assert.ThrowsAsync<PeerException>(() => _node.Client.EvictAsync(new EvictOrder { NodeId = StateStore.Read(away.State)!.NodeId }, CancellationToken.None));
        var refused = (await CommandsAsync(_node, found => found[^1].Action == "evict"))[^1];
        Assert.Equal(("cli", "echo-02", AuditStage.Failed), (refused.By, refused.Target, refused.Stage));
        Assert.Contains("majority", refused.Reason, StringComparison.Ordinal);

        await away.NodeAsync();
        await AuditSaysAsync(away, "alert.disk=77");
        Assert.Equal("the audit log is whole\n", (await away.RunAsync("", "audit", "--verify")).Output);

        var log = Path.Combine(away.State, AuditStore.FileName);
        var text = await File.ReadAllTextAsync(log);
        await File.WriteAllTextAsync(log, text.Replace("alert.disk=77", "alert.disk=78", StringComparison.Ordinal));
        var verified = await away.RunAsync("", "audit", "--verify");
        Assert.Equal(ExitCode.BadState, verified.Code);
        Assert.Contains("was changed after it was written", verified.Error, StringComparison.Ordinal);
    }

    private static async Task AuditSaysAsync(NodeProgram program, string text)
    {
        var said = new ProcessEnd(0, "", "");
        for (var tries = 0; tries < 40; tries++)
        {
            said = await program.RunAsync("", "audit", "--last", "20", "--json");
            if (said.Output.Contains(text, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"{text} is not in: {said.Output} {said.Error}");
    }

    private static async Task<CommandInfo[]> CommandsAsync(TestNode node, Func<CommandInfo[], bool> wanted)
    {
        for (var tries = 0; ; tries++)
        {
            var commands = (await node.Client.AuditAsync(null, false, null, CancellationToken.None)).Commands.ToArray();
            if (wanted(commands) || tries == 200)
                return commands;
            await Task.Delay(100);
        }
    }

    private static Task SetAsync(TestNode node, params Option[] options) => node.Client.ChangeSettingsAsync(new SettingsOrder { Options = [.. options] }, CancellationToken.None);
}
