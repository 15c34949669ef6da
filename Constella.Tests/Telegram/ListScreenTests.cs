using System.Collections.Immutable;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Telegram;

public sealed class ListScreenTests
{
    private static readonly ClusterView s_view = new FakeCluster(BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true)).View;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 2)]
    [InlineData(100, 13)]
    [InlineData(128, 16)]
    public void All_nodes_can_be_reached_by_turning_pages(int nodes, int pages)
    {
        var view = Fleet(nodes);
        var seen = new HashSet<string>();
        var screen = ListScreen.Of(view, 0, DateTimeOffset.UnixEpoch, Texts.English);
        for (var turned = 0; turned < pages; turned++)
        {
            seen.UnionWith(Buttons(screen).Where(key => key.Kind == ScreenKind.Card).Select(key => key.Node!));
            var next = screen.Keyboard.InlineKeyboard.SelectMany(row => row).FirstOrDefault(button => button.Text == "▶️");
            screen = ListScreen.Of(view, ScreenKey.PageOf(ScreenKey.Parse(next?.CallbackData).Node, pages), DateTimeOffset.UnixEpoch, Texts.English);
        }
        Assert.Equal(nodes, seen.Count);
        Assert.Equal(ScreenKey.List, screen.Key);
    }

    [Fact]
    public void Every_page_fits_into_a_picture_s_caption_in_both_languages()
    {
        var view = Fleet(128) with { Quorum = false };
        foreach (var texts in new[] { Texts.English, Texts.Russian })
        {
            for (var page = 0; page < 16; page++)
            {
                Assert.InRange(Html.PlainLength(ListScreen.Of(view, page, DateTimeOffset.UnixEpoch, texts).Html), 1, 1024);
                Assert.InRange(Html.PlainLength(ConnectionScreens.Fleet(view, page, texts).Html), 1, 4096);
            }
        }
    }

    [Theory]
    [InlineData(0, 0, 0, "CPU ░░░░ 0 RAM ░░░░ 0 Disk ░░░░ 0 %")]
    [InlineData(12, 50, 100, "CPU ░░░░ 12 RAM ██░░ 50 Disk ████ 100❗ %")]
    [InlineData(89, null, 90, "CPU ████ 89 RAM ···· ? Disk ████ 90❗ %")]
    public void Bars_tell_how_busy_a_machine_is(int? cpu, int? ram, int? disk, string expected)
    {
        var member = s_view.Members[0] with { Load = new Load(cpu, ram, disk) };
        var html = ListScreen.Of(s_view with { Members = [member] }, 0, DateTimeOffset.UnixEpoch, Texts.English).Html;
        Assert.Contains(expected, html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_down_shows_no_figures_of_before()
    {
        var down = BotFixture.Member(BotFixture.Fox, "fox-03") with { Health = Health.Down, Load = new Load(1, 2, 3) };
        var html = ListScreen.Of(s_view with { Members = [s_view.Members[0], down] }, 0, DateTimeOffset.UnixEpoch, Texts.English).Html;
        Assert.DoesNotContain("CPU", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_are_no_news_but_health_is()
    {
        var one = ListScreen.Of(Loaded(10, Health.Alive), 0, DateTimeOffset.UnixEpoch, Texts.English);
        var busier = ListScreen.Of(Loaded(60, Health.Alive), 0, DateTimeOffset.UnixEpoch.AddHours(1), Texts.English);
        var gone = ListScreen.Of(Loaded(60, Health.Suspect), 0, DateTimeOffset.UnixEpoch, Texts.English);
        Assert.NotEqual(one.Look, busier.Look);
        Assert.Equal(one.Gist, busier.Gist);
        Assert.NotEqual(one.Gist, gone.Gist);
    }

    [Fact]
    public void On_several_pages_the_dead_are_named_at_the_top_of_each()
    {
        var view = Fleet(20);
        Assert.Contains("Offline: node-with-a-rather-long-name-001", ListScreen.Of(view, 2, DateTimeOffset.UnixEpoch, Texts.English).Html, StringComparison.Ordinal);
        Assert.Contains("(+5)", ListScreen.Of(view, 0, DateTimeOffset.UnixEpoch, Texts.English).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1", 0)]
    [InlineData("99", 4)]
    [InlineData("3", 3)]
    [InlineData("x", 0)]
    [InlineData(null, 0)]
    public void A_page_that_is_not_there_is_the_nearest_one(string? text, int page) => Assert.Equal(page, ScreenKey.PageOf(text, 5));

    [Fact]
    public void The_way_back_from_a_card_leads_to_the_page_it_came_from()
    {
        var view = Fleet(20);
        Assert.Equal("l:2", ListScreen.Holding(view, view.Members[19].Record.NodeId).ToString());
        Assert.Equal("l", ListScreen.Holding(view, "gone").ToString());
    }

    /// <summary>Every second one is dead, and all have names as long as can be.</summary>
    internal static ClusterView Fleet(int nodes) => s_view with
    {
        Members = [.. Enumerable.Range(0, nodes).Select(i => BotFixture.Member($"{i:x16}", $"node-with-a-rather-long-name-{i:000}", self: i == 0) with
        {
            Health = i % 2 == 0 ? Health.Alive : Health.Down,
            OfflineSince = i % 2 == 0 ? null : DateTimeOffset.UnixEpoch,
            Load = new Load(100, 100, 100),
        })],
    };

    private static ClusterView Loaded(int cpu, Health health) => s_view with
    {
        Members = [s_view.Members[0], BotFixture.Member(BotFixture.Echo, "echo-02") with { Health = health, Load = new Load(cpu, 1, 1) }],
    };

    private static ImmutableArray<ScreenKey> Buttons(Screen screen) =>
        [.. screen.Keyboard.InlineKeyboard.SelectMany(row => row).Select(button => ScreenKey.Parse(button.CallbackData))];
}
