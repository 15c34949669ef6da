using System.Collections.Immutable;
using Constella.Core.Wire;

namespace Constella.Core.Speed;

/// <summary>
/// What a node remembers of speed tests over its restarts (rules B1 and B4): the bytes of the month, and the latest runs. Bytes are taken out
/// of the budget before a test begins and given back at its end, so that a crash in the middle costs too much rather than nothing.
/// </summary>
public sealed record SpeedBook
{
    /// <summary>As <c>2026-11</c>, UTC.</summary>
    public string Month { get; init; } = "";

    /// <summary>Bytes sent and received in that month, and those that are put by for a test that goes on.</summary>
    public long Used { get; init; }

    /// <summary>Ids of tests that were taken, the latest first: none of them is taken again.</summary>
    public ImmutableArray<string> Ids { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The latest first; only tests that this node measured.</summary>
    public ImmutableArray<SpeedRun> Runs { get; init => field = value.IsDefault ? [] : value; } = [];

    public bool Knows(string id) => Ids.Contains(id);

    /// <summary>The bytes of a month; a clock that was set back opens no new one.</summary>
    public long UsedIn(string month) => IsLater(month) ? 0 : Used;

    /// <summary>The bytes that are left in it.</summary>
    public long Left(string month, long monthly) => Math.Max(0, monthly - UsedIn(month));

    /// <summary>Puts bytes by.</summary>
    public SpeedBook Take(string month, long bytes) => IsLater(month) ? this with { Month = month, Used = bytes } : this with { Used = Used + bytes };

    /// <summary>Gives back what was put by and not needed.</summary>
    public SpeedBook Return(long bytes) => this with { Used = Math.Max(0, Used - bytes) };

    /// <summary>A test that this node measures has begun.</summary>
    public SpeedBook Begin(SpeedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return this with
        {
            Ids = [.. Ids.Insert(0, run.Id).Take(Limits.SpeedIds)],
            Runs = [.. Runs.Insert(0, run).Take(Limits.SpeedRuns)],
        };
    }

    /// <summary>It has ended, or come further.</summary>
    public SpeedBook With(SpeedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return this with { Runs = [.. Runs.Select(known => known.Id == run.Id ? run : known)] };
    }

    /// <summary>As a process finds it that has just begun: what went on then has ended with the last one.</summary>
    public SpeedBook Interrupted(string detail) => this with
    {
        Runs = [.. Runs.Select(run => run.IsOver ? run : run with { Phase = SpeedPhase.Failed, Error = "interrupted", Detail = detail })],
    };

    private bool IsLater(string month) => string.CompareOrdinal(month, Month) > 0;
}
