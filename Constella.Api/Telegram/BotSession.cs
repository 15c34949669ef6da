using System.Collections.Immutable;
using Constella.Api.Charts;
using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Api.Telegram;

/// <summary>What a bot is made of, beside its token.</summary>
/// <param name="CommandId">From an update's id and an action, the same on every node (rule W6).</param>
internal sealed record BotParts(
    ICluster Cluster,
    IPeers Peers,
    ITelegramBotClientFactory Clients,
    IChartRasteriser Charts,
    TelegramReach Reach,
    OwnerGate Gate,
    Func<long, string, string> CommandId,
    TimeProvider Time,
    ILogger Log)
{
    /// <summary>The latest commands, so many, by their beginnings (rule U6).</summary>
    public required Func<int, ImmutableArray<AuditedCommand>> Audit { get; init; }
}

/// <summary>The bot with one token, for as long as this node has the right to run it.</summary>
internal sealed class BotSession
{
    private readonly BotParts _parts;
    private readonly ITelegramBotClient _client;
    private readonly BotRight _right;
    private readonly Display _display;
    private readonly PollLoop _polls;
    private readonly string _token;

    public BotSession(BotParts parts, string token)
    {
        (_parts, _token) = (parts, token);
        var cluster = parts.Cluster;
        _client = parts.Clients.Create(token);
        _right = new BotRight(cluster, parts.Time);
        var reboots = new Reboots(cluster, parts.Peers, _right, parts.Time);
        var forgetting = new Forgetting(cluster, _right);
        var speeds = new SpeedTests(cluster, parts.Peers, _right);
        var charting = new Charting(parts.Peers, parts.Charts, parts.Time);
        var renderer = new Renderer(cluster, parts.Peers, reboots, charting, forgetting, speeds, parts.Time, parts.Audit);
        var painter = new Painter(_client, _right, cluster, parts.Log);
        _display = new Display(cluster, _right, painter, renderer, reboots, forgetting, speeds, parts.Log);
        var handler = new UpdateHandler(
            cluster, _client, _right, _display, parts.Gate, new InviteCommand(cluster), parts.CommandId, parts.Time);
        _polls = new PollLoop(cluster, _client, _right, handler, parts.Reach, parts.Log);
    }

    private bool SameToken => _parts.Cluster.View.Settings.BotToken == _token;

    /// <summary>Ends when it is stopped, in either way, or the token has changed.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var beside = Task.WhenAll(_display.RunAsync(ended.Token), RegisterCommandsAsync(ended.Token));
        try
        {
            await _polls.RunAsync(() => SameToken, stopping, cancellation);
        }
        finally
        {
            await ended.CancelAsync();
            await beside.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public void Tell(Notice notice)
    {
        var texts = Texts.For(_parts.Cluster.View.Settings.OwnerLanguage);
        var html = notice.Kind switch
        {
            NoticeKind.StrangerPolls => texts[Text.StrangerPolls],
            NoticeKind.WebhookRemoved => texts[Text.WebhookRemoved],
            NoticeKind.Cloned => texts.Format(Text.Cloned, Html.Escape(notice.Name ?? notice.NodeId)),
            _ => null,
        };
        if (html is not null)
            _display.Tell(html);
    }

    private async Task RegisterCommandsAsync(CancellationToken cancellation)
    {
        try
        {
            // The first calls belong to whoever waits for an answer.
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            await RegisterAsync(Texts.English, null, cancellation);
            await RegisterAsync(Texts.Russian, Texts.Russian.Language, cancellation);
        }
        catch (Exception failed) when (failed is RequestException or RightLostException or OperationCanceledException)
        {
            // A menu is a comfort; the next Host registers it again.
        }
    }

    private Task RegisterAsync(Texts texts, string? language, CancellationToken cancellation)
    {
        ImmutableArray<BotCommand> commands =
        [
            new("nodes", texts[Text.CommandNodes]),
            new("invite", texts[Text.CommandInvite]),
            new("audit", texts[Text.CommandAudit]),
            new("help", texts[Text.CommandHelp]),
            new("start", texts[Text.CommandStart]),
        ];
        return _right.ActAsync(limited => _client.SetMyCommandsAsync(commands, language, limited), TimeSpan.FromSeconds(2), cancellation);
    }
}
