using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Constella.Tests.Speed;

/// <summary>A web server that answers as a test says, down to the bytes and to their absence.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Func<string, Socket, CancellationToken, Task> _answer;
    private int _requests;

    /// <param name="answer">Given the path and the connection, which is closed afterwards.</param>
    public FileServer(Func<string, Socket, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = RunAsync();
    }

    public int Requests => _requests;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url(string path = "/file", string host = "127.0.0.1") => $"http://{host}:{Port}{path}";

    public static Task WriteAsync(Socket socket, string text) => socket.SendAsync(Encoding.ASCII.GetBytes(text));

    public static Task HeadAsync(Socket socket, long length) =>
        WriteAsync(socket, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"));

    public static Task StatusAsync(Socket socket, string status, string fields = "") =>
        WriteAsync(socket, $"HTTP/1.1 {status}\r\n{fields}Content-Length: 0\r\nConnection: close\r\n\r\n");

    public static async Task FileAsync(Socket socket, long length, CancellationToken cancellation, int perSecond = int.MaxValue)
    {
        await HeadAsync(socket, length);
        var chunk = new byte[64 * 1024];
        for (var left = length; left > 0; left -= chunk.Length)
        {
            await socket.SendAsync(chunk.AsMemory(0, (int)Math.Min(left, chunk.Length)), cancellation);
            if (perSecond < int.MaxValue)
                await Task.Delay(TimeSpan.FromSeconds((double)chunk.Length / perSecond), cancellation);
        }
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _listener.Dispose();
        _stopped.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stopped.Token));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var head = new StringBuilder();
                var buffer = new byte[1024];
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = await socket.ReceiveAsync(buffer, _stopped.Token);
                    // A round trip: somebody has only looked whether the door opens.
                    if (read == 0)
                        return;
                    head.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }
                Interlocked.Increment(ref _requests);
                await _answer(head.ToString().Split(' ')[1], socket, _stopped.Token);
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The caller has what it wanted.
            }
        }
    }
}
