using Serilog.Events;

namespace Constella.Api.Logging;

/// <summary>One event of a log file, with the lines of its exception.</summary>
/// <param name="At">As it stands there; null for lines that belong to an event which is not in the files any more.</param>
public sealed record LogEntry(string? At, LogEventLevel Level, string Text);

/// <summary>The rolling files that <see cref="NodeLog"/> writes, for reading; a file may be written to meanwhile.</summary>
public static class LogFiles
{
    public const string Pattern = "constella-*.log";

    // As NodeLog's template has them: a time of 30 signs, a blank, and the level in three letters.
    private const int LevelAt = 31;
    private const int TextAt = LevelAt + 4;

    // By level.
    private static readonly string[] s_letters = ["VRB", "DBG", "INF", "WRN", "ERR", "FTL"];

    /// <summary>Oldest first: by day, and by number within a day.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> In(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, Pattern).Order(Comparer<string>.Create(Compare))]
        : [];

    /// <summary>Lines put together to events.</summary>
    public static IEnumerable<LogEntry> Entries(IEnumerable<string> lines)
    {
        LogEntry? entry = null;
        foreach (var line in lines)
        {
            if (Head(line) is { } head)
            {
                if (entry is not null)
                    yield return entry;
                entry = head;
            }
            else
            {
                entry = entry is null ? new LogEntry(null, LogEventLevel.Information, line) : entry with { Text = entry.Text + "\n" + line };
            }
        }
        if (entry is not null)
            yield return entry;
    }

    /// <summary>A level as the files have it.</summary>
    public static string Letters(LogEventLevel level) => s_letters[(int)level];

    private static LogEntry? Head(string line) =>
        line.Length >= TextAt && line[4] == '-' && line[10] == ' ' && line[LevelAt - 1] == ' ' && Array.IndexOf(s_letters, line[LevelAt..(LevelAt + 3)]) is >= 0 and var level
            ? new LogEntry(line[..(LevelAt - 1)], (LogEventLevel)level, line[TextAt..])
            : null;

    // constella-20261122.log, then constella-20261122_001.log.
    private static int Compare(string? a, string? b)
    {
        var (x, y) = (Path.GetFileNameWithoutExtension(a) ?? "", Path.GetFileNameWithoutExtension(b) ?? "");
        var day = string.CompareOrdinal(x.Split('_')[0], y.Split('_')[0]);
        return day != 0 ? day : x.Length != y.Length ? x.Length - y.Length : string.CompareOrdinal(x, y);
    }
}
