using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Signing;
using Constella.Tests.Signing;

namespace Constella.Tests.Api;

/// <summary>A request signed by hand, so that each test can break it in one place.</summary>
internal sealed record RawRequest(TestNode Node, HttpMethod Method, string Path, byte[]? Body = null)
{
    public KeyRing Keys { get; init; } = new NetworkKeys(Node.State).Ring;
    public string From { get; init; } = Node.State.NodeId;
    public string To { get; init; } = Node.State.NodeId;
    public string? Run { get; init; }
    public DateTimeOffset At { get; init; } = DateTimeOffset.UtcNow;
    public byte[] Nonce { get; init; } = RandomNumberGenerator.GetBytes(16);
    public string Media { get; init; } = "application/json";
    public bool Signed { get; init; } = true;
    public string? Host { get; init; }

    public static RawRequest Get(TestNode node, string path) => new(node, HttpMethod.Get, path);

    public static RawRequest Post(TestNode node, string path, string body) => new(node, HttpMethod.Post, path, Encoding.UTF8.GetBytes(body));

    public async Task<RawAnswer> SendAsync()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(Method, new Uri(Node.Address, Path));
        request.Headers.Host = Host;
        var signed = RequestSigner.Sign(Keys, new RequestParts(Method.Method, Path, Body), From, To, Run, At, Nonce);
        foreach (var (name, value) in Signed ? signed.Headers : [])
            request.Headers.TryAddWithoutValidation(name, value);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(Media);
        }
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var proof = ResponseSigner.Verify(
            Keys, signed.Proof, (int)response.StatusCode,
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => new List<string?>(h.Value), StringComparer.OrdinalIgnoreCase).Lookup(),
            body);
        return new RawAnswer((int)response.StatusCode, body, response.Content.Headers.ContentType?.MediaType, proof is not null);
    }
}

internal sealed record RawAnswer(int Status, byte[] Body, string? Media, bool IsSigned)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The code of the problem; fails where there is none.</summary>
    public string Code
    {
        get
        {
            Assert.Equal("application/problem+json", Media);
            var problem = JsonSerializer.Deserialize(Body, ApiJson.Default.Problem)!;
            Assert.Equal(Status, problem.Status);
            Assert.False(string.IsNullOrEmpty(problem.Detail));
            return problem.Type[Problem.Prefix.Length..];
        }
    }
}
