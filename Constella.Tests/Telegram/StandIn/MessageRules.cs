using System.Text;
using System.Text.Json.Nodes;
using TelegramStandIn;

namespace Constella.Tests.Telegram.StandIn;

/// <summary>What the Bot API takes and refuses of messages, in its own words.</summary>
public sealed class MessageRules : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly StandInServer _server = StandInServer.StartAsync(new StandInOptions()).GetAwaiter().GetResult();

    public MessageRules() => _server.Bot.Say(new User(1, "One", "one", "en"), "/start");

    [Fact]
    public async Task Html_is_shown_as_text()
    {
        await SendAsync("<b>a</b> &lt;b&gt; &amp; <code>c</code>");
        Assert.Equal("a <b> & c", _server.Bot.MessagesOf(1)[^1].Text);
    }

    [Theory]
    [InlineData("<b>a", "can't parse entities: Can't find end tag corresponding to start tag \"b\"")]
    [InlineData("a</b>", "can't parse entities: Unexpected end tag at byte offset 1")]
    [InlineData("<table>", "can't parse entities: Unsupported start tag \"table\" at byte offset 0")]
    [InlineData("", "message text is empty")]
    public async Task Broken_text_is_refused(string html, string reason) =>
        Assert.Equal("Bad Request: " + reason, (string?)(await SendAsync(html))["description"]);

    [Fact]
    public async Task A_text_has_at_most_4096_characters()
    {
        Assert.True((bool)(await SendAsync(new string('x', 4096)))["ok"]!);
        Assert.Equal("Bad Request: message is too long", (string?)(await SendAsync(new string('x', 4097)))["description"]);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public async Task Callback_data_has_at_most_64_bytes(int bytes, bool ok)
    {
        var answer = await CallAsync("sendMessage", new JsonObject { ["chat_id"] = 1, ["text"] = "a", ["reply_markup"] = Keyboard(new string('x', bytes)) });
        Assert.Equal(ok, (bool)answer["ok"]!);
    }

    [Fact]
    public async Task An_edit_that_changes_nothing_is_refused_and_so_is_one_of_a_message_that_is_gone()
    {
        var id = (long)(await SendAsync("a"))["result"]!["message_id"]!;
        var same = await CallAsync("editMessageText", new JsonObject { ["chat_id"] = 1, ["message_id"] = id, ["text"] = "a" });
        Assert.StartsWith("Bad Request: message is not modified", (string?)same["description"], StringComparison.Ordinal);
        var gone = await CallAsync("editMessageText", new JsonObject { ["chat_id"] = 1, ["message_id"] = 999, ["text"] = "a" });
        Assert.Equal("Bad Request: message to edit not found", (string?)gone["description"]);
    }

    [Fact]
    public async Task A_press_can_be_answered_only_for_a_while()
    {
        await CallAsync("sendMessage", new JsonObject { ["chat_id"] = 1, ["text"] = "a", ["reply_markup"] = Keyboard("x") });
        var press = _server.Bot.PressButton(1, null, "x", null)!;
        Assert.True((bool)(await CallAsync("answerCallbackQuery", new JsonObject { ["callback_query_id"] = press.CallbackQueryId }))["ok"]!);
        _server.Bot.CallbackLifeMs = -1;
        var late = await CallAsync("answerCallbackQuery", new JsonObject { ["callback_query_id"] = press.CallbackQueryId });
        Assert.StartsWith("Bad Request: query is too old", (string?)late["description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_never_wrote_or_has_blocked_the_bot_gets_nothing()
    {
        Assert.Equal("Bad Request: chat not found", (string?)(await CallAsync("sendMessage", new JsonObject { ["chat_id"] = 2, ["text"] = "a" }))["description"]);
        _server.Bot.Block(1, true);
        var blocked = await SendAsync("a");
        Assert.Equal((403, "Forbidden: bot was blocked by the user"), ((int)blocked["error_code"]!, (string)blocked["description"]!));
    }

    [Fact]
    public async Task A_fault_hits_as_often_as_it_says()
    {
        _server.Bot.Faults.Add(new Fault { Method = "sendMessage", ErrorCode = 429, RetryAfter = 7, Count = 1 });
        Assert.Equal(7, (int)(await SendAsync("a"))["parameters"]!["retry_after"]!);
        Assert.True((bool)(await SendAsync("a"))["ok"]!);
    }

    [Fact]
    public async Task A_wrong_token_is_unauthorized_and_an_unknown_method_is_not_found()
    {
        using var wrong = await _http.GetAsync(new Uri(_server.Url + "/bot1:x/getMe"));
        Assert.Equal(401, (int)wrong.StatusCode);
        Assert.Equal(404, (int)(await CallAsync("getNothing", []))["error_code"]!);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private Task<JsonNode> SendAsync(string html) =>
        CallAsync("sendMessage", new JsonObject { ["chat_id"] = 1, ["text"] = html, ["parse_mode"] = "HTML" });

    private async Task<JsonNode> CallAsync(string method, JsonObject arguments)
    {
        using var body = new StringContent(arguments.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri($"{_server.Url}/bot{StandInOptions.ExampleToken}/{method}"), body);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static JsonObject Keyboard(string data) => new()
    {
        ["inline_keyboard"] = new JsonArray(new JsonArray(new JsonObject { ["text"] = "b", ["callback_data"] = data })),
    };
}
