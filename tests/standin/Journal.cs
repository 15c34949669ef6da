using System.Globalization;
using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>Everything that happened, in its order: what failover is measured with.</summary>
public sealed class Journal(TimeProvider time)
{
    private readonly List<JsonObject> _entries = [];

    /// <summary>Milliseconds of this machine's monotonic clock, comparable with other processes on it.</summary>
    public double Mono => time.GetTimestamp() * 1000.0 / time.TimestampFrequency;

    internal void Add(string kind, JsonObject entry)
    {
        lock (_entries)
        {
            entry["seq"] = _entries.Count;
            entry["kind"] = kind;
            entry["mono_ms"] = Math.Round(Mono, 3);
            entry["utc"] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
            _entries.Add(entry);
        }
    }

    /// <summary>Copies of the entries from number <paramref name="since"/> on.</summary>
    public IReadOnlyList<JsonObject> Since(int since = 0)
    {
        lock (_entries)
            return [.. _entries.Skip(since).Select(entry => entry.DeepClone().AsObject())];
    }

    /// <summary>Copies of the entries of one kind.</summary>
    public IReadOnlyList<JsonObject> Of(string kind) => [.. Since().Where(entry => (string?)entry["kind"] == kind)];
}
