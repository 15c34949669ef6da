using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.Telegram;

/// <summary>A reboot that has come to its end.</summary>
internal sealed record RebootEnd(PendingReboot Reboot, ScreenKey Screen, string? Reason);

/// <summary>
/// Drives the reboots that the settings remember (rules C1 and W6): they were replicated before the first command is sent, and the
/// command's id never changes, so whichever node is Host may send it again.
/// </summary>
internal sealed class Reboots(ICluster cluster, IPeers peers, BotRight right, TimeProvider time)
{
    /// <summary>After this nothing more is tried.</summary>
    public static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(10);

    private const long SendAgain = 3_000;
    private static readonly TimeSpan s_callLimit = TimeSpan.FromMilliseconds(2_500);

    private readonly Dictionary<string, Sending> _sendings = [];

    private sealed class Sending
    {
        public RebootStage Stage { get; set; } = RebootStage.Sending;
        public long NextTry { get; set; }
        public Task? Call { get; set; }
        public string? Refused { get; set; }
    }

    public static PendingReboot? Of(ClusterView view, string? node) => view.Settings.Reboots.FirstOrDefault(reboot => reboot.Target == node);

    public RebootStage StageOf(PendingReboot reboot) => _sendings.TryGetValue(reboot.CommandId, out var sending) ? sending.Stage : RebootStage.Sending;

    public TimeSpan Since(PendingReboot reboot) => time.GetUtcNow() - reboot.Requested is { Ticks: > 0 } since ? since : TimeSpan.Zero;

    /// <summary>Sends what is due, and tells which reboots are over.</summary>
    public IReadOnlyList<RebootEnd> Step(ClusterView view, CancellationToken cancellation)
    {
        var ends = new List<RebootEnd>();
        foreach (var reboot in view.Settings.Reboots)
        {
            if (!_sendings.TryGetValue(reboot.CommandId, out var sending))
                _sendings[reboot.CommandId] = sending = new Sending();
            if (End(view, reboot, sending) is { } end)
                ends.Add(end);
            else if (sending.Stage != RebootStage.Taken && sending.Call is not { IsCompleted: false } && cluster.Mono >= sending.NextTry)
                sending.Call = SendAsync(reboot, sending, cancellation);
        }
        return ends;
    }

    private RebootEnd? End(ClusterView view, PendingReboot reboot, Sending sending)
    {
        if (FleetScreens.Find(view, reboot.Target) is not { } member)
            return new RebootEnd(reboot, ScreenKey.Failed(reboot, RebootFailure.Gone), null);
        if (member.Boot is { } boot && boot != reboot.BootId && (member.IsSelf || member.Health == Health.Alive))
            return new RebootEnd(reboot, ScreenKey.Back(reboot, Since(reboot)), null);
        if (sending.Refused is { } reason)
            return new RebootEnd(reboot, ScreenKey.Failed(reboot, RebootFailure.Refused), reason);
        return Since(reboot) >= GiveUp ? new RebootEnd(reboot, ScreenKey.Failed(reboot, RebootFailure.Timeout), null) : null;
    }

    private async Task SendAsync(PendingReboot reboot, Sending sending, CancellationToken cancellation)
    {
        sending.NextTry = cluster.Mono + SendAgain;
        try
        {
            // The newest term each time: a target that has seen a higher one refuses (rule L7).
            var command = new CommandRequest { Id = reboot.CommandId, Target = reboot.Target, Term = cluster.View.Term };
            await right.ActAsync(limited => peers.For(reboot.Target).OrderAsync(AuditActions.Reboot, command, limited), s_callLimit, cancellation);
            sending.Stage = RebootStage.Taken;
        }
        catch (PeerException refused) when (IsFinal(refused))
        {
            sending.Refused = refused.Message;
        }
        catch (Exception failed) when (failed is PeerException or RequestException)
        {
            sending.Stage = RebootStage.NoAnswer;
        }
        catch (Exception stopped) when (stopped is RightLostException or OperationCanceledException)
        {
            // The next Host goes on.
        }
    }

    /// <summary>A refusal that the same call will meet again. 401 is not one: clocks are put right after it.</summary>
    private static bool IsFinal(PeerException refused) =>
        refused.Status is >= 400 and < 500 and not (401 or 408 or 429) && refused.Code is not (Errors.StaleTerm or Errors.Timeout);
}
