using System.Text.Json;
using Constella.Api;
using Constella.Api.Cli.Screens;
using Constella.Api.State;
using Constella.Core.Members;

namespace Constella.Tests.Cli.Verbs;

public sealed class StateVerbTests
{
    private const string Garbled = "{\"format\":1,\"network_id\":\"CANARY";

    [Fact]
    public async Task A_good_state_is_told_and_there_is_nothing_to_repair()
    {
        using var cli = Saved();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("state", "check"));
        Assert.Contains("network_state.json: good: delta-01", cli.Console.Printed, StringComparison.Ordinal);
        var before = await File.ReadAllBytesAsync(FileOf(cli));
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("state", "repair", "--yes"));
        Assert.Contains("nothing to repair", cli.Console.Told, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(FileOf(cli)));
    }

    [Fact]
    public async Task Without_a_state_there_is_nothing_to_look_at()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.NoNode, await cli.RunAsync("state", "check"));
        Assert.Equal(ExitCode.NoNode, await cli.RunAsync("state", "repair", "--yes"));
    }

    [Fact]
    public async Task A_damaged_state_is_told_and_stays_until_somebody_says_yes()
    {
        using var cli = Saved();
        await File.WriteAllTextAsync(FileOf(cli), Garbled);

        Assert.Equal(ExitCode.BadState, await cli.RunAsync("state", "check"));
        Assert.Contains("network_state.json: is garbled at line 1", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("→ constella state repair", cli.Console.Told, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("state", "repair"));
        Assert.Equal(Garbled, await File.ReadAllTextAsync(FileOf(cli)));
        Assert.DoesNotContain("CANARY", cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repair_puts_the_last_good_copy_back_and_keeps_the_damaged_file(bool there)
    {
        using var cli = Saved();
        if (there)
            await File.WriteAllTextAsync(FileOf(cli), Garbled);
        else
            File.Delete(FileOf(cli));

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("state", "repair", "--yes", "--json"));

        var told = JsonSerializer.Deserialize(cli.Console.Printed, CliJson.Default.StateDocument)!;
        Assert.Equal((true, false, true), (told.Repaired, told.Good, told.CopyGood));
        var repaired = StateStore.Read(cli.StateDir)!;
        Assert.Equal(1, repaired.Settings.OwnerId);
        // Its last promise is not known any more (rule L6).
        Assert.Equal("", repaired.Vote!.Holder);
        Assert.Equal(there ? [Garbled] : [], Directory.GetFiles(cli.StateDir, "*.corrupt-*").Select(File.ReadAllText));
        Assert.Equal(there, told.Kept is not null);
    }

    [Fact]
    public async Task Two_repairs_in_one_second_keep_both_damaged_files()
    {
        using var cli = Saved();
        foreach (var damage in new[] { Garbled, Garbled + "2" })
        {
            await File.WriteAllTextAsync(FileOf(cli), damage);
            Assert.Equal(ExitCode.Ok, await cli.RunAsync("state", "repair", "--yes"));
        }
        Assert.Equal([Garbled, Garbled + "2"], Directory.GetFiles(cli.StateDir, "*.corrupt-*").Select(File.ReadAllText).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_a_good_copy_nothing_is_changed()
    {
        using var cli = Saved();
        await File.WriteAllTextAsync(FileOf(cli), Garbled);
        await File.WriteAllTextAsync(FileOf(cli) + ".bak", "");
        Assert.Equal(ExitCode.BadState, await cli.RunAsync("state", "repair", "--yes"));
        Assert.Equal(Garbled, await File.ReadAllTextAsync(FileOf(cli)));
    }

    [Fact]
    public async Task A_folder_in_use_is_not_repaired()
    {
        using var cli = Saved();
        await File.WriteAllTextAsync(FileOf(cli), Garbled);
        using var node = StateStore.Open(cli.StateDir);
        Assert.Equal(ExitCode.BadState, await cli.RunAsync("state", "repair", "--yes"));
        Assert.Contains("another constella process", cli.Console.Told, StringComparison.Ordinal);
        Assert.Equal(Garbled, await File.ReadAllTextAsync(FileOf(cli)));
    }

    private static string FileOf(CliFixture cli) => Path.Combine(cli.StateDir, StateStore.FileName);

    /// <summary>Saved twice: the copy has owner 1, the file owner 2.</summary>
    private static CliFixture Saved()
    {
        var cli = new CliFixture();
        using var store = StateStore.Open(cli.StateDir);
        foreach (var owner in new[] { 1, 2 })
            store.Save(CliFixture.State() with { Settings = new Settings { OwnerId = owner } });
        return cli;
    }
}
