using System.Runtime.Versioning;
using System.Text.Json;
using Constella.Api;
using Constella.Api.State;
using Constella.Core.Cluster;

namespace Constella.Tests.Cli.Verbs;

[SupportedOSPlatform("linux")]
public class InitVerbTests
{
    [Fact]
    public async Task A_new_network_has_one_member_and_a_state_for_its_owner_only()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("init", "--server-name", "delta-01", "--public-addr", "203.0.113.10:4747", "--owner", "@username", "--owner-id", "42", "--priority", "7"));
        var state = StateStore.Read(cli.StateDir)!;
        Assert.Matches("^[0-9a-f]{16}$", state.NetworkId);
        Assert.Matches("^[0-9a-f]{16}$", state.NodeId);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", state.NetworkSecret);
        var self = Assert.Single(state.Peers);
        Assert.Equal((state.NodeId, "delta-01", "203.0.113.10:4747", 7), (self.NodeId, self.Name, self.Addr, self.Priority));
        Assert.Equal(state.NodeId, Assert.Single(state.Members.Ids));
        Assert.Equal(new Stamp(new Term(1, state.NodeId), 1), state.Members.Cfg);
        Assert.Equal(new Stamp(new Term(1, state.NodeId), 1), state.Settings.Stamp);
        Assert.Equal(("username", 42L), (state.Settings.OwnerUsername, state.Settings.OwnerId));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(cli.StateDir, StateStore.FileName)));
        Assert.DoesNotContain(state.NetworkSecret, cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_init_changes_nothing()
    {
        using var cli = new CliFixture().WithState();
        var file = Path.Combine(cli.StateDir, StateStore.FileName);
        var before = await File.ReadAllBytesAsync(file);
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("init"));
        Assert.Contains("nothing was changed", cli.Console.Told, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("init", "--if-absent", "--json"));
        using var json = JsonDocument.Parse(cli.Console.Printed);
        Assert.False(json.RootElement.GetProperty("created").GetBoolean());
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_damaged_state_is_told_and_not_overwritten()
    {
        using var cli = new CliFixture();
        var file = Path.Combine(cli.StateDir, StateStore.FileName);
        await File.WriteAllTextAsync(file, "{ \"network_id\": ");
        Assert.Equal(ExitCode.BadState, await cli.RunAsync("init", "--if-absent"));
        Assert.Equal("{ \"network_id\": ", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task The_token_comes_from_a_file_a_variable_or_with_a_warning_from_a_flag()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "123:FILE\n");
        Assert.Equal(("123:FILE", ""), await TokenAsync([], "--bot-token-file", file));
        Assert.Equal(("123:FILE", ""), await TokenAsync(new() { ["BOT_TOKEN"] = "123:ENV" }, "--bot-token-file", file));
        Assert.Equal(("123:ENV", ""), await TokenAsync(new() { ["BOT_TOKEN"] = "123:ENV" }));
        var (token, told) = await TokenAsync(new() { ["BOT_TOKEN_FILE"] = file }, "--bot-token", "123:FLAG");
        Assert.Equal("123:FLAG", token);
        Assert.StartsWith("warning: ", told, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task A_token_file_that_is_missing_is_no_reason_to_start_half_a_network()
    {
        using var cli = new CliFixture();
        Assert.NotEqual(ExitCode.Ok, await cli.RunAsync("init", "--bot-token-file", "/nowhere/token"));
        Assert.Null(StateStore.Read(cli.StateDir));
    }

    [Fact]
    public async Task What_is_wrong_in_the_environment_is_told_by_key_all_at_once()
    {
        using var cli = new CliFixture { Environment = new() { ["LISTEN"] = "here", ["PRIORITY"] = "x" } };
        Assert.Equal(ExitCode.BadState, await cli.RunAsync("init"));
        Assert.Contains("CONSTELLA_LISTEN", cli.Console.Told, StringComparison.Ordinal);
        Assert.Contains("CONSTELLA_PRIORITY", cli.Console.Told, StringComparison.Ordinal);
    }

    private static async Task<(string? Token, string Told)> TokenAsync(Dictionary<string, string?> environment, params string[] args)
    {
        using var cli = new CliFixture { Environment = environment };
        Assert.Equal(ExitCode.Ok, await cli.RunAsync(["init", "--public-addr", "203.0.113.10:4747", .. args]));
        var warnings = cli.Console.Told.Split('\n').Where(line => line.StartsWith("warning", StringComparison.Ordinal));
        return (StateStore.Read(cli.StateDir)!.Settings.BotToken, string.Join('\n', warnings));
    }
}
