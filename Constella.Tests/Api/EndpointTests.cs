using System.Security.Cryptography;
using System.Text.Json;
using Constella.Api;
using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Api.Tls;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Constella.Tests.Api;

/// <summary>Every endpoint on whole nodes, one or two of them.</summary>
public sealed class EndpointTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Health_tells_a_stranger_what_the_node_is()
    {
        var answer = await (RawRequest.Get(_node, "/health") with { Signed = false }).SendAsync();
        var health = JsonSerializer.Deserialize(answer.Body, ApiJson.Default.HealthAnswer)!;

        Assert.Equal(("ok", "alpha-01", _node.State.NodeId, true), (health.Status, health.Node, health.NodeId, health.IsLeader));
        foreach (var name in new[] { "status", "node", "node_id", "uptime", "is_leader" })
            Assert.Contains($"\"{name}\":", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_node.State.NetworkSecret, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_joins_by_link_and_both_see_each_other()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        await echo.UntilAsync(view => view.Members.Length == 2 && view.Members.All(member => member.Health == Health.Alive));

        var peers = await echo.Client.PeersAsync(CancellationToken.None);

        Assert.Equal(["alpha-01", "echo-02"], peers.Peers.Select(peer => peer.Name));
        Assert.True(peers.Quorum);
        Assert.Equal("echo-02", (await _node.Client.InvitesAsync(CancellationToken.None)).Invites.Single().Redeemed);
    }

    [Fact]
    public async Task Stats_of_another_node_are_relayed_and_answered_by_it()
    {
        await using var echo = await _node.JoinAsync("echo-02");

        var stats = await _node.Client.StatsAsync(echo.State.NodeId, CancellationToken.None);

        Assert.Equal("echo-02", stats.Name);
        Assert.Equal("alpha-01", (await _node.Client.StatsAsync(_node.State.NodeId, CancellationToken.None)).Name);
    }

    [Fact]
    public async Task A_reboot_is_done_once_per_command_id()
    {
        var command = new CommandRequest { Id = new string('a', 32), Target = _node.State.NodeId, Term = Term.None };

        var first = await _node.Client.OrderAsync(AuditActions.Reboot, command, CancellationToken.None);
        var second = await _node.Client.OrderAsync(AuditActions.Reboot, command, CancellationToken.None);

        Assert.Equal((false, true), (first.Repeated, second.Repeated));
        Assert.Equal(command.Id, await _node.Executor.NextAsync());
        Assert.Equal(0, _node.Executor.Waiting);
    }

    [Fact]
    public async Task A_reboot_of_another_node_is_relayed_and_executed_there()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var command = new CommandRequest { Id = new string('b', 32), Target = echo.State.NodeId, Term = Term.None };

        await _node.Client.OrderAsync(AuditActions.Reboot, command, CancellationToken.None);

        Assert.Equal(command.Id, await echo.Executor.NextAsync());
        Assert.Equal(0, _node.Executor.Waiting);
    }

    [Fact]
    public async Task A_reboot_that_the_machine_forbids_is_refused_before_anything_is_written()
    {
        _node.Executor.Forbidden = "CONSTELLA_ALLOW_REBOOT is false";
        var before = _node.Fingerprint();

        var refusal = await Assert.ThrowsAsync<PeerException>(() => _node.Client.OrderAsync(AuditActions.Reboot,
            new CommandRequest { Id = new string('c', 32), Target = _node.State.NodeId, Term = Term.None }, CancellationToken.None));

        Assert.Equal((403, ApiErrors.Refused, "CONSTELLA_ALLOW_REBOOT is false"), (refusal.Status, refusal.Code, refusal.Message));
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task An_invite_is_listed_without_its_token_and_can_be_revoked()
    {
        var invite = await _node.Client.InviteAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        Assert.Equal(invite.Id, (await _node.Client.InvitesAsync(CancellationToken.None)).Invites.Single().Id);

        await _node.Client.RevokeInviteAsync(invite.Id, CancellationToken.None);

        Assert.Empty((await _node.Client.InvitesAsync(CancellationToken.None)).Invites);
        var gone = await Assert.ThrowsAsync<PeerException>(() => _node.Client.RevokeInviteAsync(invite.Id, CancellationToken.None));
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task Settings_are_changed_and_the_bot_token_is_never_told()
    {
        const string Token = "123:canary-of-a-bot-token";
        await _node.Client.ChangeSettingsAsync(new SettingsOrder { OwnerUsername = "@username", BotToken = Token }, CancellationToken.None);

        var settings = await _node.Client.SettingsAsync(CancellationToken.None);
        var raw = await RawRequest.Get(_node, "/settings").SendAsync();

        Assert.Equal(("username", true), (settings.OwnerUsername, settings.BotToken));
        Assert.DoesNotContain(Token, raw.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_changes_its_own_record()
    {
        await _node.Client.ChangeSelfAsync(new SelfOrder { Name = "alpha-09", Priority = 7 }, CancellationToken.None);
        var self = (await _node.Client.SettingsAsync(CancellationToken.None)).Self;
        Assert.Equal(("alpha-09", 7), (self.Name, self.Priority));
    }

    [Fact]
    public async Task A_node_is_renamed_and_prioritised_from_another_one_and_keeps_it_on_disk()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var command = new CommandRequest { Id = new string('b', 32), Target = echo.State.NodeId, Term = Term.None };

        await _node.Client.OrderAsync(AuditActions.Rename, command with { Name = "db-02" }, CancellationToken.None);
        await _node.Client.OrderAsync(AuditActions.Priority, command with { Id = new string('c', 32), Priority = 7 }, CancellationToken.None);

        await _node.UntilAsync(view => view.Members.Any(member => member.Record is { Name: "db-02", Priority: 7 }));
        var kept = StateStore.Read(echo.Options.StateDir)!;
        Assert.Equal(("db-02", 7), (MemberTable.Find(kept.Peers, echo.State.NodeId)!.Name, MemberTable.Find(kept.Peers, echo.State.NodeId)!.Priority));
        var audit = (await _node.Client.AuditAsync(null, false, null, CancellationToken.None)).Commands;
        Assert.Contains(audit, one => one is { Action: AuditActions.Rename, Target: "db-02", Detail: "name=db-02", By: AuditActors.CommandLine });
        Assert.Equal(0, echo.Executor.Waiting);
    }

    [Theory]
    [InlineData(AuditActions.Rename, "alpha-01", null, 409, Errors.NameTaken)]
    [InlineData(AuditActions.Rename, "Db 02", null, 400, Errors.Invalid)]
    [InlineData(AuditActions.Rename, null, 5, 400, Errors.Invalid)]
    [InlineData(AuditActions.Priority, "db-02", null, 400, Errors.Invalid)]
    [InlineData(AuditActions.Priority, null, -1, 400, Errors.Invalid)]
    public async Task A_record_that_cannot_be_is_refused_with_its_reason(string action, string? name, int? priority, int status, string code)
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var command = new CommandRequest { Id = new string('b', 32), Target = echo.State.NodeId, Term = Term.None, Name = name, Priority = priority };

        var refusal = await Assert.ThrowsAsync<PeerException>(() => _node.Client.OrderAsync(action, command, CancellationToken.None));

        Assert.Equal((status, code), (refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task A_living_node_is_not_put_out_by_force()
    {
        await using var echo = await _node.JoinAsync("echo-02");

        var refusal = await Assert.ThrowsAsync<PeerException>(() => _node.Client.ForceLeaveAsync(new EvictOrder { NodeId = echo.State.NodeId }, CancellationToken.None));

        Assert.Equal((409, Errors.IsAlive), (refusal.Status, refusal.Code));
        Assert.Contains("constella leave", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, _node.Cluster.View.Members.Length);
    }

    [Fact]
    public async Task Another_owner_is_to_be_met_first_and_the_message_of_the_one_before_is_left()
    {
        var before = new SettingsPatch { OwnerUsername = "username", OwnerId = 42, Message = new LivingMessage(42, 7, "list") };
        await _node.Cluster.AskAsync(ticket => new Input.SettingsChanged(before, ticket), CancellationToken.None);

        await _node.Client.ChangeSettingsAsync(new SettingsOrder { OwnerUsername = "@somebody" }, CancellationToken.None);

        var settings = _node.Cluster.View.Settings;
        Assert.Equal(("somebody", null, null), (settings.OwnerUsername, settings.OwnerId, settings.Message));
    }

    [Theory]
    [InlineData("GET", "/invites")]
    [InlineData("GET", "/settings")]
    [InlineData("PATCH", "/self")]
    public async Task What_is_the_node_s_own_is_refused_to_another_member(string method, string path)
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var before = _node.Fingerprint();

        var answer = await (new RawRequest(_node, new HttpMethod(method), path, method == "GET" ? null : "{}"u8.ToArray()) { From = echo.State.NodeId }).SendAsync();

        Assert.Equal(403, answer.Status);
        Assert.Equal(ApiErrors.NotSelf, answer.Code);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_node_that_leaves_is_gone_from_the_others()
    {
        await using var echo = await _node.JoinAsync("echo-02");

        await echo.Client.LeaveAsync(CancellationToken.None);

        await _node.UntilAsync(view => view.Members.Length == 1);
        Assert.Equal("alpha-01", _node.Cluster.View.Members.Single().Record.Name);
    }

    [Fact]
    public async Task A_peer_whose_clock_is_off_corrects_itself()
    {
        var book = new TargetBook(new ShiftedTime { Offset = TimeSpan.FromMinutes(-5) });
        using var http = new PeerHttp(_node.State.NodeId, new NetworkKeys(_node.State), book, Trust(), null);

        var peers = await http.CallAsync(
            new PeerCall(HttpMethod.Get, new Uri(_node.Address, "/peers"), _node.State.NodeId), ApiJson.Default.PeersAnswer, CancellationToken.None);

        Assert.Equal("alpha-01", peers.Name);
        Assert.InRange((book.UtcFor(_node.State.NodeId) - DateTimeOffset.UtcNow).TotalSeconds, -3, 3);
    }

    [Fact]
    public async Task A_clock_off_by_more_than_an_hour_is_not_corrected()
    {
        var book = new TargetBook(new ShiftedTime { Offset = TimeSpan.FromHours(-2) });
        using var http = new PeerHttp(_node.State.NodeId, new NetworkKeys(_node.State), book, Trust(), null);

        var refusal = await Assert.ThrowsAsync<PeerException>(() => http.CallAsync(
            new PeerCall(HttpMethod.Get, new Uri(_node.Address, "/peers"), _node.State.NodeId), ApiJson.Default.PeersAnswer, CancellationToken.None));

        Assert.Equal(ApiErrors.ClockOff, refusal.Code);
    }

    private PeerTrust Trust()
    {
        var keys = new NetworkKeys(_node.State);
        return new PeerTrust(_node.State.NetworkId, () => keys.Ring, TimeProvider.System, null);
    }

    [Fact]
    public async Task A_fault_of_the_program_ends_the_node_with_its_own_exit_code()
    {
        _node.Executor.Broken = true;
        var exit = _node.Services.GetRequiredService<NodeExit>();
        var stopping = new TaskCompletionSource();
        using var told = _node.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        try
        {
            await _node.Client.OrderAsync(AuditActions.Reboot, new CommandRequest { Id = new string('e', 32), Target = _node.State.NodeId, Term = Term.None }, CancellationToken.None);
        }
        catch (PeerException)
        {
            // The answer had left, or had not.
        }

        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(ExitCode.Broken, exit.Code);
    }

    [Fact]
    public async Task Attempts_to_join_are_limited()
    {
        var body = JsonSerializer.Serialize(
            new JoinRequest
            {
                Invite = "x",
                NetworkId = "x",
                NodeId = "x",
                Name = "x",
                Addr = "x",
                Key = "x",
                NodeKey = "x",
                Mac = "x",
                Nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)),
            },
            ApiJson.Default.JoinRequest);
        var answers = new List<int>();
        for (var i = 0; i < 25; i++)
            answers.Add((await (RawRequest.Post(_node, "/join", body) with { Signed = false }).SendAsync()).Status);

        Assert.Equal(string.Join(",", Enumerable.Repeat(403, 20)), string.Join(",", answers.Take(20)));
        Assert.Equal(5, answers.Count(status => status == 429));
    }
}
