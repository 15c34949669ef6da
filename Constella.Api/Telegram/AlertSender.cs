using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>
/// Brings alerts to the owner (rule A5). It runs on every node: the Host sends, and where Telegram does not take the Host's
/// messages, the node that it names. Apart from the bot, which polls and needs a right for it.
/// </summary>
internal sealed partial class AlertSender(
    ICluster cluster, ITelegramBotClientFactory clients, TimeProvider time, ILogger<AlertSender> log) : BackgroundService
{
    private const long Again = 3_000;
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(2);

    private readonly AlertCourier _courier = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
            {
                LogUnforeseen(unforeseen);
            }
            await Task.Delay(s_turn, stoppingToken);
        }
    }

    private async Task TurnAsync(CancellationToken stopping)
    {
        var (view, mono) = (cluster.View, cluster.Mono);
        if (_courier.Due(view, mono, view.MayAct(mono)) is { IsEmpty: false } due)
            await SendAsync(view, due, stopping);
        // At once: until the others know, the next Host would tell it again.
        (view, mono) = (cluster.View, cluster.Mono);
        if (_courier.Receipts(view) is { IsEmpty: false } receipts)
            await CommitAsync(new SettingsPatch { Told = receipts }, stopping);
        if (_courier.PassOn(view, mono, view.MayAct(mono)) is { } next)
        {
            LogPassedOn(next.Length == 0 ? view.NodeId : next);
            await CommitAsync(new SettingsPatch { AlertSender = next }, stopping);
        }
    }

    private async Task SendAsync(ClusterView view, ImmutableArray<Alert> due, CancellationToken stopping)
    {
        var settings = view.Settings;
        var (html, keyboard) = AlertScreens.Message(view, due, Texts.For(settings.OwnerLanguage));
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limited.CancelAfter(s_callLimit);
        try
        {
            var quiet = OwnerClock.IsQuiet(settings, time.GetUtcNow());
            await clients.Create(settings.BotToken!).SendMessageAsync(settings.OwnerId!.Value, html, keyboard, quiet, limited.Token);
            _courier.Sent(due);
        }
        catch (ApiRequestException refused) when (!refused.IsTransient)
        {
            // The owner has blocked the bot, or Telegram will never take this text: the same call again is no use.
            LogRefused(refused.Message);
            _courier.Sent(due);
        }
        catch (RequestException failed)
        {
            _courier.Failed(cluster.Mono, failed is ApiRequestException { RetryAfter: { } seconds } ? seconds * 1_000L : Again);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            _courier.Failed(cluster.Mono, Again);
        }
    }

    private async Task CommitAsync(SettingsPatch patch, CancellationToken stopping) =>
        await cluster.AskAsync(ticket => new Input.SettingsChanged(patch, ticket), stopping);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telegram does not take this Host's messages: alerts are sent by {Node} from now on.")]
    private partial void LogPassedOn(string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telegram refused an alert for good: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alerts could not be sent; it is tried again.")]
    private partial void LogUnforeseen(Exception exception);
}
