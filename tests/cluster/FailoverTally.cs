namespace ClusterTrials;

/// <summary>All trials together, held against what was promised.</summary>
internal sealed class FailoverTally(FailoverOptions options)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(7);

    /// <summary>Where many networks share two cores; alone it is a third of a second.</summary>
    private static readonly TimeSpan s_planned = TimeSpan.FromSeconds(2);

    private readonly Gaps _gaps = new();
    private readonly Gaps _planned = new();
    private readonly Gaps _handBacks = new();
    private readonly int[] _handled = new int[3];
    private readonly int[] _executed = new int[3];
    private readonly List<string> _violations = [];
    private int _notConfirmedOnce;
    private int _count;

    public void Add(Trial trial)
    {
        _count++;
        var violations = new List<string>(trial.Violations);
        var presses = trial.Fates.Where(fate => fate.IsPress).ToList();
        foreach (var fate in presses)
            _handled[Math.Min(2, fate.Answers)]++;
        _notConfirmedOnce += trial.Fates.Count(fate => fate.Confirmations != 1);
        if (trial.Executed is { } executed)
            _executed[Math.Min(2, executed)]++;
        if (trial.Gap is { } gap)
            (trial.Fault == Fault.Stop ? _planned : _gaps).Add(gap);
        else
            violations.Add("nobody answered any more");
        if (trial.HandBack is { } handBack)
            _handBacks.Add(handBack);
        Report.Note($"trial {_count} {trial.Fault}: silence {Seconds(trial.Gap)}, hand-back {Seconds(trial.HandBack)}, "
            + $"presses {presses.Count} handled 0/1/2+ times: {Counts(presses)}, reboots {trial.Executed?.ToString() ?? "-"}, "
            + $"confirmed by {string.Join(" → ", trial.Turns.Select(turn => $"h{Net.HostOf(turn.Remote)}"))}");
        foreach (var violation in violations)
            Report.Note($"trial {_count}: {violation}");
        _violations.AddRange(violations);
    }

    public void Tell(Report report, int crashes)
    {
        var name = $"failover, {options.Nodes} nodes";
        if (_gaps.Count > 0)
        {
            report.Check(_gaps.Max <= s_longest, $"{name}: another node answers within 10 s", _gaps.ToString());
            if (options.Nodes > 2)
                report.Check(_gaps.Percentile(0.5) <= s_usual, $"{name}: half of the time within 7 s", _gaps.ToString());
            report.Check(_executed is [0, _, 0], $"{name}: each reboot that was confirmed happened exactly once",
                $"0/1/2+ times: {string.Join('/', _executed)}");
        }
        if (_planned.Count > 0)
            report.Check(_planned.Max <= s_planned, $"{name}: a planned stop is silent for two seconds at most", _planned.ToString());
        if (_handBacks.Count > 0)
            report.Check(_handBacks.Max <= s_planned, $"{name}: the way back is silent for two seconds at most", _handBacks.ToString());
        report.Check(_handled[0] == 0, $"{name}: every press was handled", $"0/1/2+ times: {string.Join('/', _handled)}");
        report.Check(_notConfirmedOnce == 0, $"{name}: every update was confirmed exactly once", $"{_notConfirmedOnce} were not");
        report.Check(_violations.Count == 0, $"{name}: never two nodes confirmed at once", string.Join("; ", _violations));
        report.Check(crashes == 0, $"{name}: no node ended by itself", $"{crashes} did");
    }

    private static string Counts(List<Fate> presses) =>
        $"{presses.Count(fate => fate.Answers == 0)}/{presses.Count(fate => fate.Answers == 1)}/{presses.Count(fate => fate.Answers > 1)}";

    private static string Seconds(TimeSpan? gap) => gap is { } some ? $"{some.TotalSeconds:0.00} s" : "-";
}
