using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>What became of one update.</summary>
internal sealed class Fate
{
    public bool IsPress { get; init; }
    public int Answers { get; set; }
    public int Confirmations { get; set; }
}

/// <summary>A time in which one address confirmed updates and no other did.</summary>
internal sealed record Turn(string Remote, double First, double Last);

/// <summary>What happened at Telegram since some moment.</summary>
internal sealed class Journal(IReadOnlyList<JsonObject> entries)
{
    private static readonly string[] s_answers = ["sendMessage", "sendPhoto", "editMessageText", "editMessageReplyMarkup", "editMessageMedia", "answerCallbackQuery"];

    public int Next { get; } = entries.Count == 0 ? 0 : (int)entries[^1]["seq"]! + 1;

    /// <summary>Everything the owner sees of the bot, with who did it.</summary>
    public IEnumerable<(double At, string Remote)> Answers =>
        from entry in Of("call")
        where s_answers.Contains((string)entry["method"]!, StringComparer.OrdinalIgnoreCase) && (int?)entry["status"] == 200
        select ((double)entry["mono_ms"]!, (string)entry["remote"]!);

    /// <summary>Of these, what ends a press.</summary>
    public IEnumerable<(double At, string Remote)> PressAnswers =>
        from entry in Of("call")
        where (string?)entry["method"] is "answerCallbackQuery" && (int?)entry["status"] == 200
        select ((double)entry["mono_ms"]!, (string)entry["remote"]!);

    public IEnumerable<(double At, string Remote)> Confirmations =>
        from entry in Of("confirm") select ((double)entry["mono_ms"]!, (string)entry["remote"]!);

    /// <summary>When somebody began to ask for updates; a probe (rule W1) asks for them too.</summary>
    public IEnumerable<(double At, string Remote)> Polls =>
        from entry in Of("poll-start") select ((double)entry["mono_ms"]!, (string)entry["remote"]!);

    /// <summary>A time of the clock on the wall, as a log has it, by the journal's own.</summary>
    public double Mono(DateTimeOffset wall) =>
        (double)entries[0]["mono_ms"]! + (wall - DateTimeOffset.Parse((string)entries[0]["utc"]!, CultureInfo.InvariantCulture)).TotalMilliseconds;

    public Dictionary<long, Fate> Fates()
    {
        var fates = Of("update").ToDictionary(
            entry => (long)entry["update_id"]!, entry => new Fate { IsPress = (string?)entry["type"] == "callback_query" });
        foreach (var entry in Of("answer"))
        {
            if (fates.TryGetValue((long)entry["update_id"]!, out var fate))
                fate.Answers++;
        }
        foreach (var id in Of("confirm").SelectMany(entry => entry["ids"]!.AsArray()))
        {
            if (fates.TryGetValue((long)id!, out var fate))
                fate.Confirmations++;
        }
        return fates;
    }

    /// <summary>Two nodes that confirm at once show as turns that go back and forth.</summary>
    public List<Turn> Turns()
    {
        var turns = new List<Turn>();
        foreach (var (at, remote) in Confirmations)
        {
            if (turns.Count > 0 && turns[^1].Remote == remote)
                turns[^1] = turns[^1] with { Last = at };
            else
                turns.Add(new Turn(remote, at, at));
        }
        return turns;
    }

    /// <summary>Each change of who answers: milliseconds from the last answer of the one to the first of the other.</summary>
    public IEnumerable<double> Moves()
    {
        var answers = Answers.OrderBy(answer => answer.At).ToList();
        return answers.Zip(answers.Skip(1)).Where(pair => pair.First.Remote != pair.Second.Remote).Select(pair => pair.Second.At - pair.First.At);
    }

    private IEnumerable<JsonObject> Of(string kind) => entries.Where(entry => (string?)entry["kind"] == kind);
}
