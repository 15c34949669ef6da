using System.Net;

namespace TelegramStandIn;

/// <summary>The command line of the stand-in.</summary>
internal static class StandInCommand
{
    private const string Usage = """
        telegram-standin --listen IP:PORT [--token 123:ABC] [--tls IP:PORT --certificate FILE]
                                                                a Bot API server with a control API under /control; over TLS as well
        telegram-standin chat --url URL [--user-id N] [--username NAME] [--lang ru|en]
                                                                a chat with its bot in this terminal
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var listen = Option(args, "--listen");
        var (tls, certificate) = (Option(args, "--tls"), Option(args, "--certificate"));
        IPEndPoint? secure = null;
        if (listen is null || !IPEndPoint.TryParse(listen, out var endpoint) || (tls is not null && (certificate is null || !IPEndPoint.TryParse(tls, out secure))))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }
        var options = new StandInOptions { Listen = endpoint, Token = Option(args, "--token") ?? StandInOptions.ExampleToken, Tls = secure, Certificate = certificate };
        await using var server = await StandInServer.StartAsync(options);
        Console.WriteLine($"Bot API stand-in on {server.Url}");
        await server.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The value after <paramref name="name"/>, or null.</summary>
    public static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
