using System.Net;
using Constella.Api.Audit;
using Constella.Api.Charts;
using Constella.Api.Cli;
using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Security;
using Constella.Api.History;
using Constella.Api.Host;
using Constella.Api.Logging;
using Constella.Api.Monitoring;
using Constella.Api.Peers;
using Constella.Api.Speed;
using Constella.Api.State;
using Constella.Api.Telegram;
using Constella.Api.Tls;
using Constella.Api.Traffic;
using Constella.Api.Vpn;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Signing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting.Internal;

namespace Constella.Api;

/// <summary>A node in this process, from its state to its end: the table of contents of its rooms.</summary>
public static class NodeHost
{
    /// <summary>Runs until it is told to stop (SIGTERM, SIGINT or <paramref name="cancellation"/>).</summary>
    /// <returns>0 ended as told; 75 to be started anew (rule C5); 3 no network here (or left); 4 state unreadable; 5 port in use; 70 broken; 74 the state cannot be written.</returns>
    public static async Task<int> RunAsync(ConstellaOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        Posix.HideNewFiles();
        try
        {
            using var store = StateStore.Open(options.StateDir);
            return store.Load() is { } state
                ? await RunAsync(options, store, state, cancellation)
                : Fail(ExitCode.NoNode, $"no network in {options.StateDir}: start one with `constella init`, or join one with `constella join`");
        }
        catch (StateException error)
        {
            return Fail(ExitCode.BadState, error.Message);
        }
    }

    /// <summary>All rooms of a node, not yet started.</summary>
    /// <param name="configure">Last word on the services: tests put stand-ins here.</param>
    public static WebApplication Build(
        ConstellaOptions options, StateStore store, NetworkState state, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        var redactor = new Redactor();
        redactor.HideSecretsOf(state);
        redactor.Hide(options.MetricsToken);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "constella" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, options.Listen));
        builder.AddNodeLog(options, redactor);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(redactor);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddCluster(state, store);
        builder.Services.AddTls();
        builder.Services.AddPeers();
        builder.Services.AddHost(Machine(options));
        builder.Services.AddCharts();
        builder.Services.AddHistory(options.StateDir);
        builder.Services.AddSpeed();
        builder.Services.AddAudit(options.StateDir);
        builder.Services.AddTraffic(options.StateDir);
        builder.Services.AddTelegram(options.BotApiUrl, (update, action) => KeyRing.CommandId(state.NetworkId, update, action));
        builder.Services.AddVpn();
        builder.Services.AddMonitoring();
        builder.Services.AddApi();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapApi();
        app.MapHistory();
        app.MapSpeed();
        app.MapAudit();
        app.MapTraffic();
        app.MapMetrics();
        return app;
    }

    private static async Task<int> RunAsync(ConstellaOptions options, StateStore store, NetworkState state, CancellationToken cancellation)
    {
        var app = Build(options, store, state, static builder =>
        {
            builder.Services.AddSingleton<IHostLifetime, ConsoleLifetime>();
            builder.Services.Configure<ConsoleLifetimeOptions>(static console => console.SuppressStatusMessages = true);
        });
        try
        {
            return await RunAsync(app, options, store, cancellation);
        }
        finally
        {
            await EndAsync(app);
        }
    }

    /// <summary>A log whose last lines find no room on the disk must not hide the reason why the node ends.</summary>
    internal static async Task EndAsync(IAsyncDisposable app)
    {
        try
        {
            await app.DisposeAsync();
        }
        catch (IOException error)
        {
            await Console.Error.WriteLineAsync($"constella: the end of the log was not written: {error.Message}");
        }
    }

    private static async Task<int> RunAsync(WebApplication app, ConstellaOptions options, StateStore store, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            return Fail(ExitCode.PortInUse, $"port in use: another program listens on {options.Listen}; stop it, or set CONSTELLA_LISTEN (ss -ltnp shows who it is)");
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            return Fail(ExitCode.Failed, $"cannot listen on {options.Listen}: {error.Message}");
        }
        catch (StateException error)
        {
            return Fail(ExitCode.Disk, error.Message);
        }
        var bound = BoundTo(app);
        TellListen(app, store, new IPEndPoint(options.Loopback.Address, bound.Port));
        var cluster = app.Services.GetRequiredService<ICluster>();
        app.Logger.LogInformation("{Name} ({Node}) of network {Network} listens on {Listen}; constella {Version}",
            cluster.View.Name, cluster.View.NodeId, cluster.View.NetworkId, bound, CommandLine.Build);
        await app.WaitForShutdownAsync(cancellation);
        if (cluster.View.Removed)
            store.Retire();
        return app.Services.GetRequiredService<NodeExit>().Code;
    }

    private static void TellListen(WebApplication app, StateStore store, IPEndPoint point)
    {
        try
        {
            store.WriteListen(point);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            app.Logger.LogWarning("{Reason}: the command line looks for this node where it was before", error.Message);
        }
    }

    internal static IPEndPoint BoundTo(WebApplication app)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
    }

    internal static void Limit(KestrelServerOptions kestrel, IPEndPoint listen)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = Limits.BodyBytes;
        // Above what the limiter lets in: those that it turns away are here for a moment.
        kestrel.Limits.MaxConcurrentConnections = Limits.Connections + 256;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        // Longer than the clients keep theirs: it is the client that ends an idle connection, never one in use.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        var connections = kestrel.ApplicationServices.GetRequiredService<ConnectionLimiter>();
        kestrel.Listen(listen, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(next => connection => connections.RunAsync(connection, next));
            var services = endpoint.ApplicationServices;
            endpoint.UseTlsBesidePlain(() => services.GetRequiredService<NodeCertificate>().Current, services.GetRequiredService<HandshakeBudget>());
        });
    }

    private static Host.HostOptions Machine(ConstellaOptions options) =>
        new() { Proc = options.HostProc, Root = options.HostRoot, AllowReboot = options.AllowReboot, AllowRestart = options.AllowRestart };

    private static int Fail(int code, string line)
    {
        Console.Error.WriteLine($"constella: {line}");
        return code;
    }
}
