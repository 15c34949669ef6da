using Serilog.Events;

namespace Constella.Api.Logging;

/// <summary>Reads a folder's log files from their latest events on, over from each file to the next.</summary>
public sealed class LogFollower(string folder) : IDisposable
{
    private LogTail? _tail;
    private LogEventLevel _level = LogEventLevel.Information;

    /// <summary>The latest events of at least this level, oldest first; <see cref="New"/> goes on after them.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public List<LogEntry> Last(int count, LogEventLevel least)
    {
        var last = new List<LogEntry>();
        foreach (var file in LogFiles.In(folder).Reverse())
        {
            var tail = new LogTail(file);
            last.InsertRange(0, Entries(tail).Where(entry => entry.Level >= least).TakeLast(count - last.Count));
            if (_tail is null)
                _tail = tail;
            else
                tail.Dispose();
            if (last.Count >= count)
                break;
        }
        return last;
    }

    /// <summary>What has come since.</summary>
    public List<LogEntry> New(LogEventLevel least)
    {
        var entries = new List<LogEntry>();
        // Listed first: once a newer file is there, no line comes to an older one any more.
        var files = LogFiles.In(folder);
        if (_tail is not null)
            entries.AddRange(Entries(_tail));
        foreach (var file in files.SkipWhile(file => _tail is not null && file != _tail.Path).Where(file => file != _tail?.Path).ToList())
        {
            _tail?.Dispose();
            _tail = new LogTail(file);
            entries.AddRange(Entries(_tail));
        }
        return entries.FindAll(entry => entry.Level >= least);
    }

    public void Dispose() => _tail?.Dispose();

    // Lines that came after their event was read are as grave as that one.
    private List<LogEntry> Entries(LogTail tail)
    {
        var entries = LogFiles.Entries(tail.Read()).ToList();
        if (entries is [{ At: null } orphan, ..])
            entries[0] = orphan with { Level = _level };
        if (entries.Count > 0)
            _level = entries[^1].Level;
        return entries;
    }
}
