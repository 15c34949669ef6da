using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text.Json;
using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Security;
using Constella.Core.Cluster;
using Constella.Core.Signing;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Constella.Bench;

/// <summary>What the real node calls: one port, an address a member, and each shows its own certificate and signs for itself.</summary>
internal sealed class CrowdServer(Network network, IReadOnlyDictionary<IPAddress, Member> members) : IAsyncDisposable
{
    private WebApplication? _app;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Any, Network.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = handshake => ValueTask.FromResult(Options(members[((IPEndPoint)handshake.Connection.LocalEndPoint!).Address])),
                });
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        _app = builder.Build();
        _app.Run(ServeAsync);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var member = members[context.Connection.LocalIpAddress!.MapToIPv4()];
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var verdict = member.Verifier.Verify(
            new RequestParts(context.Request.Method, target, buffer.ToArray()), SignatureGate.Lookup(context.Request.Headers), network.Ring,
            id => id == network.State.NodeId, new Now(BootClock.Milliseconds, DateTimeOffset.UtcNow));
        if (verdict.Proof is not { } proof)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        // What else the real node tells a member (history) is taken without a word.
        var body = verdict is not Verdict.Ok || target != "/heartbeat" ? [] : JsonSerializer.SerializeToUtf8Bytes(
            member.Answer(JsonSerializer.Deserialize(buffer.ToArray(), ApiJson.Default.Heartbeat)!), ApiJson.Default.HeartbeatAnswer);
        context.Response.StatusCode = verdict is not Verdict.Ok ? StatusCodes.Status409Conflict : body.Length > 0 ? StatusCodes.Status200OK : StatusCodes.Status204NoContent;
        foreach (var (name, value) in ResponseSigner.Sign(network.Ring, proof, member.Run, context.Response.StatusCode, body, DateTimeOffset.UtcNow))
            context.Response.Headers[name] = value;
        if (body.Length == 0)
            return;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static SslServerAuthenticationOptions Options(Member member) => new()
    {
        ServerCertificateContext = member.Certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowTlsResume = false,
    };
}
