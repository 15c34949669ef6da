using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Constella.Api.Endpoints;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Tests.Api;

namespace Constella.Tests.Monitoring;

/// <summary><c>GET /metrics</c> on whole nodes (rule X7).</summary>
public sealed class MetricsApiTests : IAsyncLifetime
{
    private const string Token = "a-token-of-the-owner";
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task This_machine_reads_without_a_signature_and_gets_the_format_of_Prometheus()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(_node.Address, "/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"constella_node_info{{node=\"{_node.State.NodeId}\",name=\"alpha-01\",", text, StringComparison.Ordinal);
        Assert.Contains("\nconstella_is_leader 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nconstella_elections_won_total 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("constella_telegram_up", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_leads_here_by_a_name_of_its_own_reads_nothing() =>
        Assert.Equal(401, (await (RawRequest.Get(_node, "/metrics") with { Signed = false, Host = "rebind.example" }).SendAsync()).Status);

    [Fact]
    public async Task X7_The_token_opens_the_metrics_and_nothing_else()
    {
        Assert.Equal(401, await StatusAsync("/metrics", Token));
        await SetAsync(null);
        Assert.Equal(200, await StatusAsync("/metrics", Token));
        Assert.Equal(401, await StatusAsync("/metrics", Token + "x"));
        Assert.Equal(401, await StatusAsync("/metrics", BearerToken.Hash(Token)));
        Assert.Equal(401, await StatusAsync("/peers", Token));
        Assert.Equal(401, await StatusAsync("/settings", Token));
    }

    [Fact]
    public async Task X7_The_token_of_one_node_goes_before_that_of_the_network()
    {
        await SetAsync(null);
        await SetAsync(_node.State.NodeId, "another-token-of-this-node");
        Assert.Equal(401, await StatusAsync("/metrics", Token));
        Assert.Equal(200, await StatusAsync("/metrics", "another-token-of-this-node"));
    }

    [Fact]
    public async Task A_signed_call_needs_no_token_and_gets_a_signed_answer()
    {
        var answer = await (RawRequest.Get(_node, "/metrics") with { Host = "elsewhere.example" }).SendAsync();
        Assert.Equal((200, true), (answer.Status, answer.IsSigned));
    }

    [Fact]
    public async Task Nobody_is_shown_the_hash()
    {
        await SetAsync(null);
        var settings = await _node.Client.SettingsAsync(CancellationToken.None);
        Assert.Equal("set", Assert.Single(settings.Options).Value);
        var audit = await _node.Client.AuditAsync(null, false, null, CancellationToken.None);
        Assert.Contains(audit.Commands, command => command.Detail == "metrics.token=set");
    }

    [Fact]
    public async Task Members_and_heartbeats_are_counted()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        await _node.UntilAsync(view => view.Members.Any(member => member.RttMs is not null));
        var text = (await (RawRequest.Get(_node, "/metrics") with { Signed = false }).SendAsync()).Text;
        Assert.Contains("\nconstella_members{health=\"alive\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nconstella_member_up{{node=\"{echo.State.NodeId}\",name=\"echo-02\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Matches(new Regex(@"\nconstella_heartbeats_sent_total [1-9]"), text);
        Assert.Matches(new Regex(@"\nconstella_heartbeats_received_total [1-9]"), text);
        Assert.Matches(new Regex(@"\nconstella_member_rtt_seconds\{[^}]*name=""echo-02""\} [0-9]"), text);
    }

    private Task SetAsync(string? node, string token = Token) => _node.Client.ChangeSettingsAsync(
        new SettingsOrder { Options = [new Option(Options.MetricsToken, node, BearerToken.Hash(token))] }, CancellationToken.None);

    // By another name than this machine's, as a scraper elsewhere has it.
    private async Task<int> StatusAsync(string path, string token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_node.Address, path));
        request.Headers.Host = "elsewhere.example";
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
