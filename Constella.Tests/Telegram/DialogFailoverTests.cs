using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Tests.Traffic;

namespace Constella.Tests.Telegram;

/// <summary>The Host dies at each step of each dialog; what the owner presses next is done by the next one, once.</summary>
public sealed class DialogFailoverTests
{
    [Theory]
    [InlineData("", "echo-02", BotFixture.Echo)]
    [InlineData("", "Connections", "reach each other")]
    [InlineData("echo-02", "Charts", "CPU, 24 h")]
    [InlineData("echo-02", "Show consumption", "512 MiB")]
    [InlineData("echo-02/Show consumption", "Back", "Node ID")]
    [InlineData("echo-02/Charts", "30 d", "CPU, 30 d")]
    [InlineData("echo-02/Charts", "Network", "received: mean")]
    [InlineData("echo-02/Charts/Back", "All nodes", "nodes 3")]
    [InlineData("echo-02/Connections", "Back", "Node ID")]
    [InlineData("Connections", "All nodes", "nodes 3")]
    [InlineData("echo-02/Reboot the server", "Yes, reboot", "is rebooting")]
    [InlineData("echo-02", "Traffic and bill", "Paid until 24 Dec 2099")]
    [InlineData("echo-02/Traffic and bill", "Renewed", "Was it renewed until 24 Jan 2100?")]
    [InlineData("echo-02/Traffic and bill/Renewed", "Yes, until", "Paid until 24 Jan 2100")]
    [InlineData("echo-02/Traffic and bill/Renewed", "No", "Paid until 24 Dec 2099")]
    [InlineData("echo-02", "Speed test", "Spent this month")]
    [InlineData("echo-02/Speed test", "alpha-01", "It may cost up to 1 GB")]
    [InlineData("echo-02/Speed test/Internet", "Yes, measure", "connecting")]
    [InlineData("fox-03/Forget this node", "Yes, forget it", "fox-03 is forgotten")]
    public async Task The_next_press_works_in_the_same_message(string path, string press, string expected)
    {
        await using var bot = await BotFixture.CreateAsync();
        Furnish(bot);
        await bot.OpenAsync();
        string[] steps = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries), press];
        for (var i = 0; i + 1 < steps.Length; i++)
        {
            var edits = bot.Living!.Edits;
            Assert.NotNull(bot.Telegram.PressButton(42, null, null, steps[i]));
            // The screen has changed, and the next button is on it.
            await BotFixture.UntilAsync(() => bot.Living!.Edits > edits && bot.Living.Buttons.Any(button => button.Label.Contains(steps[i + 1], StringComparison.Ordinal)));
        }
        var message = bot.Living!.Id;
        await bot.StopAsync(orderly: false);
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, press));
        var next = bot.Beside(new FakeCluster(
            BotFixture.Member(BotFixture.Alpha, "alpha-01"),
            BotFixture.Member(BotFixture.Echo, "echo-02", self: true),
            BotFixture.Member(BotFixture.Fox, "fox-03") with { Health = Health.Down }));
        Furnish(next);
        next.Cluster.Change(view => view with { Settings = bot.Cluster.View.Settings, Updates = bot.Cluster.View.Updates });
        next.Start();
        await bot.ShowsAsync(expected);
        Assert.Equal(message, bot.Living!.Id);
        Assert.Equal(press == "Yes, reboot" ? 1 : 0, next.Peers.Commands.Select(command => command.Id).Distinct().Count());
        Assert.Equal(press == "Yes, measure" ? 1 : 0, next.Peers.SpeedOrders.Select(order => order.Id).Distinct().Count());
        Assert.Equal(press == "Yes, forget it" ? 1 : 0, next.Cluster.Asked.OfType<Input.EvictRequested>().Count());
        Assert.Empty(bot.Peers.Commands);
        Assert.Empty(bot.Peers.SpeedOrders);
        await next.StopAsync(orderly: false);
    }

    private static void Furnish(BotFixture bot)
    {
        bot.Peers.OnStats = _ => ScreenTests.Stats();
        bot.Peers.OnTraffic = TrafficSamples.Of;
        bot.Cluster.Change(view => view with { Settings = view.Settings with { Options = [new Option(Options.BillExpires, BotFixture.Echo, "2099-12-24")] } });
        bot.Peers.OnSpeed = (target, _) => SpeedScreenTests.State(target);
        bot.Peers.OnHistory = query => SampleHistory.Of(query);
        bot.Cluster.OnAsk = input =>
        {
            if (input is Input.EvictRequested evicted)
                bot.Cluster.Change(view => view with { Members = view.Members.RemoveAll(member => member.Record.NodeId == evicted.NodeId) });
        };
    }
}
