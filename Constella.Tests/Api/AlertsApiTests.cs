using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Alerts;
using Constella.Core.Members;

namespace Constella.Tests.Api;

/// <summary>Rules A4 and A7 over HTTP, on a whole node.</summary>
public sealed class AlertsApiTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_full_disk_by_a_level_of_ones_own_is_listed_and_muted_it_is_said_until_when()
    {
        var self = _node.State.NodeId;
        await SetAsync(new Option(Options.AlertDisk, self, "1"), new Option(Options.AlertMuted, self, "2099-01-01T00:00:00Z"));
        var settings = await _node.Client.SettingsAsync(CancellationToken.None);
        Assert.Contains(new Option(Options.AlertDisk, self, "1"), settings.Options);
        var alerts = await _node.Client.AlertsAsync(CancellationToken.None);
        Assert.Equal((self, _node.State.Peers[0].Name, 2099), (alerts.Muted[0].NodeId, alerts.Muted[0].Name, alerts.Muted[0].Until.Year));
    }

    [Theory]
    [InlineData("alert.cpu", null, "150")]
    [InlineData("alert.nothing", null, "1")]
    [InlineData("alert.cpu", "00000000000000ff", "90")]
    [InlineData("alert.quiet", null, "always")]
    [InlineData("time-zone", null, "Nowhere/Atall")]
    public async Task A_value_that_makes_no_sense_is_refused_with_its_reason(string key, string? node, string value)
    {
        var refused = await Assert.ThrowsAsync<PeerException>(() => SetAsync(new Option(key, node, value)));
        Assert.Equal(400, refused.Status);
        Assert.Empty((await _node.Client.SettingsAsync(CancellationToken.None)).Options);
    }

    [Fact]
    public async Task A_kind_of_a_newer_version_is_no_error()
    {
        var json = System.Text.Json.JsonSerializer.Serialize(
            new Settings { Alerts = [new Alert { Id = "1", Kind = AlertKind.Disk, Since = DateTimeOffset.UnixEpoch }] }, Constella.Core.Wire.ConstellaJson.Default.Settings);
        var read = System.Text.Json.JsonSerializer.Deserialize(json.Replace("\"disk\"", "\"moonphase\"", StringComparison.Ordinal), Constella.Core.Wire.ConstellaJson.Default.Settings)!;
        Assert.Equal(AlertKind.Unknown, read.Alerts[0].Kind);
        await Task.CompletedTask;
    }

    private Task SetAsync(params Option[] options) => _node.Client.ChangeSettingsAsync(new SettingsOrder { Options = [.. options] }, CancellationToken.None);
}
