using System.Text.Json;
using Constella.Api;
using Constella.Api.State;
using Constella.Api.Vpn;
using Constella.Tests.Vpn;

namespace Constella.Tests.Cli.Verbs;

public class VpnVerbTests
{
    [Fact]
    public async Task Init_as_hub_makes_a_key_that_is_printed_nowhere_and_a_place_in_the_record()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("init", "--server-name", "delta-01", "--public-addr", "203.0.113.10:4747", "--vpn-mode", "hub"));
        var place = StateStore.Read(cli.StateDir)!.Peers[0].Overlay!;
        Assert.Equal(("10.42.0.1/24", "203.0.113.10:51820"), (place.Address, place.Endpoint));
        var file = new WireGuardFile(cli.StateDir, "wg0").Read()!;
        Assert.Equal(place.Key, cli.WireGuard.PublicKey(file.PrivateKey!));
        Assert.Equal(51_820, file.ListenPort);
        Assert.DoesNotContain(file.PrivateKey!, cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);

        // What was given at init is remembered: no variable is needed afterwards.
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("vpn"));
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("vpn", "up"));
        Assert.True(cli.WireGuard.Forwards);
        Assert.Contains(file.PrivateKey!, cli.WireGuard.Synced, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("vpn", "--json"));
        using var json = JsonDocument.Parse(cli.Console.Printed[cli.Console.Printed.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal("hub", json.RootElement.GetProperty("mode").GetString());
        Assert.Equal("10.42.0.1", json.RootElement.GetProperty("address").GetString());
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("vpn", "down"));
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("vpn"));
    }

    [Fact]
    public async Task The_manual_way_names_a_hub_its_key_and_an_address()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync(
            "init", "--public-addr", "203.0.113.10:4747", "--vpn-mode", "client", "--vpn-address", "10.42.0.7", "--vpn-hub-endpoint", "203.0.113.99:51820", "--vpn-hub-public-key", FakeWireGuard.Key(9)));
        var file = new WireGuardFile(cli.StateDir, "wg0").Read()!;
        Assert.Equal("10.42.0.7/24", file.Address?.ToString());
        Assert.Contains($"PublicKey = {FakeWireGuard.Key(9)}\nEndpoint = 203.0.113.99:51820\nAllowedIPs = 10.42.0.0/24\n", file.Head, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("vpn", "up"));
        Assert.False(cli.WireGuard.Forwards);
    }

    [Fact]
    public async Task A_client_without_any_hub_founds_nothing()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("init", "--public-addr", "203.0.113.10:4747", "--vpn-mode", "client", "--vpn-address", "10.42.0.7"));
        Assert.Contains("no hub is known", cli.Console.Told, StringComparison.Ordinal);
        Assert.Null(StateStore.Read(cli.StateDir));
    }

    [Fact]
    public async Task A_member_that_is_given_its_part_later_chooses_its_address()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("vpn"));
        Assert.Contains("in no overlay", cli.Console.Told, StringComparison.Ordinal);
        cli.Environment["VPN_MODE"] = "hub";
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("vpn", "up"));
        Assert.Equal("10.42.0.1/24", new WireGuardFile(cli.StateDir, "wg0").Read()!.Address?.ToString());
        cli.Environment["VPN_MODE"] = "client";
        cli.Environment["VPN_INTERFACE_NAME"] = "wg1";
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("vpn", "up"));
        Assert.Contains("CONSTELLA_VPN_ADDRESS", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_that_is_wrong_is_named_as_it_was_typed()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("init", "--vpn-mode", "spoke"));
        Assert.Contains("--vpn-mode 'spoke' is none of none, hub, client", cli.Console.Told, StringComparison.Ordinal);
    }
}
