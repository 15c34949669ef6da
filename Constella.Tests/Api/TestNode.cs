using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Constella.Api.Cli.Founding;
using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Api.Tls;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.Api;

/// <summary>A whole node on a port of its own on loopback: everything is real but the bot, the reboot and, where wanted, the time.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly NodeFactory _app;
    private readonly StateStore _store;

    private TestNode(NodeFactory app, StateStore store, ConstellaOptions options, NetworkState state)
    {
        (_app, _store, Options, State) = (app, store, options, state);
        Address = new Uri($"http://{options.Listen}");
        Client = new NodeClient(state, Address, state.NodeId);
    }

    public ConstellaOptions Options { get; }

    /// <summary>As it was at the start.</summary>
    public NetworkState State { get; }

    public Uri Address { get; }

    /// <summary>Calls as the node's own command line.</summary>
    public NodeClient Client { get; }

    public ShiftedTime Time => (ShiftedTime)_app.Services.GetRequiredService<TimeProvider>();

    public FakeBot Bot => (FakeBot)_app.Services.GetRequiredService<IBotHost>();

    public FakeExecutor Executor => (FakeExecutor)_app.Services.GetRequiredService<ICommandExecutor>();

    public ICluster Cluster => _app.Services.GetRequiredService<ICluster>();

    public IServiceProvider Services => _app.Services;

    public string StatePath => Path.Combine(Options.StateDir, StateStore.FileName);

    /// <summary>Founds a network of one with other services.</summary>
    public static async Task<TestNode> FoundAsync(Action<IServiceCollection> configure)
    {
        var options = FreshOptions("alpha-01");
        return await StartAsync(options, NetworkFounder.Create(options, "alpha-01", options.Listen.ToString(), null), configure);
    }

    /// <summary>Founds a network of one and waits until its node is the Host.</summary>
    public static async Task<TestNode> FoundAsync(string name = "alpha-01")
    {
        var options = FreshOptions(name);
        var node = await StartAsync(options, NetworkFounder.Create(options, name, options.Listen.ToString(), null));
        await node.UntilAsync(view => view.IsHost);
        return node;
    }

    public static Task<TestNode> StartAsync(ConstellaOptions options, NetworkState state, Action<IServiceCollection>? configure = null)
    {
        var store = StateStore.Open(options.StateDir);
        store.Save(state);
        var app = new NodeFactory(options, store, state, builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(new ShiftedTime());
            builder.Services.AddSingleton<IBotHost, FakeBot>();
            builder.Services.AddSingleton<ICommandExecutor, FakeExecutor>();
            configure?.Invoke(builder.Services);
        });
        app.StartServer();
        return Task.FromResult(new TestNode(app, store, options, state));
    }

    public static ConstellaOptions FreshOptions(string name)
    {
        var folder = Directory.CreateTempSubdirectory("constella-test-").FullName;
        return new ConstellaOptions
        {
            StateDir = folder,
            LogDir = Path.Combine(folder, "logs"),
            LogLevel = Serilog.Events.LogEventLevel.Debug,
            ServerName = name,
            Listen = new IPEndPoint(IPAddress.Loopback, FreePort()),
        };
    }

    /// <summary>A second node, joined by a link of this one.</summary>
    public async Task<TestNode> JoinAsync(string name, Func<ConstellaOptions, ConstellaOptions>? configure = null)
    {
        var options = FreshOptions(name);
        options = configure?.Invoke(options) ?? options;
        var joined = await RedeemAsync(await LinkAsync(), options);
        var node = await StartAsync(options, joined.State);
        await UntilAsync(view => view.Members.Length > 1 && view.Members.All(member => member.Health == Health.Alive));
        return node;
    }

    public async Task<JoinLink> LinkAsync(TimeSpan? ttl = null)
    {
        var invite = await Client.InviteAsync(ttl, CancellationToken.None);
        Assert.True(JoinLink.TryParse(invite.Link, out var link, out var problem), problem);
        return link;
    }

    public static async Task<Joined> RedeemAsync(JoinLink link, ConstellaOptions options, OverlayPlace? overlay = null)
    {
        using var transport = new SocketsHttpHandler { SslOptions = PeerTrust.Anybody };
        return await new Joiner(transport, TimeProvider.System, _ => { }).JoinAsync(link, options, Identity.NewId(), overlay, CancellationToken.None);
    }

    public async Task UntilAsync(Func<ClusterView, bool> wanted)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var next = Cluster.NextViewAsync(bound.Token);
            if (wanted(Cluster.View))
                return;
            await next;
        }
    }

    /// <summary>What a refusal must leave as it is: the state file, the members and the invites.</summary>
    public string Fingerprint()
    {
        var view = Cluster.View;
        var text = new StringBuilder(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(StatePath))));
        foreach (var member in view.Members)
            text.Append(JsonSerializer.Serialize(member.Record, ConstellaJson.Default.MemberRecord));
        foreach (var invite in view.Invites)
            text.Append(invite);
        return text.Append(view.Settings.Stamp).Append(view.Term).ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _store.Dispose();
        Directory.Delete(Options.StateDir, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The system's time, moved by an offset; timers stay as they are.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
}

internal sealed class FakeBot(ICluster cluster) : IBotHost
{
    public Polls Mode { get; private set; }

    public void Start(Polls mode, Term term) => Mode = mode;

    public void Stop(bool orderly)
    {
        Mode = Polls.None;
        cluster.Post(new Input.BotStopped());
    }

    public void Probe(int timeoutSeconds) => cluster.Post(new Input.ProbeEnded(PollResult.Failed, null));

    public void Tell(Notice notice) => Told.Enqueue(notice);

    public System.Collections.Concurrent.ConcurrentQueue<Notice> Told { get; } = new();
}

internal sealed class FakeExecutor : ICommandExecutor
{
    public string? Forbidden { get; set; }

    private readonly System.Threading.Channels.Channel<string> _executed = System.Threading.Channels.Channel.CreateUnbounded<string>();

    /// <summary>How many were executed and not yet taken by <see cref="NextAsync"/>.</summary>
    public int Waiting => _executed.Reader.Count;

    public string? WhyNot(string action) => Forbidden;

    /// <summary>A fault of the program, in the middle of a step's effects.</summary>
    public bool Broken { get; set; }

    public void Execute(string commandId, string action)
    {
        if (Broken)
            throw new InvalidOperationException("broken on purpose");
        _executed.Writer.TryWrite(commandId);
    }

    /// <summary>The answer leaves before the command is executed: a test waits for it.</summary>
    public async Task<string> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _executed.Reader.ReadAsync(limit.Token);
    }
}
