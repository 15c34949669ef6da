using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>A button of a message in the chat.</summary>
internal sealed record Button(string Label, string Data);

/// <summary>A message in the chat, as the owner sees it.</summary>
internal sealed record ChatMessage(long Id, string Text, IReadOnlyList<Button> Buttons);

/// <summary>The owner's hands and eyes, and the journal: the control API of the Telegram stand-in.</summary>
internal sealed class StandIn(string url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Milliseconds of the monotonic clock, the same as the journal's.</summary>
    public static double Mono => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    public async Task<bool> AnswersAsync()
    {
        try
        {
            return (await _http.GetAsync("/control/time")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Task SayAsync(string text) => PostAsync("/control/send", new JsonObject { ["text"] = text });

    /// <returns>The press's update id, or null when the message has no such button any more.</returns>
    public async Task<long?> PressAsync(long message, string data) =>
        (long?)(await PostAsync("/control/press", new JsonObject { ["message_id"] = message, ["data"] = data }))?["update_id"];

    /// <summary>The latest message of the bot that has buttons and is not an alert; null when there is none.</summary>
    public async Task<ChatMessage?> LivingMessageAsync()
    {
        var chat = await _http.GetFromJsonAsync<JsonObject>("/control/chat?user_id=42");
        return chat!["messages"]!.AsArray().Where(each => (bool)each!["from_bot"]!).Select(each => Read(each!)).LastOrDefault(Screens.IsLiving);
    }

    public async Task<IReadOnlyList<JsonObject>> JournalAsync(int since) =>
        [.. (await _http.GetFromJsonAsync<JsonArray>($"/control/journal?since={since}"))!.Select(entry => entry!.AsObject())];

    public void Dispose() => _http.Dispose();

    private static ChatMessage Read(JsonNode message) => new(
        (long)message["message_id"]!,
        (string)message["text"]!,
        [.. message["buttons"]!.AsArray().Select(button => new Button((string)button!["label"]!, (string)button["data"]!))]);

    private async Task<JsonNode?> PostAsync(string path, JsonObject body)
    {
        body["user_id"] = 42;
        body["username"] = Fleet.Owner;
        body["language_code"] = "en";
        using var answer = await _http.PostAsJsonAsync(path, body);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonNode>() : null;
    }
}
