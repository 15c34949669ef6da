using Constella.Api.Charts;
using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Api.Telegram.Client;

namespace Constella.Api.Telegram;

/// <summary>The room of the Telegram bot.</summary>
public static class TelegramServices
{
    /// <param name="botApiUrl">CONSTELLA_BOT_API_URL.</param>
    /// <param name="commandId">Gives the id of the command that an update asks for: <c>KeyRing.CommandId</c> (rule W6).</param>
    public static IServiceCollection AddTelegram(
        this IServiceCollection services, Uri botApiUrl, Func<long, string, string> commandId)
    {
        services.AddSingleton<ITelegramBotClientFactory>(_ => new TelegramBotClientFactory(botApiUrl));
        services.AddSingleton<TelegramReach>();
        services.AddHostedService(provider => provider.GetRequiredService<TelegramReach>());
        services.AddHostedService(provider => new AlertSender(
            provider.GetRequiredService<ICluster>(),
            provider.GetRequiredService<ITelegramBotClientFactory>(),
            TimeProvider.System,
            provider.GetRequiredService<ILogger<AlertSender>>()));
        services.AddSingleton<IBotHost>(provider =>
        {
            var log = provider.GetRequiredService<ILogger<BotHost>>();
            return new BotHost(new BotParts(
                provider.GetRequiredService<ICluster>(),
                provider.GetRequiredService<IPeers>(),
                provider.GetRequiredService<ITelegramBotClientFactory>(),
                provider.GetRequiredService<IChartRasteriser>(),
                provider.GetRequiredService<TelegramReach>(),
                new OwnerGate(log),
                commandId,
                TimeProvider.System,
                log)
            {
                Audit = provider.GetRequiredService<IAuditLog>().Commands,
            });
        });
        return services;
    }
}
