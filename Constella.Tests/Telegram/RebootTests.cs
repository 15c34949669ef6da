using Constella.Api.Peers;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Telegram;

public sealed class RebootTests
{
    [Fact]
    public async Task A_reboot_is_asked_for_confirmed_followed_and_reported()
    {
        await using var bot = await BotFixture.CreateAsync();
        await AskAsync(bot);
        await bot.PressAsync("Yes, reboot", "took the command and is rebooting");
        var command = Assert.Single(bot.Peers.Commands);
        Assert.Equal(BotFixture.Echo, command.Target);
        Assert.Equal(bot.Cluster.View.Settings.Reboots.Single().CommandId, command.Id);
        bot.Cluster.ChangeMember("echo-02", member => member with { Health = Health.Down });
        bot.Cluster.ChangeMember("echo-02", member => member with { Health = Health.Alive, Boot = "another" });
        await bot.ShowsAsync("echo-02 is back after ");
        Assert.Empty(bot.Cluster.View.Settings.Reboots);
        Assert.Single(bot.Peers.Commands);
    }

    [Fact]
    public async Task The_reboot_is_replicated_before_the_command_is_sent()
    {
        await using var bot = await BotFixture.CreateAsync();
        var committed = false;
        bot.Cluster.OnAsk = input => committed |= input is Input.UpdatesHandled { Patch.AddReboot: not null };
        var before = (bool?)null;
        bot.Peers.OnReboot = command =>
        {
            before ??= committed;
            return new CommandAnswer(command.Id, command.Target, "boot", false);
        };
        await AskAsync(bot);
        await bot.PressAsync("Yes, reboot", "is rebooting");
        Assert.True(before);
    }

    [Fact]
    public async Task Two_presses_of_yes_are_one_reboot()
    {
        await using var bot = await BotFixture.CreateAsync();
        await AskAsync(bot);
        bot.Telegram.PressButton(42, null, null, "Yes, reboot");
        bot.Telegram.PressButton(42, null, null, "Yes, reboot");
        await bot.ShowsAsync("is rebooting");
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.Single(bot.Peers.Commands.Select(command => command.Id).Distinct());
    }

    [Fact]
    public async Task The_next_Host_sends_the_same_command_id_and_reports_the_end()
    {
        await using var bot = await BotFixture.CreateAsync();
        await AskAsync(bot);
        await bot.PressAsync("Yes, reboot", "is rebooting");
        var id = bot.Peers.Commands.Single().Id;
        await bot.StopAsync(orderly: false);
        var next = bot.Beside(new FakeCluster(
            BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true), BotFixture.Member(BotFixture.Echo, "echo-02")));
        next.Cluster.Change(view => view with { Settings = bot.Cluster.View.Settings, Updates = bot.Cluster.View.Updates });
        next.Start();
        await BotFixture.UntilAsync(() => !next.Peers.Commands.IsEmpty);
        Assert.All(next.Peers.Commands, command => Assert.Equal(id, command.Id));
        next.Cluster.ChangeMember("echo-02", member => member with { Boot = "another" });
        await bot.ShowsAsync("echo-02 is back after ");
        await next.StopAsync(orderly: false);
    }

    [Fact]
    public async Task An_update_that_a_failed_Host_handled_but_did_not_confirm_is_confirmed_and_not_done_again()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        var update = bot.Telegram.Say(BotFixture.Owner, "/start")!.Value;
        bot.Cluster.Change(view => view with { Updates = view.Updates.Add(update) });
        bot.Start();
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.DoesNotContain(bot.Telegram.MessagesOf(42), message => message.FromBot);
        Assert.Empty(bot.Cluster.Asked);
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_reason()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnReboot = _ => throw new PeerException(403, "forbidden", "reboot is switched off in the node's own configuration");
        await AskAsync(bot);
        await bot.PressAsync("Yes, reboot", "refused to reboot: reboot is switched off");
        Assert.Empty(bot.Cluster.View.Settings.Reboots);
        Assert.Single(bot.Peers.Commands);
    }

    [Fact]
    public async Task An_unreachable_node_is_tried_again_with_the_same_id()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnReboot = command => bot.Peers.Commands.Count < 2
            ? throw new PeerException(null, null, "no route")
            : new CommandAnswer(command.Id, command.Target, "boot", false);
        await AskAsync(bot);
        await bot.PressAsync("Yes, reboot", "does not answer: trying again");
        await bot.ShowsAsync("is rebooting");
        Assert.Equal(2, bot.Peers.Commands.Count);
        Assert.Single(bot.Peers.Commands.Select(command => command.Id).Distinct());
    }

    [Fact]
    public async Task A_question_from_before_a_reboot_does_not_reboot_again()
    {
        await using var bot = await BotFixture.CreateAsync();
        await AskAsync(bot);
        bot.Cluster.ChangeMember("echo-02", member => member with { Boot = "another" });
        await bot.PressAsync("Yes, reboot", "has been rebooted since this question");
        Assert.Empty(bot.Peers.Commands);
    }

    [Fact]
    public async Task After_ten_minutes_it_says_that_the_node_did_not_return()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        var reboot = new PendingReboot("id", BotFixture.Echo, "b00t-" + BotFixture.Echo, DateTimeOffset.UtcNow.AddMinutes(-11));
        bot.Cluster.Change(view => view with { Settings = view.Settings with { Reboots = [reboot] } });
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(42).Any(each => each.Text.Contains("within 10 min", StringComparison.Ordinal)));
        Assert.Empty(bot.Cluster.View.Settings.Reboots);
    }

    private static async Task AskAsync(BotFixture bot)
    {
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Reboot the server", "Reboot echo-02?");
    }
}
