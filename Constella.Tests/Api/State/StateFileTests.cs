using System.Text;
using System.Text.Json.Nodes;
using Constella.Api.State;

namespace Constella.Tests.Api.State;

/// <summary>A file that was damaged by hand or by a disk is refused in one line, never by an exception (rule S3).</summary>
public sealed class StateFileTests : IAsyncLifetime
{
    private TestNode _node = null!;
    private string _text = "";

    public async Task InitializeAsync()
    {
        _node = await TestNode.FoundAsync();
        _text = Encoding.UTF8.GetString(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(_node.State, StateFile.Json.NetworkState));
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("format")]
    [InlineData("settings")]
    [InlineData("members")]
    [InlineData("network_secret")]
    [InlineData("secret_generation")]
    [InlineData("peers")]
    [InlineData("term")]
    [InlineData("node_id")]
    public void What_is_missing_is_said(string field)
    {
        var state = JsonNode.Parse(_text)!.AsObject();
        state.Remove(field);
        Assert.Null(StateFile.Parse(Encoding.UTF8.GetBytes(state.ToJsonString()), out var wrong));
        Assert.NotEmpty(wrong!);
    }

    [Fact]
    public void Half_a_character_in_a_name_is_said()
    {
        var text = _text.Replace("\"format\"", "\"\\udc00\\ud800\"", StringComparison.Ordinal);
        Assert.Null(StateFile.Parse(Encoding.UTF8.GetBytes(text), out var wrong));
        Assert.Equal("is garbled", wrong);
    }

    [Theory]
    [InlineData("updates")]
    [InlineData("commands")]
    [InlineData("invites")]
    public void A_list_that_is_missing_is_empty(string field)
    {
        var state = JsonNode.Parse(_text)!.AsObject();
        state.Remove(field);
        Assert.NotNull(StateFile.Parse(Encoding.UTF8.GetBytes(state.ToJsonString()), out _));
    }

    [Theory]
    [InlineData("format", "\"1\"")]
    [InlineData("format", "0")]
    [InlineData("peers", "[null]")]
    [InlineData("members", "{\"cfg\":{\"term\":{\"counter\":1,\"node_id\":\"\"},\"counter\":1},\"ids\":[]}")]
    [InlineData("term", "{\"counter\":9223372036854775807,\"node_id\":\"00000000000000aa\"}")]
    [InlineData("secret_generation", "0")]
    public void What_makes_no_sense_is_said(string field, string value)
    {
        var state = JsonNode.Parse(_text)!.AsObject();
        state[field] = JsonNode.Parse(value);
        Assert.Null(StateFile.Parse(Encoding.UTF8.GetBytes(state.ToJsonString()), out var wrong));
        Assert.NotEmpty(wrong!);
    }
}
