using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Constella.Core.Signing;

namespace Constella.Bench;

/// <summary>One connection that sends what was made before and looks at no more of an answer than where it ends: next to nothing of a round is the caller's.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly Stream _stream;
    private readonly byte[] _answer = new byte[256 * 1024];

    /// <param name="name">That the certificate bears; null: plain HTTP.</param>
    public Wire(IPEndPoint to, string? name)
    {
        _tcp = new TcpClient { NoDelay = true };
        _tcp.Connect(to);
        _stream = _tcp.GetStream();
        if (name is null)
            return;
#pragma warning disable CA5359 // What is measured is no secret, and whose certificate it is was not asked.
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        tls.AuthenticateAsClient(name);
        _stream = tls;
    }

    /// <summary>The bytes of a request.</summary>
    public static byte[] Request(string method, string target, byte[]? body, string from, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n");
        if (body is not null)
            head.Append("Content-Type: application/json\r\nContent-Length: ").Append(body.Length).Append("\r\n");
        var told = false;
        foreach (var (name, value) in fields)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
            told |= name == SignatureHeaders.From;
        }
        // The server without signatures believes who says so.
        if (!told)
            head.Append(SignatureHeaders.From).Append(": ").Append(from).Append("\r\n");
        head.Append("\r\n");
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. body ?? []];
    }

    /// <returns>Bytes of the answer's body.</returns>
    /// <exception cref="InvalidOperationException">It is not 200.</exception>
    public int Call(byte[] request)
    {
        _stream.Write(request);
        var have = 0;
        int head;
        while ((head = _answer.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0)
            have += Read(have);
        var fields = _answer.AsSpan(0, head);
        if (!fields.StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.ASCII.GetString(_answer.AsSpan(0, have)));
        var start = head + 4;
        var at = fields.IndexOf("Content-Length: "u8);
        if (at >= 0)
        {
            _ = System.Buffers.Text.Utf8Parser.TryParse(fields[(at + 16)..], out int length, out _);
            while (have < start + length)
                have += Read(have);
            return length;
        }
        while (!_answer.AsSpan(start, have - start).EndsWith("0\r\n\r\n"u8))
            have += Read(have);
        return have - start;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    private int Read(int have) => _stream.Read(_answer, have, _answer.Length - have) is > 0 and var read ? read : throw new EndOfStreamException();
}
