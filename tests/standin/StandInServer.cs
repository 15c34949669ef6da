using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace TelegramStandIn;

public sealed record StandInOptions
{
    public const string ExampleToken = "123:ABC";

    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Where it answers over TLS as well, with the certificate and key of <see cref="Certificate"/> (PEM); null: nowhere.</summary>
    public IPEndPoint? Tls { get; init; }
    public string? Certificate { get; init; }
    public string Token { get; init; } = ExampleToken;
    public string BotUsername { get; init; } = "constella_bot";
}

/// <summary>The stand-in on a real port: a process of its own, or inside a test.</summary>
public sealed class StandInServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StandInServer(WebApplication app, BotApi bot)
    {
        _app = app;
        Bot = bot;
    }

    public BotApi Bot { get; }

    /// <summary>What <c>CONSTELLA_BOT_API_URL</c> is set to.</summary>
    public string Url => _app.Urls.First();

    public static async Task<StandInServer> StartAsync(StandInOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Listen);
            if (options.Tls is not null && options.Certificate is not null)
                kestrel.Listen(options.Tls, tls => tls.UseHttps(X509Certificate2.CreateFromPemFile(options.Certificate)));
        });
        var app = builder.Build();
        var bot = new BotApi(options, time ?? TimeProvider.System);
        app.MapBotApi(bot);
        app.MapControl(bot);
        await app.StartAsync();
        return new StandInServer(app, bot);
    }

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        Bot.Dispose();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }
}
