using System.Collections.Immutable;
using Constella.Core.Cluster;

namespace Constella.Core.Alerts;

/// <summary>How one thing stands now.</summary>
public enum Condition
{
    Good,

    /// <summary>Neither bad enough to begin an alert nor good enough to end one.</summary>
    Between,
    Bad,
}

/// <summary>What a judge sees of one thing at one moment (rule A2).</summary>
/// <param name="Hold">For how many milliseconds it has to be bad, as seen by one judge, before an alert begins (rule A3).</param>
/// <param name="Calm">For how many it has to be good before the alert ends.</param>
public sealed record Sign(AlertKind Kind, string? Node, Condition Condition, long Hold, long Calm)
{
    /// <summary>As the kind has it.</summary>
    public string? Detail { get; init; }

    /// <summary>Where it is known better than by the judge: since when it is bad.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>As <see cref="Alert.Stage"/> has it.</summary>
    public int Stage { get; init; }

    /// <summary>It has no duration: the alert ends as it begins.</summary>
    public bool Event { get; init; }
}

/// <summary>
/// Rules A3 and A4: from signs to the beginnings and ends of alerts. Every node keeps these timers, so that a new Host need
/// not begin to count; only who may write the settings makes anything of what is due.
/// </summary>
internal sealed class AlertJudge
{
    private static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    private Dictionary<(AlertKind, string?, bool Ending), long> _since = [];

    /// <summary>The process stood still (rule L4): what it saw before says nothing of now.</summary>
    public void Reset() => _since.Clear();

    /// <returns>What is due: alerts that begin, and alerts that end.</returns>
    public ImmutableArray<Alert> Look(IReadOnlyList<Sign> signs, ImmutableArray<Alert> book, Now now)
    {
        var due = ImmutableArray.CreateBuilder<Alert>();
        var since = new Dictionary<(AlertKind, string?, bool), long>(signs.Count);
        var going = book.RemoveAll(static alert => alert.Ended is not null);
        foreach (var sign in signs)
        {
            var open = AlertBook.Open(going, sign.Kind, sign.Node);
            if (open is not null && sign.Condition == Condition.Bad && sign.Stage > open.Stage)
            {
                // What was told of it is over without a word: the next stage says more.
                due.Add(open with { Ended = Later(open.Since, now.Utc), Told = AlertTold.All });
                due.Add(Begun(sign, now.Utc));
                continue;
            }
            if (!GoesOn(sign, open is not null))
                continue;
            var key = (sign.Kind, sign.Node, open is not null);
            var began = since[key] = _since.GetValueOrDefault(key, now.Mono);
            var lasted = now.Mono - began;
            if (open is null && lasted >= sign.Hold * Patience(sign, book, now))
                due.Add(Begun(sign, sign.Since ?? now.Utc.AddMilliseconds(-lasted)));
            else if (open is not null && lasted >= sign.Calm)
                due.Add(open with { Ended = Later(open.Since, now.Utc.AddMilliseconds(-lasted)) });
        }
        _since = since;
        return due.ToImmutable();
    }

    // Raised and cleared at different levels: what is in between neither begins nor ends anything, but goes on being bad.
    private bool GoesOn(Sign sign, bool ending) => sign.Condition switch
    {
        Condition.Good => ending,
        Condition.Bad => !ending,
        _ => !ending && _since.ContainsKey((sign.Kind, sign.Node, false)),
    };

    // What came and went within the hour has to last longer each time, or the owner mutes the bot.
    private static int Patience(Sign sign, ImmutableArray<Alert> book, Now now)
    {
        var times = 0;
        foreach (var alert in book)
        {
            if (alert.IsAbout(sign.Kind, sign.Node) && now.Utc - alert.Since < Lately)
                times++;
        }
        return 1 + (2 * Math.Min(times, 3));
    }

    private static Alert Begun(Sign sign, DateTimeOffset since) => new()
    {
        Id = FormattableString.Invariant($"{sign.Kind}:{sign.Node}:{since.ToUnixTimeMilliseconds()}").ToLowerInvariant(),
        Kind = sign.Kind,
        Node = sign.Node,
        Since = since,
        Ended = sign.Event ? since : null,
        Detail = sign.Detail,
        Stage = sign.Stage,
    };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
