using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>A chat with the stand-in's bot in a terminal: the latest messages, the buttons by number.</summary>
internal sealed class Chat(HttpClient http, JsonObject user)
{
    private string[] _buttons = [];
    private long _message;

    public static async Task<int> RunAsync(string[] args)
    {
        if (StandInCommand.Option(args, "--url") is not { } url)
        {
            await Console.Error.WriteLineAsync("telegram-standin chat --url http://IP:PORT [--user-id N] [--username NAME] [--lang ru|en]");
            return 2;
        }
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        var user = new JsonObject
        {
            ["user_id"] = long.Parse(StandInCommand.Option(args, "--user-id") ?? "42", CultureInfo.InvariantCulture),
            ["username"] = (StandInCommand.Option(args, "--username") ?? "username").TrimStart('@'),
            ["language_code"] = StandInCommand.Option(args, "--lang") ?? "en",
        };
        return await new Chat(http, user).TalkAsync();
    }

    private async Task<int> TalkAsync()
    {
        Console.WriteLine("Type a button's number to press it, a text (such as /start) to send it, an empty line to quit.");
        using var ended = new CancellationTokenSource();
        var watching = WatchAsync(ended.Token);
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
            await ActAsync(line);
        await ended.CancelAsync();
        await watching;
        return 0;
    }

    private async Task ActAsync(string line)
    {
        var body = user.DeepClone().AsObject();
        var isPress = int.TryParse(line, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= _buttons.Length;
        if (isPress)
        {
            body["message_id"] = _message;
            body["data"] = _buttons[number - 1];
        }
        else
        {
            body["text"] = line;
        }
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(isPress ? "/control/press" : "/control/send", content);
        if (!answer.IsSuccessStatusCode)
            Console.WriteLine("(that button is gone)");
    }

    private async Task WatchAsync(CancellationToken ended)
    {
        var shown = "";
        while (!ended.IsCancellationRequested)
        {
            try
            {
                var chat = JsonNode.Parse(await http.GetStringAsync($"/control/chat?user_id={user["user_id"]}", ended))!;
                var screen = Draw(chat["messages"]!.AsArray());
                if (screen != shown)
                    Console.WriteLine(shown = screen);
                await Task.Delay(300, ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (HttpRequestException)
            {
                Console.WriteLine("(the stand-in does not answer)");
                return;
            }
        }
    }

    private string Draw(JsonArray messages)
    {
        var screen = new StringBuilder("\n────────────────────────────────────────\n");
        foreach (var message in messages.TakeLast(4))
        {
            screen.AppendLine(CultureInfo.InvariantCulture, $"{((bool)message!["from_bot"]! ? "bot" : "you")}: {message["text"]}");
            if (message["photo_bytes"] is { } photo)
                screen.AppendLine(CultureInfo.InvariantCulture, $"     [photo, {photo} bytes]");
        }
        var living = messages.LastOrDefault(message => message!["buttons"]!.AsArray().Count > 0);
        if (living is null)
            return screen.ToString();
        _message = (long)living["message_id"]!;
        var buttons = living["buttons"]!.AsArray();
        _buttons = [.. buttons.Select(button => (string)button!["data"]!)];
        for (var at = 0; at < buttons.Count; at++)
            screen.Append(CultureInfo.InvariantCulture, $"  [{at + 1}] {buttons[at]!["label"]}");
        return screen.AppendLine().ToString();
    }
}
