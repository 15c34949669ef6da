using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>Something that shall go wrong.</summary>
public sealed record Fault
{
    /// <summary>A method's name, or <c>*</c>.</summary>
    public string Method { get; init; } = "*";

    /// <summary>Only for calls from this address; null for all.</summary>
    public string? Remote { get; init; }

    /// <summary>Calls it hits before it is gone.</summary>
    public int Count { get; init; } = 1;

    public int? ErrorCode { get; init; }
    public string? Description { get; init; }
    public int? RetryAfter { get; init; }
    public int DelayMs { get; init; }

    /// <summary>Never answers.</summary>
    public bool Hang { get; init; }

    /// <summary>Does what was asked, and then loses the answer (closes the connection).</summary>
    public bool LoseAnswer { get; init; }

    internal static Fault Parse(JsonNode node) => new()
    {
        Method = (string?)node["method"] ?? "*",
        Remote = (string?)node["remote"],
        Count = (int?)node["count"] ?? 1,
        ErrorCode = (int?)node["error_code"],
        Description = (string?)node["description"],
        RetryAfter = (int?)node["retry_after"],
        DelayMs = (int?)node["delay_ms"] ?? 0,
        Hang = (bool?)node["hang"] ?? false,
        LoseAnswer = (bool?)node["lose_answer"] ?? false,
    };
}

/// <summary>The faults to come, first come, first hit.</summary>
public sealed class Faults
{
    private readonly List<Fault> _faults = [];

    public void Add(Fault fault)
    {
        lock (_faults)
            _faults.Add(fault);
    }

    public void Clear()
    {
        lock (_faults)
            _faults.Clear();
    }

    internal Fault? Take(string method, string remote)
    {
        lock (_faults)
        {
            var at = _faults.FindIndex(fault =>
                (fault.Method == "*" || fault.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
                && (fault.Remote is null || fault.Remote == remote));
            if (at < 0)
                return null;
            var hit = _faults[at];
            if (hit.Count <= 1)
                _faults.RemoveAt(at);
            else
                _faults[at] = hit with { Count = hit.Count - 1 };
            return hit;
        }
    }
}
