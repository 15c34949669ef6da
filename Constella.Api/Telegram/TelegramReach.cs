using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;

namespace Constella.Api.Telegram;

/// <summary>
/// Tells the cluster whether Telegram can be reached from here (rule E2): <c>getMe</c> every 5 s on every node while there is a
/// token; where the bot polls, its answers count instead. One lost call is asked again before it counts.
/// </summary>
internal sealed class TelegramReach(ICluster cluster, ITelegramBotClientFactory clients) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(2_500);

    private long _answeredAt = long.MinValue / 2;

    /// <summary>A poll got an answer.</summary>
    public void Answered()
    {
        Volatile.Write(ref _answeredAt, cluster.Mono);
        cluster.Post(new Input.TelegramTried(true));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var polled = cluster.Mono - Volatile.Read(ref _answeredAt) < (long)s_every.TotalMilliseconds;
            if (!polled && cluster.View.Settings.BotToken is { Length: > 0 } token)
            {
                failures = await TriedAsync(clients.Create(token), stoppingToken) ? 0 : failures + 1;
                if (failures != 1)
                    cluster.Post(new Input.TelegramTried(failures == 0));
            }
            await Task.Delay(failures == 1 ? s_again : s_every, stoppingToken);
        }
    }

    private static async Task<bool> TriedAsync(ITelegramBotClient client, CancellationToken stopping)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limited.CancelAfter(s_limit);
        try
        {
            await client.GetMeAsync(limited.Token);
            return true;
        }
        catch (ApiRequestException refused)
        {
            // Telegram answered, even if it does not like the token.
            return refused.ErrorCode < 500;
        }
        catch (Exception failed) when (failed is RequestException || (failed is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            return false;
        }
    }
}
