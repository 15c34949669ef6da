using System.Net;
using Constella.Api;
using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Documents;
using Constella.Api.Endpoints.Security;
using Constella.Api.Host;
using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Api.Tls;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Bench;

/// <summary>
/// A node of the product, with all its rooms; and beside it, in this program alone, a second server that leads to the very same
/// handlers of that node without the gate that checks and signs.
/// </summary>
internal sealed class OneNode : IAsyncDisposable
{
    private readonly StateStore _store;
    private readonly WebApplication _node;
    private readonly WebApplication _unsigned;

    private OneNode(StateStore store, WebApplication node, WebApplication unsigned) => (_store, _node, _unsigned) = (store, node, unsigned);

    public IPEndPoint Signed => NodeHost.BoundTo(_node);

    public IPEndPoint Unsigned => NodeHost.BoundTo(_unsigned);

    public ClusterView View => _node.Services.GetRequiredService<ICluster>().View;

    /// <summary>Its one vote makes it the Host; the other members call it, and are not called.</summary>
    public static async Task<OneNode> StartAsync(string folder, NetworkState state)
    {
        var options = new ConstellaOptions
        {
            StateDir = folder,
            LogDir = Path.Combine(folder, "logs"),
            LogLevel = Serilog.Events.LogEventLevel.Warning,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
        };
        var store = StateStore.Open(folder);
        store.Save(state);
        var node = NodeHost.Build(options, store, state, static builder => builder.Services.AddSingleton<IHeartbeatSender, Silence>());
        await node.StartAsync();
        var unsigned = BuildUnsigned(options, node.Services);
        await unsigned.StartAsync();
        while (!node.Services.GetRequiredService<ICluster>().View.IsHost)
            await Task.Delay(50);
        return new OneNode(store, node, unsigned);
    }

    public async ValueTask DisposeAsync()
    {
        await _unsigned.DisposeAsync();
        await _node.DisposeAsync();
        _store.Dispose();
    }

    // The order of ApiRoutes.MapApi, without its gates.
    private static WebApplication BuildUnsigned(ConstellaOptions options, IServiceProvider of)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "unsigned" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => NodeHost.Limit(kestrel, options.Listen));
        builder.Services.AddSingleton(options);
        builder.Services.AddRoutingCore();
        builder.Services.AddApiJson();
        builder.Services.AddSingleton(of.GetRequiredService<ICluster>());
        builder.Services.AddSingleton(of.GetRequiredService<IPeers>());
        builder.Services.AddSingleton(of.GetRequiredService<IHostMetrics>());
        builder.Services.AddSingleton(of.GetRequiredService<ConnectionLimiter>());
        builder.Services.AddSingleton(of.GetRequiredService<HandshakeBudget>());
        builder.Services.AddSingleton(of.GetRequiredService<NodeCertificate>());
        var app = builder.Build();
        app.UsePlainHttpGate();
        app.UseProblems();
        app.UseDocuments();
        app.UseRouting();
        app.Use(static (context, next) =>
        {
            context.Features.Set(new Caller(context.Request.Headers["Constella-From"].ToString(), IsSelf: false));
            return next(context);
        });
        app.MapPeers();
        app.MapStats();
        return app;
    }

    /// <summary>The other members are this program: they are not called back.</summary>
    private sealed class Silence : IHeartbeatSender
    {
        public async Task<HeartbeatAnswer> SendAsync(Effect.Send send, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new OperationCanceledException(cancellation);
        }
    }
}
