using System.Collections.Immutable;
using System.Globalization;
using Constella.Api.Endpoints;
using Constella.Api.Speed;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>Speed tests of a node: the latest and the choice of the other end, the question with its cost, and the progress.</summary>
internal static class SpeedScreens
{
    private const int RunsShown = 5;
    private const int EndsPerPage = 8;
    private const int BarCells = 10;

    /// <summary>A detail that is no page: the last test was refused, or nobody answered.</summary>
    private const string FailedMark = "!";

    public static ScreenKey Failed(string node) => new(ScreenKind.Speed, node, FailedMark);

    /// <param name="state">Null: the node did not answer.</param>
    /// <param name="refusal">Of the last test, when this Host was told; another Host does not know.</param>
    public static Screen Menu(ClusterView view, ScreenKey key, SpeedState? state, (string? Code, string Reason)? refusal, Texts texts)
    {
        var node = key.Node ?? "";
        if (Find(view, node) is null)
            return Card(view, node, texts);
        var lines = new List<string> { texts.Format(Text.SpeedTitle, Name(view, node)) };
        if (key.Detail == FailedMark)
            lines.Add(texts.Format(Text.SpeedNot, Reason(refusal?.Code, refusal?.Reason, texts)));
        if (state is null)
            lines.Add(texts[Text.NoAnswer]);
        else if (state.Refused is not null)
            lines.Add(texts[Text.SpeedRefused]);
        if (state is { Runs.IsEmpty: false })
            lines.AddRange(["", .. state.Runs.Take(RunsShown).Select(run => Result(view, run, texts))]);
        if (state is { Refused: null })
            lines.AddRange(["", texts.Format(Text.SpeedMonth, Size(state.Used, texts), Size(state.Monthly, texts)), texts[Text.SpeedChoose]]);
        var ends = state is { Refused: null } ? Ends(view, node, key.Detail, texts) : [];
        return new Screen(key, string.Join('\n', lines), Keyboard([.. ends, Leave(node, key, texts)]));
    }

    public static Screen Question(ClusterView view, string node, SpeedChoice choice, Texts texts)
    {
        if (Find(view, node) is null)
            return Card(view, node, texts);
        var options = view.Settings.Options;
        var (bytes, seconds) = (Options.Bytes(options, Options.SpeedBytes, node), SpeedRules.Seconds(view.Settings, node));
        if (choice.With != SpeedRun.Internet)
        {
            bytes = Math.Min(bytes, Options.Bytes(options, Options.SpeedBytes, choice.With));
            seconds = 2 * Math.Min(seconds, SpeedRules.Seconds(view.Settings, choice.With));
        }
        return new Screen(
            new ScreenKey(ScreenKind.SpeedQuestion, node, choice.ToString()),
            texts.Format(Text.SpeedQuestion, Name(view, node), End(view, choice.With, texts), Size(bytes, texts), seconds),
            Keyboard(
                [Button(texts[Text.SpeedYes], new ScreenKey(ScreenKind.SpeedRunning, node, choice.ToString()))],
                [Button(texts[Text.RebootNo], new ScreenKey(ScreenKind.Speed, node))]));
    }

    /// <param name="run">Null: the node has not answered yet.</param>
    public static Screen Progress(ClusterView view, ScreenKey key, SpeedChoice choice, SpeedRun? run, Texts texts)
    {
        var node = key.Node ?? "";
        var (here, there) = (Name(view, node), End(view, choice.With, texts));
        var line = run?.Phase switch
        {
            SpeedPhase.Down => texts.Format(Text.SpeedDown, here, there, Rate(run.Mbps, texts)),
            SpeedPhase.Up => texts.Format(Text.SpeedUp, here, there, Rate(run.Mbps, texts)),
            _ => texts.Format(Text.SpeedAsking, here, there),
        };
        if (run is { Moved: > 0 })
            line += "\n<code>" + Bar(run) + "</code> " + texts.Format(Text.SpeedMoved, Size(run.Moved, texts), Size(run.Bytes, texts));
        return new Screen(key, line, Keyboard([Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.BackToList], ScreenKey.List)]));
    }

    internal static string Size(long bytes, Texts texts)
    {
        var (text, value) = bytes >= 1_000_000_000 ? (Text.Gigabytes, bytes / 1e9) : (Text.Megabytes, bytes / 1e6);
        return texts.Format(text, value.ToString(value < 10 ? "0.##" : value < 100 ? "0.#" : "0", CultureInfo.InvariantCulture));
    }

    private static string Result(ClusterView view, SpeedRun run, Texts texts)
    {
        var head = $"{Moment(view, run.Started, texts)} · <b>{End(view, run.With, texts)}</b>: ";
        if (run.Phase == SpeedPhase.Failed)
            return head + texts.Format(Text.SpeedNot, Reason(run.Error, run.Detail, texts));
        if (!run.IsOver)
            return head + "…";
        var parts = new List<string>();
        if (run.Down is { } down)
            parts.Add($"↓ {Rate(down.Mbps, texts)}");
        if (run.Up is { } up)
            parts.Add($"↑ {Rate(up.Mbps, texts)}");
        if (run.RttMs is { } before && (run.Down ?? run.Up)?.RttMs is not null)
            parts.Add(texts.Format(Text.SpeedTrip, Trip(before), string.Join(" / ", new[] { run.Down?.RttMs, run.Up?.RttMs }.OfType<double>().Select(Trip))));
        if (run.Down?.Cut == SpeedErrors.Heartbeats || run.Up?.Cut == SpeedErrors.Heartbeats)
            parts.Add(texts[Text.SpeedCut]);
        return head + string.Join(" · ", parts);
    }

    private static IEnumerable<ImmutableArray<InlineKeyboardButton>> Ends(ClusterView view, string node, string? detail, Texts texts)
    {
        yield return [Button(texts[Text.SpeedInternet], Question(node, SpeedRun.Internet))];
        var others = view.Members.Where(member => member.Record.NodeId != node && IsHeard(member)).ToArray();
        var pages = Math.Max(1, (others.Length + EndsPerPage - 1) / EndsPerPage);
        var page = ScreenKey.PageOf(detail, pages);
        foreach (var row in others.Skip(page * EndsPerPage).Take(EndsPerPage).Chunk(2))
            yield return [.. row.Select(member => Button(member.Record.Name, Question(node, member.Record.NodeId)))];
        if (ListScreen.Turning(page, pages, at => new ScreenKey(ScreenKind.Speed, node, at.ToString(CultureInfo.InvariantCulture))) is { IsEmpty: false } turning)
            yield return turning;
    }

    private static ScreenKey Question(string node, string with) => new(ScreenKind.SpeedQuestion, node, new SpeedChoice(with, null).ToString());

    private static ImmutableArray<InlineKeyboardButton> Leave(string node, ScreenKey key, Texts texts) =>
        [Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.Refresh], key.Detail == FailedMark ? key with { Detail = null } : key)];

    private static string End(ClusterView view, string with, Texts texts) => with == SpeedRun.Internet ? texts[Text.SpeedTheInternet] : Name(view, with);

    private static string Rate(double? mbps, Texts texts) =>
        mbps is { } rate ? texts.Format(Text.SpeedRate, rate.ToString(rate < 100 ? "0.0" : "0", CultureInfo.InvariantCulture)) : "…";

    private static string Trip(double ms) => ms.ToString(ms < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>How much of its bytes a test has used; on a slow road time ends it first.</summary>
    private static string Bar(SpeedRun run)
    {
        var full = run.Bytes > 0 ? (int)Math.Clamp(run.Moved * BarCells / run.Bytes, 0, BarCells) : 0;
        return new string('█', full) + new string('░', BarCells - full);
    }

    private static string Reason(string? code, string? reason, Texts texts) => code switch
    {
        ApiErrors.Refused => texts[Text.SpeedRefused],
        ApiErrors.Busy => texts[Text.SpeedBusy],
        ApiErrors.Budget => texts[Text.SpeedBudget],
        SpeedErrors.Interrupted => texts[Text.SpeedInterrupted],
        _ => Html.EscapeShort(reason ?? "…"),
    };
}
