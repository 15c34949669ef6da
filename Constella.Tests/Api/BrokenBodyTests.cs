using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Constella.Api.Tls;

namespace Constella.Tests.Api;

/// <summary>Callers that go silent or vanish in the middle of a body: on a bad road that is everyday life, and nothing to alarm about.</summary>
public sealed class BrokenBodyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_never_comes_leaves_no_error_in_the_log(bool vanish)
    {
        await using var node = await TestNode.FoundAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(node.Options.Listen);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(PeerTrust.Anybody);
        await tls.WriteAsync("POST /heartbeat HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"v\""u8.ToArray());
        if (vanish)
        {
            await Task.Delay(300);
            tcp.LingerState = new LingerOption(true, 0);
            tcp.Close();
        }
        else
        {
            var answer = new byte[4096];
            var read = await tls.ReadAsync(answer);
            Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
        }
        await Task.Delay(700);
        Assert.DoesNotContain(" ERR ", Log(node), StringComparison.Ordinal);
    }

    private static string Log(TestNode node)
    {
        using var file = new FileStream(Directory.GetFiles(node.Options.LogDir).Single(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd() is { Length: > 0 } log ? log : throw new InvalidOperationException("nothing was logged");
    }
}
