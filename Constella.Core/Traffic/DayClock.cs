using Constella.Core.Cluster;

namespace Constella.Core.Traffic;

/// <summary>
/// Which time it is, for what is counted by days (rule T3): a wall clock that jumps is believed after an hour; until then time goes on
/// as the monotonic clock has it.
/// </summary>
/// <param name="At">The time that was believed last.</param>
/// <param name="Mono">Monotonic milliseconds at that moment.</param>
/// <param name="Boot">The boot that these milliseconds are of; null: not known.</param>
/// <param name="DoubtSince">Monotonic milliseconds since which the wall clock is not believed.</param>
public sealed record DayClock(DateTimeOffset At, long Mono, string? Boot, long? DoubtSince = null)
{
    /// <summary>Smaller jumps are ordinary corrections: they are followed at once.</summary>
    private static readonly TimeSpan s_small = TimeSpan.FromMinutes(10);

    private const long Patience = 3_600_000;

    /// <summary>The day, by UTC.</summary>
    public DateOnly Day => DateOnly.FromDateTime(At.UtcDateTime);

    /// <summary>The clock as it stands now.</summary>
    public DayClock Look(Now now, string? boot)
    {
        if (boot != Boot || now.Mono < Mono)
            return Reboot(now, boot);
        var expected = At.AddMilliseconds(now.Mono - Mono);
        if ((now.Utc - expected).Duration() <= s_small)
            return new DayClock(Later(now.Utc), now.Mono, boot);
        var since = DoubtSince ?? now.Mono;
        return now.Mono - since >= Patience ? new DayClock(now.Utc, now.Mono, boot) : new DayClock(expected, now.Mono, boot, since);
    }

    // A correction never leads back over midnight: the day stands still until the clock has caught up.
    private DateTimeOffset Later(DateTimeOffset utc) => utc > At ? utc : At;

    // Nobody knows for how long the machine was off; but it was not switched on before it was switched off.
    private DayClock Reboot(Now now, string? boot) =>
        now.Utc >= At - s_small ? new DayClock(Later(now.Utc), now.Mono, boot) : new DayClock(At, now.Mono, boot, now.Mono);
}
