using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>What failover tests ask of the journal.</summary>
internal static class Report
{
    /// <summary>Each update with when it came, to whom it was served, who answered it, and who confirmed it.</summary>
    public static JsonArray Updates(BotApi bot)
    {
        var answers = bot.Journal.Of("answer").ToLookup(entry => (long)entry["update_id"]!);
        return new JsonArray([.. bot.Updates.All.Select(update => new JsonObject
        {
            ["update_id"] = update.Id,
            ["type"] = update.Type,
            ["injected_ms"] = update.InjectedMs,
            ["served"] = new JsonArray([.. update.Served.ToArray().Select(served =>
                new JsonObject { ["mono_ms"] = served.AtMs, ["remote"] = served.Remote })]),
            ["answered"] = new JsonArray([.. answers[update.Id].Select(entry =>
                new JsonObject { ["mono_ms"] = entry["mono_ms"]!.DeepClone(), ["remote"] = entry["remote"]!.DeepClone() })]),
            ["confirmed_ms"] = update.ConfirmedMs,
            ["confirmed_by"] = update.ConfirmedBy,
        })]);
    }

    /// <summary>
    /// The confirming acts in their order, and the turns: one for each time another address took over.
    /// Two nodes that confirm at once show as turns that go back and forth.
    /// </summary>
    public static JsonObject Confirmations(BotApi bot)
    {
        var acts = bot.Journal.Of("confirm");
        var turns = new JsonArray();
        JsonObject? turn = null;
        foreach (var act in acts)
        {
            if (turn is null || (string?)turn["remote"] != (string?)act["remote"])
            {
                turn = new JsonObject { ["remote"] = (string?)act["remote"], ["first_ms"] = (double)act["mono_ms"]!, ["acts"] = 0 };
                turns.Add(turn);
            }
            turn["last_ms"] = (double)act["mono_ms"]!;
            turn["acts"] = (int)turn["acts"]! + 1;
        }
        return new JsonObject { ["turns"] = turns, ["acts"] = new JsonArray([.. acts]) };
    }
}
