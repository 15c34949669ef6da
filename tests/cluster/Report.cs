namespace ClusterTrials;

/// <summary>The lines that <c>run</c> counts: <c>ok</c> or <c>not ok</c>, and what was found.</summary>
internal sealed class Report
{
    private int _failed;

    public bool Failed => _failed > 0;

    public void Check(bool holds, string claim, string? found = null)
    {
        if (!holds)
            _failed++;
        Console.WriteLine($"{(holds ? "ok" : "not ok")} {claim}{(string.IsNullOrEmpty(found) ? "" : $" ({found})")}");
    }

    public static void Note(string text) => Console.WriteLine($"# {text}");
}

/// <summary>A handful of durations, told the way people ask for them.</summary>
internal sealed class Gaps
{
    private readonly List<TimeSpan> _all = [];

    public int Count => _all.Count;

    public TimeSpan Max => _all.Count == 0 ? TimeSpan.Zero : _all.Max();

    public void Add(TimeSpan gap) => _all.Add(gap);

    /// <summary>Nearest rank: a figure that was really measured.</summary>
    public TimeSpan Percentile(double share) =>
        _all.Count == 0 ? TimeSpan.Zero : _all.Order().ElementAt((int)Math.Ceiling(share * _all.Count) - 1);

    public override string ToString() =>
        $"p50 {Percentile(0.5).TotalSeconds:0.00} s, p99 {Percentile(0.99).TotalSeconds:0.00} s, max {Max.TotalSeconds:0.00} s, n={Count}";
}
