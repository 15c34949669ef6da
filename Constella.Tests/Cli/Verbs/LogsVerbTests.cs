using Constella.Api;
using Constella.Api.Logging;
using Serilog.Events;

namespace Constella.Tests.Cli.Verbs;

public class LogsVerbTests
{
    private const string Old = "2026-11-21 23:59:59.900 +00:00 INF yesterday\n";
    private const string Today = "2026-11-22 00:00:01.000 +00:00 INF one\n2026-11-22 00:00:02.000 +00:00 ERR two\n   at a line of its exception\n2026-11-22 00:00:03.000 +00:00 WRN three\n";

    [Fact]
    public async Task The_latest_are_shown_over_all_files_and_an_exception_counts_with_its_line()
    {
        using var cli = Cli(("constella-20261121.log", Old), ("constella-20261122.log", Today), ("constella-20261122_001.log", "2026-11-22 00:00:04.000 +00:00 DBG four\n"));
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("logs", "--lines", "3"));
        Assert.Equal(Today[Today.IndexOf("2026-11-22 00:00:02", StringComparison.Ordinal)..] + "2026-11-22 00:00:04.000 +00:00 DBG four\n", cli.Console.Printed);
    }

    [Fact]
    public async Task Of_a_level_only_what_is_as_grave_is_shown_and_with_JSON_it_is_a_document_a_line()
    {
        using var cli = Cli(("constella-20261121.log", Old), ("constella-20261122.log", Today));
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("logs", "--level", "warning", "--json"));
        Assert.Equal(
            """
            {"at":"2026-11-22 00:00:02.000 +00:00","level":"error","text":"two\n   at a line of its exception"}
            {"at":"2026-11-22 00:00:03.000 +00:00","level":"warning","text":"three"}

            """,
            cli.Console.Printed);
    }

    [Fact]
    public async Task Without_files_it_says_where_they_would_be()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.NoNode, await cli.RunAsync("logs"));
        Assert.Contains("no log files in ", cli.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--lines", "-1")]
    [InlineData("--lines", "many")]
    [InlineData("--level", "loud")]
    public async Task A_wrong_value_is_a_usage_error(string option, string value)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("logs", option, value));
    }

    [Fact]
    public void Who_follows_goes_on_over_a_new_file_and_waits_for_the_end_of_a_line()
    {
        using var cli = Cli(("constella-20261122.log", Today));
        var folder = Path.Combine(cli.StateDir, "logs");
        using var log = new LogFollower(folder);
        Assert.Equal("three", Assert.Single(log.Last(1, LogEventLevel.Debug)).Text);
        Assert.Empty(log.New(LogEventLevel.Debug));

        File.AppendAllText(Path.Combine(folder, "constella-20261122.log"), "2026-11-22 00:00:05.000 +00:00 WRN fi");
        Assert.Empty(log.New(LogEventLevel.Debug));
        File.AppendAllText(Path.Combine(folder, "constella-20261122.log"), "ve\n");
        File.WriteAllText(Path.Combine(folder, "constella-20261122_001.log"), "2026-11-22 00:00:06.000 +00:00 INF six\n");
        File.WriteAllText(Path.Combine(folder, "constella-20261123.log"), "2026-11-23 00:00:07.000 +00:00 INF seven\n");
        Assert.Equal(["five", "six", "seven"], log.New(LogEventLevel.Debug).Select(entry => entry.Text));
        Assert.Empty(log.New(LogEventLevel.Debug));
    }

    [Fact]
    public void Who_follows_a_folder_that_is_not_there_yet_sees_its_first_file()
    {
        using var cli = new CliFixture();
        var folder = Path.Combine(cli.StateDir, "logs");
        using var log = new LogFollower(folder);
        Assert.Empty(log.Last(10, LogEventLevel.Debug));
        Assert.Empty(log.New(LogEventLevel.Debug));
        Write(folder, "constella-20261122.log", Today);
        Assert.Equal(3, log.New(LogEventLevel.Debug).Count);
    }

    private static CliFixture Cli(params (string Name, string Text)[] files)
    {
        var cli = new CliFixture().WithState();
        foreach (var (name, text) in files)
            Write(Path.Combine(cli.StateDir, "logs"), name, text);
        return cli;
    }

    private static void Write(string folder, string name, string text)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), text);
    }
}
