using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>
/// An operator who says where the Host shall be (rules E2, E5 and E6; in one world of three) and who is preferred (rules E1 and C6;
/// in one of four), and what must hold of it.
/// </summary>
internal sealed class Moves(World world, SimRandom random)
{
    /// <summary>How long an order may wait for a Host that takes it, and then for the hand-over.</summary>
    private const long OrderMs = 40_000;

    // E2: a Host that Telegram does not answer moves though moves are paused; it is told so for 10 s after.
    private const long TelegramMs = 30_000;

    // E3: whoever has a smaller key has to live for 10 s; a reboot may have been pressed late.
    private const long LifeMs = 20_000;

    private readonly SimRandom _wishes = new((ulong)world.Seed ^ 0x85EBCA77C2B2AE63);
    private long _ordered = long.MinValue / 2;
    private long _badTelegram = long.MinValue / 2;

    public void Plan()
    {
        if (_wishes.Chance(250))
        {
            for (var i = 1 + _wishes.Index(4); i > 0; i--)
                world.At(_wishes.Next(5_000, world.QuietFrom), Prioritise);
        }
        if (!random.Chance(333))
            return;
        for (var i = random.Index(4); i > 0; i--)
            Plan(Transfer);
        for (var i = random.Index(3); i > 0; i--)
            Plan(() => Set(new Option(Options.HostPaused, null, random.Chance(600) ? Options.On : "")));
        for (var i = random.Index(3); i > 0; i--)
            Plan(() => Drain(Anybody(), AuditActions.Drain));
        for (var at = 0L; at < 30_000; at += 1_000)
            world.At(world.QuietFrom + at, EndDrains);
        for (var at = 1_000L; at < world.Options.DurationMs; at += 1_000)
            world.At(at, NoteTelegram);
    }

    private void Plan(Action what) => world.At(random.Next(5_000, world.QuietFrom - 15_000), what);

    /// <summary>Somebody gives an order to a node.</summary>
    public void Ordered(Input input)
    {
        if (input is Input.SettingsChanged settings && settings.Patch.Options.Any(option => option.Key == Options.HostPreferred))
            _ordered = world.Now;
    }

    /// <summary>Rule E6: while it is paused, who could go on does not hand over of itself.</summary>
    public void HandsOver(SimNode node)
    {
        // Both times are the node's own: while its clock stands still they do not go on.
        var lived = world.Now - node.StoodStill;
        if (!Is(node, Options.HostPaused, Options.On) || node.Core!.View.Draining || lived - _ordered < OrderMs || lived - _badTelegram < TelegramMs)
            return;
        world.Check.Fail($"E6: {node.Name} hands over though moves are paused");
    }

    /// <summary>Rule E2: who drains does not become Host.</summary>
    public void Leads(SimNode node)
    {
        if (Own(node) is { Drain: true })
            world.Check.Fail($"E2: {node.Name} became Host though it drains");
    }

    /// <summary>Rule E5: in the end the Host is where it was wished to be.</summary>
    public void End(IReadOnlyList<SimNode> live)
    {
        var host = live.FirstOrDefault(node => node.View.IsHost);
        if (host is null || Is(host, Options.HostPaused, Options.On) || host.View.Preferred is not { } wished || wished == host.Id)
            return;
        if (live.FirstOrDefault(node => node.Id == wished) is { } node && host.Disk.Members.Ids.Contains(wished))
            world.Check.Fail($"E5: {host.Name} is Host, and not {node.Name}, which a transfer has named");
    }

    /// <summary>Rule E1: in the end nobody who votes has a smaller key than the Host, by what the records say.</summary>
    public void EndOfKeys(IReadOnlyList<SimNode> live)
    {
        var host = live.FirstOrDefault(node => node.View.IsHost);
        if (host is null || host.View.Preferred is not null || Is(host, Options.HostPaused, Options.On))
            return;
        var smaller = live.FirstOrDefault(node => node != host && world.Now - node.StartedAt >= LifeMs && Own(node) is { Drain: false }
            && host.Disk.Members.Ids.Contains(node.Id) && Key(node).CompareTo(Key(host)) < 0);
        if (smaller is not null)
            world.Check.Fail($"E1: {host.Name} is Host with priority {Own(host)!.Priority}, and not {smaller.Name} with {Own(smaller)!.Priority}");
    }

    private static (int Priority, string Id) Key(SimNode node) => (Own(node)!.Priority, node.Id);

    private static MemberRecord? Own(SimNode node) => MemberTable.Find(node.Disk.Peers, node.Id);

    private static bool Is(SimNode node, string key, string value) => Options.Text(node.Disk.Settings.Options, key, null) == value;

    private void Transfer()
    {
        if (Anybody() is { } target)
            Set(new Option(Options.HostPreferred, null, random.Chance(800) ? target.Id : ""));
    }

    private void Set(Option option)
    {
        if (Anybody() is not { } node)
            return;
        if (option.Key == Options.HostPreferred)
            world.Totals.Transfers++;
        node.Ask(ticket => new Input.SettingsChanged(new SettingsPatch { Options = [option] }, ticket), _ => { });
    }

    private void Prioritise()
    {
        var node = world.Nodes[_wishes.Index(world.Nodes.Count)];
        if (!node.Running || node.View.Removed)
            return;
        var request = new CommandRequest { Id = _wishes.Hex16() + _wishes.Hex16(), Target = node.Id, Term = node.View.Term, Priority = _wishes.Index(5) * 50 };
        node.Ask(ticket => new Input.CommandRequested(request, AuditActions.Priority, ticket), answer =>
        {
            if (answer is Answer.Command { Error: null })
                world.Totals.Priorities++;
        });
    }

    private void Drain(SimNode? node, string action)
    {
        if (node is null)
            return;
        var request = new CommandRequest { Id = random.Hex16() + random.Hex16(), Target = node.Id, Term = node.View.Term };
        node.Ask(ticket => new Input.CommandRequested(request, action, ticket), answer =>
        {
            if (action == AuditActions.Drain && answer is Answer.Command { Error: null })
                world.Totals.Drains++;
        });
    }

    // Who drains may be all that is left of a network: nobody would be Host for good.
    private void EndDrains()
    {
        foreach (var node in world.Nodes)
        {
            if (node.Running && !node.View.Removed && Own(node) is { Drain: true })
                Drain(node, AuditActions.Undrain);
        }
    }

    private void NoteTelegram()
    {
        if (world.Nodes.Exists(node => !node.ReachesTelegram || node.TelegramDelay > 0))
            _badTelegram = world.Now;
    }

    private SimNode? Anybody()
    {
        var node = world.Nodes[random.Index(world.Nodes.Count)];
        return node.Running && !node.View.Removed ? node : null;
    }
}
