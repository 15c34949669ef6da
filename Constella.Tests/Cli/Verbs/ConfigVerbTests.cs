using Constella.Api;
using Constella.Api.Endpoints;
using Constella.Api.Peers;

namespace Constella.Tests.Cli.Verbs;

public class ConfigVerbTests
{
    [Fact]
    public async Task The_token_is_told_as_set_and_never_printed()
    {
        using var cli = new CliFixture { Node = new FakeNode { Trouble = new PeerException(null, null, "down") } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "get"));
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "get", "bot-token"));
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "get", "--json"));
        Assert.Matches("bot-token +set\n", cli.Console.Printed);
        Assert.DoesNotContain("CANARY", cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_shown_by_key()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "get"));
        Assert.Equal(
            """
            KEY                VALUE
            bot-token          set
            owner              @username
            owner-id           42
            name               delta-01
            address            203.0.113.10:4747
            alt-address        not set
            priority           100
            alert.clock        10
            alert.cpu          90
            alert.disk         90
            alert.down         20
            alert.ram          90
            alert.samples      30
            alert.version      60
            bill.period        month
            speed.bytes        1GB
            speed.monthly      20GB
            speed.seconds      10
            speed.urls         https://speed.cloudflare.com/__down?bytes=50000000 https://cachefly.cachefly.net…
            traffic.count      sum
            traffic.reset_day  1

            """,
            cli.Console.Printed);
    }

    [Theory]
    [InlineData("config", "set", "bot-token", "-")]
    [InlineData("config", "set", "bot-token")]
    public async Task A_token_is_read_from_standard_input_and_not_echoed(params string[] args)
    {
        using var cli = new CliFixture { Console = new FakeConsole("123:CANARY\n") }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync(args));
        Assert.Equal("123:CANARY", Assert.IsType<SettingsOrder>(Assert.Single(cli.Node.Orders)).BotToken);
        Assert.Equal("bot-token set\n", cli.Console.Printed);
        Assert.DoesNotContain("CANARY", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_as_a_word_of_the_command_is_taken_with_a_warning()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "set", "bot-token", "123:CANARY"));
        Assert.Contains("process list", cli.Console.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused_without_repeating_it()
    {
        using var cli = new CliFixture { Console = new FakeConsole("CANARY\n") }.WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("config", "set", "bot-token", "-"));
        Assert.DoesNotContain("CANARY", cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
        Assert.Empty(cli.Node.Orders);
    }

    [Theory]
    [InlineData("owner", "@username", "username", null)]
    [InlineData("owner", "", "", null)]
    [InlineData("owner-id", "42", null, 42L)]
    [InlineData("owner-id", "", null, 0L)]
    public async Task Settings_of_the_network_go_to_all(string key, string value, string? owner, long? id)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "set", key, value));
        Assert.Equal(new SettingsOrder { OwnerUsername = owner, OwnerId = id }, Assert.Single(cli.Node.Orders));
    }

    [Theory]
    [InlineData("name", "delta-02", "delta-02", null, null, null)]
    [InlineData("address", "203.0.113.9:4747", null, "203.0.113.9:4747", null, null)]
    [InlineData("alt-address", "", null, null, "", null)]
    [InlineData("priority", "5", null, null, null, 5)]
    public async Task What_is_the_nodes_own_goes_into_its_record(string key, string value, string? name, string? address, string? other, int? priority)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "set", key, value));
        Assert.Equal(new SelfOrder { Name = name, Addr = address, AltAddr = other, Priority = priority }, Assert.Single(cli.Node.Orders));
    }
}
