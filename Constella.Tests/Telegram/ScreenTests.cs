using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Stats;

namespace Constella.Tests.Telegram;

public sealed partial class ScreenTests
{
    private static readonly FakeCluster s_cluster = new(
        BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true),
        BotFixture.Member(BotFixture.Echo, "echo-02"),
        BotFixture.Member(BotFixture.Fox, "fox-03") with { Health = Health.Down });

    [Fact]
    public void No_sentence_is_missing_in_either_language()
    {
        foreach (var text in Enum.GetValues<Text>())
        {
            Assert.NotEmpty(Texts.English[text]);
            Assert.NotEmpty(Texts.Russian[text]);
        }
    }

    [Fact]
    public void Both_languages_fill_in_the_same_places()
    {
        foreach (var text in Enum.GetValues<Text>())
            Assert.Equal(Places(Texts.English[text]), Places(Texts.Russian[text]));
    }

    [Theory]
    [InlineData("ru", "ru")]
    [InlineData("ru-RU", "ru")]
    [InlineData("RU", "ru")]
    [InlineData("en", "en")]
    [InlineData("de", "en")]
    [InlineData(null, "en")]
    public void Telegram_s_language_chooses_ours(string? code, string language) => Assert.Equal(language, Texts.For(code).Language);

    [Fact]
    public void The_list_marks_the_Host_and_the_dead_in_the_words_people_know()
    {
        var list = List(s_cluster.View, Texts.Russian).Html;
        Assert.Contains("• alpha-01 — Хост\n", list, StringComparison.Ordinal);
        Assert.Contains("• echo-02\n", list, StringComparison.Ordinal);
        Assert.Contains("• fox-03 (offline)", list, StringComparison.Ordinal);
        Assert.Contains("Кворум: 2 из 3", list, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_quorum_is_said()
    {
        var view = s_cluster.View with { Quorum = false };
        Assert.Contains("alpha-01 — Host (no quorum)", List(view, Texts.English).Html, StringComparison.Ordinal);
        Assert.Contains("No quorum: 2 of 3 heard", List(view, Texts.English).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_that_could_not_be_read_shows_its_reason_and_never_0()
    {
        var stats = Stats() with { CpuPercent = Reading.Unknown("no <proc>"), SwapTotalBytes = Reading.Unknown("none") };
        var screen = ConsumptionScreen.Of(s_cluster.View, BotFixture.Echo, stats, Texts.English).Html;
        Assert.Contains("CPU: unknown (no &lt;proc&gt;) % of 4 cores", screen, StringComparison.Ordinal);
        Assert.Contains("Swap: unknown (none)", screen, StringComparison.Ordinal);
        Assert.Contains("RAM: 512 MiB of 1.0 GiB (50 %)", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_paths_cannot_break_the_markup()
    {
        var stats = Stats() with { Disks = [new DiskStats("/mnt/<b>&", "/dev/sda", "ext4", 100, 50, 50)] };
        Assert.Contains("Disk /mnt/&lt;b&gt;&amp;:", ConsumptionScreen.Of(s_cluster.View, BotFixture.Echo, stats, Texts.English).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_button_s_data_fits_into_64_bytes_and_reads_back()
    {
        foreach (var screen in Screens(Texts.Russian))
        {
            foreach (var button in screen.Keyboard.InlineKeyboard.SelectMany(row => row))
            {
                Assert.InRange(Encoding.UTF8.GetByteCount(button.CallbackData), 1, 64);
                Assert.Equal(button.CallbackData, ScreenKey.Parse(button.CallbackData).ToString());
            }
            Assert.Equal(screen.Key, ScreenKey.Parse(screen.Key.ToString()));
        }
    }

    [Fact]
    public void No_two_screens_share_a_letter() => Assert.Distinct(Enum.GetValues<ScreenKind>());

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("n")]
    [InlineData("z:abc")]
    [InlineData("nn:abc")]
    public void A_button_that_is_not_understood_leads_to_the_list(string data) => Assert.Equal(ScreenKey.List, ScreenKey.Parse(data));

    internal static NodeStats Stats() => new()
    {
        NodeId = BotFixture.Echo,
        Name = "echo-02",
        At = DateTimeOffset.UnixEpoch,
        CpuPercent = 12.5,
        Cores = 4,
        Load1 = 0.5,
        Load5 = 0.25,
        Load15 = 0.125,
        MemoryTotalBytes = 1024.0 * 1024 * 1024,
        MemoryUsedBytes = 512.0 * 1024 * 1024,
        SwapTotalBytes = 0,
        SwapUsedBytes = 0,
        UptimeSeconds = 90_061,
        Networks = [new NetStats("eth0", 1, 1, 2048, null)],
    };

    private static IEnumerable<Screen> Screens(Texts texts)
    {
        var view = s_cluster.View;
        yield return List(view, texts);
        yield return FleetScreens.Card(view, BotFixture.Echo, texts);
        yield return FleetScreens.Card(view, "gone", texts);
        yield return FleetScreens.Help(texts);
        yield return ConsumptionScreen.Of(view, BotFixture.Echo, Stats(), texts);
        yield return RebootScreens.Question(view, BotFixture.Echo, texts);
        yield return RebootScreens.Back(view, BotFixture.Echo, "42", texts);
        foreach (var failure in Enum.GetValues<RebootFailure>())
            yield return RebootScreens.Failed(view, BotFixture.Echo, failure, "why", texts);
        yield return FleetScreens.Card(view, BotFixture.Fox, texts);
        yield return ConnectionScreens.Fleet(view, 0, texts);
        yield return ConnectionScreens.Node(view, BotFixture.Echo, null, 0, texts);
        yield return ForgetScreens.Question(view, BotFixture.Fox, texts);
        yield return ForgetScreens.Question(Named(view, new string('x', 32)), BotFixture.Fox, texts);
        yield return ForgetScreens.Progress(view, BotFixture.Fox, "fox-03", texts);
        yield return ForgetScreens.Done(BotFixture.Fox, "fox-03", texts);
        foreach (var failure in Enum.GetValues<ForgetFailure>())
            yield return ForgetScreens.Failed(view, BotFixture.Fox, failure, "why", texts);
        yield return TrafficScreens.Of(view, BotFixture.Echo, Traffic.TrafficSamples.Of(BotFixture.Echo), null, Traffic.TrafficSamples.Now, texts);
        var billed = view with { Settings = view.Settings with { Options = [new Core.Members.Option("bill.expires", BotFixture.Echo, "2026-12-24")] } };
        yield return TrafficScreens.Of(billed, BotFixture.Echo, null, "why", Traffic.TrafficSamples.Now, texts);
        yield return TrafficScreens.Question(billed, BotFixture.Echo, texts);
        yield return SpeedScreens.Menu(view, new ScreenKey(ScreenKind.Speed, BotFixture.Echo, "3"), SpeedScreenTests.State(BotFixture.Echo), null, texts);
        yield return SpeedScreens.Menu(view, SpeedScreens.Failed(BotFixture.Echo), null, ("broken", "why"), texts);
        yield return SpeedScreens.Question(view, BotFixture.Echo, new SpeedChoice(BotFixture.Alpha, null), texts);
        yield return SpeedScreens.Progress(view, new ScreenKey(ScreenKind.SpeedRunning, BotFixture.Echo, BotFixture.Alpha + BotFixture.Fox), new SpeedChoice(BotFixture.Alpha, BotFixture.Fox), null, texts);
        yield return ChartScreen.Failed(view, BotFixture.Echo, new ChartChoice(ChartMetric.Network, ChartPeriod.Month, true), "why", texts);
    }

    private static ClusterView Named(ClusterView view, string name) => view with
    {
        Members = [.. view.Members.Select(member => member.Record.NodeId == BotFixture.Fox ? member with { Record = member.Record with { Name = name } } : member)],
    };

    private static Screen List(ClusterView view, Texts texts) => ListScreen.Of(view, 0, DateTimeOffset.UnixEpoch, texts);

    private static ImmutableSortedSet<string> Places(string text) =>
        [.. Place().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
