using System.Collections.Concurrent;
using Constella.Api.Cluster;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>
/// The loop that keeps the owner's chat up to date while this node may act. What shall be shown stands in the replicated settings,
/// so a new Host draws what the last one had promised, and a drawing that failed is simply done again.
/// </summary>
internal sealed partial class Display(
    ICluster cluster, BotRight right, Painter painter, Renderer renderer, Reboots reboots, Forgetting forgetting, SpeedTests speeds, ILogger log)
{
    /// <summary>How often a change of the fleet may change the list on the screen.</summary>
    private const long FleetSpacing = 2_000;

    /// <summary>Figures move by themselves for so long after the last press, and so often.</summary>
    private const long LiveFor = 5 * 60_000;
    private const long FigureSpacing = 5_000;
    private const long ChartSpacing = 60_000;

    private const int OutboxLimit = 32;
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentQueue<string> _outbox = new();
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _redraw = true;
    private Sent? _sent;
    private long _liveUntil = cluster.Mono + LiveFor;
    private long _renderedAt;

    /// <summary>A new message that the settings do not know yet.</summary>
    private sealed record Sent(LivingMessage For, long MessageId);

    /// <summary>Draw again, even if the same screen is shown.</summary>
    public void Redraw()
    {
        painter.Wake();
        Volatile.Write(ref _liveUntil, cluster.Mono + LiveFor);
        _redraw = true;
        _changed.TrySetResult();
    }

    /// <summary>A message of its own to the owner, as soon as possible.</summary>
    public void Tell(string html)
    {
        if (_outbox.Count < OutboxLimit)
            _outbox.Enqueue(html);
        _changed.TrySetResult();
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (right.MayAct)
                    await TurnAsync(cancellation);
            }
            catch (RightLostException)
            {
                // Looked at again in the next turn.
            }
            catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
            {
                LogUnforeseen(unforeseen);
            }
            await Task.WhenAny(_changed.Task, Task.Delay(s_turn, cancellation));
            if (_changed.Task.IsCompleted)
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task TurnAsync(CancellationToken cancellation)
    {
        var view = cluster.View;
        foreach (var end in reboots.Step(view, cancellation))
            await EndAsync(view, end, cancellation);
        view = cluster.View;
        await ForgetAsync(view, cancellation);
        await MeasureAsync(view, cancellation);
        view = cluster.View;
        if (view.Settings.OwnerId is not { } owner || owner == 0)
            return;
        var texts = Texts.For(view.Settings.OwnerLanguage);
        if (view.Settings.Message is { } message)
            await DrawAsync(message, texts, cancellation);
        while (cluster.Mono >= painter.RetryAt && _outbox.TryPeek(out var html))
        {
            if (!await painter.TellAsync(owner, html, cancellation))
                break;
            _outbox.TryDequeue(out _);
        }
    }

    private async Task DrawAsync(LivingMessage message, Texts texts, CancellationToken cancellation)
    {
        if (_sent is { } sent && await RememberAsync(sent, cancellation))
            return;
        var key = ScreenKey.Parse(message.Screen);
        var sameScreen = painter.IsDrawn(message) && !_redraw;
        if (cluster.Mono < painter.NotBefore || (sameScreen && !MovesByItself(key)))
            return;
        var screen = await renderer.RenderAsync(key, texts, cancellation);
        _renderedAt = cluster.Mono;
        if (sameScreen && (painter.IsDrawn(message, screen) || (painter.TellsTheSame(screen) && !FiguresAreDue)))
            return;
        painter.Know(message);
        _redraw = false;
        try
        {
            if (await painter.PaintAsync(message, screen, cancellation) is not { } drawn)
                _redraw = true;
            else if (drawn.MessageId != message.MessageId)
                await RememberAsync(new Sent(message, drawn.MessageId), cancellation);
        }
        catch (RightLostException)
        {
            _redraw = true;
            throw;
        }
    }

    private bool IsLive => cluster.Mono < Volatile.Read(ref _liveUntil);

    private bool FiguresAreDue => IsLive && cluster.Mono - painter.PaintedAt >= FigureSpacing;

    /// <summary>What happens to the fleet is always shown; figures, only while somebody is likely to look.</summary>
    private bool MovesByItself(ScreenKey key)
    {
        var since = cluster.Mono - _renderedAt;
        return key.Kind switch
        {
            ScreenKind.List or ScreenKind.Fleet => since >= FleetSpacing,
            ScreenKind.RebootProgress or ScreenKind.Forgetting or ScreenKind.SpeedRunning => true,
            ScreenKind.Consumption or ScreenKind.Connections => IsLive && since >= FigureSpacing,
            ScreenKind.Chart or ScreenKind.Traffic => IsLive && since >= ChartSpacing,
            _ => false,
        };
    }

    private async Task ForgetAsync(ClusterView view, CancellationToken cancellation)
    {
        if (view.Settings.Message is not { } message || ScreenKey.Parse(message.Screen) is not { Kind: ScreenKind.Forgetting, Node: { } node } key)
            return;
        if (forgetting.Step(view, node, key.Detail, cancellation) is { } end)
            await CommitAsync(new SettingsPatch { Message = message with { Screen = end.ToString() } }, cancellation);
    }

    private async Task MeasureAsync(ClusterView view, CancellationToken cancellation)
    {
        if (view.Settings.Message is { } message && ScreenKey.Parse(message.Screen) is { Kind: ScreenKind.SpeedRunning } key && speeds.Step(view, key, cancellation) is { } end)
            await CommitAsync(new SettingsPatch { Message = message with { Screen = end.ToString() } }, cancellation);
    }

    /// <summary>The next Host shall edit this same message. A press may have chosen another screen meanwhile.</summary>
    /// <returns>True when the settings have changed, so that what is to be drawn is looked up anew.</returns>
    private async Task<bool> RememberAsync(Sent sent, CancellationToken cancellation)
    {
        _sent = null;
        if (cluster.View.Settings.Message is not { } now || now.ChatId != sent.For.ChatId || now.MessageId != sent.For.MessageId)
            return true;
        if (!await CommitAsync(new SettingsPatch { Message = now with { MessageId = sent.MessageId } }, cancellation))
            _sent = sent;
        return true;
    }

    private async Task EndAsync(ClusterView view, RebootEnd end, CancellationToken cancellation)
    {
        var message = view.Settings.Message;
        var watching = message is not null
            && ScreenKey.Parse(message.Screen) is { Kind: ScreenKind.RebootProgress } key && key.Node == end.Reboot.Target;
        renderer.Remember(end);
        var patch = new SettingsPatch
        {
            EndReboot = end.Reboot.CommandId,
            Message = watching ? message! with { Screen = end.Screen.ToString() } : null,
        };
        if (!await CommitAsync(patch, cancellation) || watching)
            return;
        var screen = await renderer.RenderAsync(end.Screen, Texts.For(view.Settings.OwnerLanguage), cancellation);
        Tell(screen.Html);
    }

    private async Task<bool> CommitAsync(SettingsPatch patch, CancellationToken cancellation) =>
        await cluster.AskAsync(ticket => new Input.SettingsChanged(patch, ticket), cancellation) is Answer.Done { Error: null };

    [LoggerMessage(Level = LogLevel.Error, Message = "The bot's message could not be drawn; it is tried again.")]
    private partial void LogUnforeseen(Exception exception);
}
