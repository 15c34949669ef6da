using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterTrials;

/// <summary>An attacker as a program of its own, so that it runs on a machine of its own.</summary>
internal static class Attack
{
    private static readonly byte[] s_join = Encoding.ASCII.GetBytes(
        "POST /join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");

    /// <param name="kind">hold, headers, bodies or joins.</param>
    /// <returns>A line that says what was done.</returns>
    public static async Task<string> RunAsync(string kind, IPEndPoint target, int seconds)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var tally = new Tally();
        Func<Socket, CancellationToken, Task> act = kind switch
        {
            "hold" => static (_, cancellation) => Task.Delay(Timeout.Infinite, cancellation),
            "headers" => (socket, cancellation) => DripAsync(socket, "GET /health HTTP/1.1\r\nX: ", cancellation),
            "bodies" => (socket, cancellation) => DripAsync(socket, "POST /heartbeat HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n", cancellation),
            "joins" => (socket, cancellation) => JoinAsync(socket, tally, cancellation),
            _ => throw new TrialException($"no such attack: {kind}"),
        };
        var connections = kind switch { "hold" => 2_000, "joins" => 50, _ => 500 };
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => ConnectAsync(target, act, reads: kind == "joins", tally, end.Token)));
        return $"{kind}: {tally.Opened} connections opened, {tally.Failed} ended by the node or refused, {tally.Joins / seconds} joins a second";
    }

    private static async Task ConnectAsync(IPEndPoint target, Func<Socket, CancellationToken, Task> act, bool reads, Tally tally, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            try
            {
                await socket.ConnectAsync(target, cancellation);
                Interlocked.Increment(ref tally.Opened);
                using var hungUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var acting = act(socket, hungUp.Token);
                // Who only sends does not see that nobody is there any more.
                await (reads ? acting : Task.WhenAny(acting, socket.ReceiveAsync(new byte[512], hungUp.Token).AsTask()));
                await hungUp.CancelAsync();
            }
            catch (Exception error) when (error is SocketException or IOException)
            {
                // Counted below.
            }
            catch (OperationCanceledException)
            {
                return;
            }
            Interlocked.Increment(ref tally.Failed);
            await Task.Delay(200, CancellationToken.None);
        }
    }

    private static async Task DripAsync(Socket socket, string start, CancellationToken cancellation)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(start), cancellation);
        while (true)
        {
            await Task.Delay(1_000, cancellation);
            await socket.SendAsync("x"u8.ToArray(), cancellation);
        }
    }

    /// <summary>200 a second on each connection, ten in one packet.</summary>
    private static async Task JoinAsync(Socket socket, Tally tally, CancellationToken cancellation)
    {
        byte[] ten = [.. Enumerable.Repeat(s_join, 10).SelectMany(static each => each)];
        var answer = new byte[16 * 1024];
        while (true)
        {
            var begun = Stopwatch.GetTimestamp();
            await socket.SendAsync(ten, cancellation);
            for (var answered = 0; answered < 10;)
            {
                var read = await socket.ReceiveAsync(answer, cancellation);
                if (read == 0)
                    return;
                var count = Encoding.ASCII.GetString(answer, 0, read).Split("HTTP/1.1 ").Length - 1;
                answered += count;
                Interlocked.Add(ref tally.Joins, count);
            }
            var rest = TimeSpan.FromMilliseconds(50) - Stopwatch.GetElapsedTime(begun);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, cancellation);
        }
    }

    private sealed class Tally
    {
        public int Opened;
        public int Failed;
        public int Joins;
    }
}
