using System.Collections.Concurrent;
using Constella.Api.Telegram;
using Constella.Api.Telegram.Client;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Microsoft.Extensions.Logging;
using TelegramStandIn;

namespace Constella.Tests.Telegram;

/// <summary>One node's bot against the stand-in on a real port, with three scripted members.</summary>
internal sealed class BotFixture : IAsyncDisposable
{
    public const string Alpha = "aaaaaaaaaaaaaaaa";
    public const string Echo = "eeeeeeeeeeeeeeee";
    public const string Fox = "ffffffffffffffff";
    public static readonly TelegramStandIn.User Owner = new(42, "Owner", "UserName", "en");

    private readonly TelegramBotClientFactory _clients;

    private BotFixture(StandInServer server, FakeCluster? cluster, TimeProvider time)
    {
        Server = server;
        Cluster = cluster ?? new FakeCluster(
            Member(Alpha, "alpha-01", self: true),
            Member(Echo, "echo-02"),
            Member(Fox, "fox-03") with { Health = Health.Down, OfflineSince = DateTimeOffset.UtcNow.AddMinutes(-3) });
        _clients = new TelegramBotClientFactory(new Uri(server.Url));
        Bot = new BotHost(new BotParts(
            Cluster, Peers, _clients, Charts, new TelegramReach(Cluster, _clients), new OwnerGate(Log), CommandId, time, Log)
        {
            Audit = last => [.. Commands.TakeLast(last)],
        });
    }

    public StandInServer Server { get; }
    public FakeCluster Cluster { get; }
    public FakePeers Peers { get; } = new();
    public FakeRasteriser Charts { get; } = new();
    public BotHost Bot { get; }
    public ListLogger Log { get; } = new();

    /// <summary>What the audit log tells.</summary>
    public ConcurrentQueue<AuditedCommand> Commands { get; } = new();
    public BotApi Telegram => Server.Bot;

    /// <summary>The living message: the last one with buttons.</summary>
    public TelegramStandIn.Message? Living => Telegram.MessagesOf(Owner.Id).LastOrDefault(message => message.Buttons.Count > 0);

    /// <param name="time">Whose timers end calls; without one a stalled machine ends none.</param>
    public static async Task<BotFixture> CreateAsync(bool start = true, TimeProvider? time = null)
    {
        var fixture = new BotFixture(await StandInServer.StartAsync(new StandInOptions()), null, time ?? new PatientTime());
        if (start)
            fixture.Start();
        return fixture;
    }

    /// <summary>Another node's bot on the same Telegram.</summary>
    public BotFixture Beside(FakeCluster cluster) => new(Server, cluster, new PatientTime());

    public static MemberView Member(string id, string name, bool self = false) => new(
        new MemberRecord { NodeId = id, Name = name, Addr = $"203.0.113.{id[0] % 100}:4747" },
        Health.Alive, self, self, self ? null : 1.25, "00000000000000" + id[..2], "b00t-" + id, "0.1.0", false, true, DateTimeOffset.UtcNow, null);

    public void Start() => Bot.Start(Polls.Lease, Cluster.View.Term);

    /// <summary>The owner says something and the bot shows the list.</summary>
    public async Task OpenAsync(string? language = "en")
    {
        Telegram.Say(Owner with { LanguageCode = language }, "/start");
        await UntilAsync(() => Living is not null && Cluster.View.Settings.Message is { MessageId: > 0 });
    }

    /// <summary>Presses a button by its label, and waits for a text.</summary>
    public async Task PressAsync(string label, string expected)
    {
        Assert.NotNull(Telegram.PressButton(Owner.Id, null, null, label));
        await ShowsAsync(expected);
    }

    public Task ShowsAsync(string expected) =>
        UntilAsync(() => Living?.Text.Contains(expected, StringComparison.Ordinal) == true, () => $"{expected} in: {Living?.Text}");

    public static async Task UntilAsync(Func<bool> holds, Func<string>? otherwise = null)
    {
        var end = DateTime.UtcNow.AddSeconds(12);
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < end, "Waited in vain for " + (otherwise?.Invoke() ?? "a condition"));
            await Task.Delay(20);
        }
    }

    public async Task StopAsync(bool orderly)
    {
        var before = Cluster.Posted.OfType<Input.BotStopped>().Count();
        Bot.Stop(orderly);
        await UntilAsync(() => Cluster.Posted.OfType<Input.BotStopped>().Count() > before);
    }

    public async ValueTask DisposeAsync()
    {
        Bot.Dispose();
        _clients.Dispose();
        await Server.DisposeAsync();
    }

    private static string CommandId(long update, string action) => $"{update:x16}{action.Length:x16}";
}

/// <summary>The system's time, but its timers run ten times as long: what a limit does is tested where the limit is the subject.</summary>
internal sealed class PatientTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Longer(dueTime), Longer(period));

    private static TimeSpan Longer(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : 10 * time;
}

/// <summary>Keeps every line at every level.</summary>
internal sealed class ListLogger : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{formatter(state, exception)} {exception}");
}
