using System.Globalization;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>A button that the owner pressed.</summary>
internal sealed class Press(long id, string? target)
{
    public long Id { get; } = id;

    /// <summary>The node to reboot; null: only a screen is to be shown.</summary>
    public string? Target { get; } = target;

    public int Messages { get; set; }

    /// <summary>The target took the command.</summary>
    public bool Taken { get; set; }

    /// <summary>Deterministic from the update and the action, as rule W6 has it.</summary>
    public string CommandId { get; } = (new SimRandom((ulong)id).Bits().ToString("x16", CultureInfo.InvariantCulture) + "0000000000000000");
}

/// <summary>What people do: presses, changes of settings, planned stops; members come and go in <see cref="Crowd"/>.</summary>
internal sealed class Workload
{
    private const int CommandAttempts = 6;
    private readonly World _world;
    private readonly SimRandom _random;
    private long _nextUpdate;

    public Workload(World world)
    {
        _world = world;
        _random = world.Random.Fork();
        _nextUpdate = _random.Next(1_000, 1_000_000_000);
        Crowd = new Crowd(world, _random.Fork());
    }

    public Crowd Crowd { get; }
    public Dictionary<long, Press> Presses { get; } = [];

    /// <summary>Presses that are to reboot a node, by command id.</summary>
    public Dictionary<string, Press> Commands { get; } = [];

    /// <summary>Command ids of pending reboots that a settings change was told to be committed.</summary>
    public List<string> Committed { get; } = [];

    public void Plan()
    {
        var gap = _random.Next(2_000, 15_000);
        for (var at = 1_000L; at < _world.Options.DurationMs - 30_000; at += _random.Next(1, 2 * gap))
            _world.At(at, PressSomething);
        var changes = _random.Index(6);
        for (var i = 0; i < changes; i++)
            _world.At(_random.Next(5_000, _world.QuietFrom), ChangeSettings);
        var stops = _random.Index(4);
        for (var i = 0; i < stops; i++)
            _world.At(_random.Next(5_000, _world.QuietFrom - 15_000), StopSomebody);
        var renames = _random.Index(4);
        for (var i = 0; i < renames; i++)
            _world.At(_random.Next(5_000, _world.QuietFrom), ChangeRecord);
        Crowd.Plan();
    }

    public Press AddPress(string? target)
    {
        _world.Totals.Presses++;
        var press = new Press(_nextUpdate++, target);
        Presses.Add(press.Id, press);
        if (target is not null)
            Commands.Add(press.CommandId, press);
        if (_world.Tracing)
            _world.Trace(null, $"press {press.Id} {(target is null ? "screen" : "reboot " + _world.NameById(target))}");
        _world.Telegram.Add(press.Id);
        return press;
    }

    /// <summary>The bot's handler of one update: one side effect, then done; false when the right was lost on the way.</summary>
    public void Handle(SimNode host, long id, Action<bool> done)
    {
        var press = Presses[id];
        if (press.Target is null)
            Say(host, press, done);
        else
            Command(host, press, 0, done);
    }

    public void Reboot(SimNode node)
    {
        _world.Totals.Commands++;
        var epoch = node.Epoch;
        _world.At(_world.Now + _random.Next(1_000, 20_000), () =>
        {
            if (node.Epoch != epoch || node.Paused)
                return;
            node.Crash(machine: true);
            _world.At(_world.Now + _random.Next(1_000, 6_000), node.Start);
        });
    }

    /// <summary>An update or a reboot by hand: hands over, ends, comes back.</summary>
    public void Stop(SimNode node, long downMs)
    {
        if (_world.Tracing)
            _world.Trace(node, "planned stop");
        var (epoch, ended) = (node.Epoch, false);
        void Finish()
        {
            if (ended || node.Epoch != epoch)
                return;
            ended = true;
            node.End();
            _world.At(_world.Now + downMs, node.Start);
        }

        node.Ask(ticket => new Input.StopRequested(ticket), _ => _world.At(_world.Now, Finish));
        _world.At(_world.Now + 5_000, Finish);
    }

    private void PressSomething()
    {
        // A reboot takes up to 26 s: none is to reach into the quiet tail.
        var reboot = _world.Now < _world.QuietFrom - 40_000 && _random.Chance(60);
        AddPress(reboot ? _world.Nodes[_random.Index(_world.Nodes.Count)] is { Gone: false } target ? target.Id : null : null);
    }

    private void Say(SimNode host, Press press, Action<bool> done)
    {
        _world.Check.SideEffect(host);
        press.Messages++;
        if (_world.Tracing)
            _world.Trace(host, $"** message for press {press.Id}");
        done(true);
    }

    private void Command(SimNode host, Press press, int attempt, Action<bool> done)
    {
        if (!host.MayAct)
        {
            done(false);
            return;
        }
        var target = _world.Nodes.First(n => n.Id == press.Target);
        if (attempt == CommandAttempts)
        {
            Say(host, press, done);
            return;
        }
        _world.Check.SideEffect(host);
        var request = new CommandRequest { Id = press.CommandId, Target = target.Id, Term = host.View.Term };
        var ended = false;
        void End(Answer? answer)
        {
            if (ended)
                return;
            ended = true;
            if (answer is Answer.Command { Error: null })
            {
                press.Taken = true;
                if (host.MayAct)
                    Say(host, press, done);
                else
                    done(false);
            }
            else
                _world.At(_world.Now + 300, host, () => Command(host, press, attempt + 1, done));
        }

        _world.At(_world.Now + Timings.CallTimeout, host, () => End(null));
        Carry(host, target, request, End);
    }

    private void Carry(SimNode host, SimNode target, CommandRequest request, Action<Answer?> end)
    {
        var self = ReferenceEquals(host, target);
        if (!self && (!_world.Links.CallPasses(host, target) || !target.Accepts(host.Secret)))
            return;
        var epoch = host.Epoch;
        _world.At(_world.Now + (self ? 0 : _world.Links.Delay()), () =>
        {
            if (!target.Running)
                return;
            target.Ask(ticket => new Input.CommandRequested(request, "reboot", ticket), answer =>
            {
                if (host.Epoch == epoch && (self || _world.Links.Passes(target, host)))
                    _world.At(_world.Now + (self ? 0 : _world.Links.Delay()), host, () => end(answer));
            });
        });
    }

    private void ChangeSettings()
    {
        if (Anybody() is not { } node)
            return;
        var id = _random.Hex16() + "ffffffffffffffff";
        var patch = new SettingsPatch { AddReboot = new PendingReboot(id, node.Id, node.Boot, node.Clocks.Utc) };
        node.Ask(ticket => new Input.SettingsChanged(patch, ticket), answer =>
        {
            if (answer is Answer.Done { Error: null })
                Committed.Add(id);
        });
    }

    /// <summary>A node changes its own record (rule S1).</summary>
    private void ChangeRecord()
    {
        if (Anybody() is { } node)
            node.Ask(ticket => new Input.SelfChanged("renamed-" + _random.Hex16()[..8], null, null, null, ticket), _ => { });
    }

    private void StopSomebody()
    {
        if (Anybody() is { } node)
            Stop(node, _random.Next(500, 10_000));
    }

    private SimNode? Anybody()
    {
        var node = _world.Nodes[_random.Index(_world.Nodes.Count)];
        return node.Running && !node.View.Removed ? node : null;
    }
}
