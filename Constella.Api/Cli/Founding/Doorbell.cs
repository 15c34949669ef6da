using System.Net;
using Constella.Api.Endpoints;
using Constella.Api.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Constella.Api.Cli.Founding;

/// <summary>
/// Answers <c>/health</c> on the node's own port while it joins, so that the inviting node can dial back and say whether
/// other machines get through (rule J3). In TLS as in plain HTTP: it has no network yet that could say which.
/// </summary>
internal sealed class Doorbell : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Doorbell(WebApplication app) => _app = app;

    /// <exception cref="CliException">The port is taken.</exception>
    public static async Task<Doorbell> HangAsync(IPEndPoint listen, string name, string nodeId, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var certificate = NodeCertificate.Unverifiable(nodeId, TimeProvider.System.GetUtcNow());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(listen, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.UseTlsBesidePlain(() => certificate, new HandshakeBudget());
        }));
        builder.Services.AddRoutingCore();
        builder.Services.AddApiJson();
        var app = builder.Build();
        app.UseRouting();
        app.MapGet("/health", () => TypedResults.Ok(new HealthAnswer("joining", name, nodeId, 0, false, "", CommandLine.Version)));
        try
        {
            await app.StartAsync(cancellation);
            return new Doorbell(app);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new CliException(ExitCode.PortInUse, $"cannot listen on {listen}: {e.Message}", "stop what listens there, or set CONSTELLA_LISTEN");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
