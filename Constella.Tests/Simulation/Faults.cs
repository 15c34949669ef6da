namespace Constella.Tests.Simulation;

/// <summary>What goes wrong, planned by the seed; all of it is lifted before the quiet tail.</summary>
internal sealed class Faults
{
    private readonly World _world;
    private readonly SimRandom _random;

    public Faults(World world)
    {
        _world = world;
        _random = world.Random.Fork();
    }

    public void Plan()
    {
        var gap = _random.Next(4_000, 40_000);
        for (var at = _random.Next(1, 15_000); at < _world.QuietFrom - 2_000; at += _random.Next(1, 2 * gap))
            _world.At(at, One);
    }

    public void LiftAll()
    {
        if (_world.Tracing)
            _world.Trace(null, "QUIET: all faults are lifted");
        _world.Links.Clear();
        _world.Roads.Clear();
        foreach (var node in _world.Nodes.ToList())
        {
            node.ReachesTelegram = true;
            node.TelegramDelay = 0;
            node.CrashInStep = null;
            node.Resume(0);
            node.Start();
        }
    }

    private void One()
    {
        var node = _world.Nodes[_random.Index(_world.Nodes.Count)];
        if (_world.Options.QuickRestarts)
        {
            if (_random.Chance(600))
                Crash(node, _random.Chance(500), _random.Next(20, 1_500));
            else
                OneWay(node);
            return;
        }
        switch (_random.Index(17))
        {
            case 0 or 1:
                Crash(node, _random.Chance(500), _random.Next(100, _random.Chance(300) ? 60_000 : 8_000));
                break;
            case 2:
                CrashInStep(node);
                break;
            case 3 or 4:
                Pause(node);
                break;
            case 5:
                Split();
                break;
            case 6:
                Isolate(node);
                break;
            case 7:
                OneWay(node);
                break;
            case 8:
                Nat(node);
                break;
            case 9:
                Sparse();
                break;
            case 10:
                Lossy();
                break;
            case 11:
                Doubling();
                break;
            case 12 or 13:
                TelegramOutage();
                break;
            case 14:
                SlowTelegram();
                break;
            case 15:
                Webhook();
                break;
            default:
                JumpClock(node);
                break;
        }
    }

    private void Crash(SimNode node, bool machine, long downMs)
    {
        node.Crash(machine);
        _world.At(_world.Now + downMs, node.Start);
    }

    private void CrashInStep(SimNode node)
    {
        var (machine, down) = (_random.Chance(300), _random.Next(50, 8_000));
        if (node.Up)
            node.CrashInStep = () => Crash(node, machine, down);
    }

    private void Pause(SimNode node)
    {
        var ms = _random.Chance(500) ? _random.Next(50, 3_000) : _random.Next(3_000, 40_000);
        var still = _random.Chance(250);
        if (!node.Running)
            return;
        // As when a virtual machine is moved: its clock stands still and its network is away, for some time after too.
        if (still && _random.Chance(500))
            Isolate(node);
        node.Pause();
        var epoch = node.Epoch;
        _world.At(_world.Now + ms, () =>
        {
            if (node.Epoch == epoch)
                node.Resume(still ? ms : 0);
        });
    }

    /// <summary>Symmetric, N|M.</summary>
    private void Split()
    {
        var nodes = _world.Nodes.ToList();
        var side = nodes.ToDictionary(n => n, _ => _random.Chance(500));
        Change(nodes, (a, b) => side[a] != side[b], CutLength());
    }

    private void Isolate(SimNode node) => Change(_world.Nodes.ToList(), (a, b) => a == node || b == node, CutLength());

    /// <summary>Each pair for itself: who hears whom is not transitive.</summary>
    private void Sparse()
    {
        var nodes = _world.Nodes.ToList();
        var cut = new HashSet<(int, int)>();
        foreach (var a in nodes)
            cut.UnionWith(nodes.Where(b => b.Index > a.Index && _random.Chance(400)).Select(b => (a.Index, b.Index)));
        Change(nodes, (a, b) => cut.Contains((Math.Min(a.Index, b.Index), Math.Max(a.Index, b.Index))), CutLength());
    }

    /// <summary>What one node says is not heard by one other, or by nobody.</summary>
    private void OneWay(SimNode node)
    {
        _world.Totals.OneWayCuts++;
        var other = _random.Chance(500) ? _world.Nodes[_random.Index(_world.Nodes.Count)] : null;
        var outward = _random.Chance(500);
        Change(_world.Nodes.ToList(), (a, b) => (outward ? a : b) == node && (other is null || (outward ? b : a) == other), CutLength());
    }

    /// <summary>One node cannot be called, or cannot call, but answers pass either way.</summary>
    private void Nat(SimNode node)
    {
        _world.Totals.CallCuts++;
        var inward = _random.Chance(500);
        var pairs = _world.Nodes.Where(n => n != node).Select(n => inward ? (n, node) : (node, n)).ToList();
        if (_world.Tracing)
            _world.Trace(null, $"NAT: no calls {(inward ? "to" : "from")} {node.Name}");
        foreach (var (from, to) in pairs)
            _world.Links.CutCalls(from, to);
        _world.At(_world.Now + CutLength(), () =>
        {
            foreach (var (from, to) in pairs.Where(p => _world.Links.AreCallsCut(p.Item1, p.Item2)))
                _world.Links.CutCalls(from, to, -1);
        });
    }

    private long CutLength() => _random.Chance(500) ? _random.Next(1_000, 15_000) : _random.Next(15_000, 60_000);

    private void Change(List<SimNode> nodes, Func<SimNode, SimNode, bool> cut, long ms)
    {
        var pairs = (from a in nodes from b in nodes where a != b && cut(a, b) select (a, b)).ToList();
        _world.Totals.Cuts++;
        if (_world.Tracing)
            _world.Trace(null, $"CUT {string.Join(' ', pairs.Select(p => $"{p.a.Name}>{p.b.Name}"))} for {ms}");
        foreach (var (a, b) in pairs)
            _world.Links.Cut(a, b);
        _world.At(_world.Now + ms, () =>
        {
            foreach (var (a, b) in pairs.Where(p => _world.Links.IsCut(p.a, p.b)))
                _world.Links.Cut(a, b, -1);
            if (_world.Tracing)
                _world.Trace(null, $"HEAL {string.Join(' ', pairs.Select(p => $"{p.a.Name}>{p.b.Name}"))}");
        });
    }

    private void Lossy()
    {
        var loss = (int)_random.Next(10, 400);
        _world.Links.Spikes = (int)_random.Next(2, 200);
        SetLoss(loss);
        _world.At(_world.Now + _random.Next(5_000, 40_000), () =>
        {
            _world.Links.Calm();
            SetLoss(0);
        });
    }

    private void SetLoss(int perMille)
    {
        foreach (var from in _world.Nodes)
        {
            foreach (var to in _world.Nodes)
                _world.Links.Loss(from, to, perMille);
        }
    }

    private void Doubling()
    {
        _world.Links.Doubles = (int)_random.Next(20, 500);
        _world.At(_world.Now + _random.Next(5_000, 40_000), () => _world.Links.Doubles = 0);
    }

    private void TelegramOutage()
    {
        _world.Totals.Outages++;
        var nodes = SomeNodes();
        if (_world.Tracing)
            _world.Trace(null, $"TELEGRAM OUTAGE at {string.Join(' ', nodes.Select(n => n.Name))}");
        foreach (var node in nodes)
            node.ReachesTelegram = false;
        _world.At(_world.Now + _random.Next(1_000, 60_000), () =>
        {
            foreach (var node in nodes)
                node.ReachesTelegram = true;
        });
    }

    /// <summary>Calls arrive, but late; their answers may come after the caller has given up.</summary>
    private void SlowTelegram()
    {
        _world.Totals.SlowTelegram++;
        var nodes = SomeNodes();
        var delay = _random.Next(200, 2_500);
        if (_world.Tracing)
            _world.Trace(null, $"TELEGRAM SLOW by {delay} ms at {string.Join(' ', nodes.Select(n => n.Name))}");
        foreach (var node in nodes)
            node.TelegramDelay = delay;
        _world.At(_world.Now + _random.Next(1_000, 60_000), () =>
        {
            foreach (var node in nodes)
                node.TelegramDelay = 0;
        });
    }

    private List<SimNode> SomeNodes()
    {
        var all = _random.Chance(200);
        return _world.Nodes.Where(_ => all || _random.Chance(400)).ToList();
    }

    /// <summary>A stale webhook; nothing but the product takes it away (rule W4).</summary>
    private void Webhook()
    {
        _world.Totals.Webhooks++;
        if (_world.Tracing)
            _world.Trace(null, "WEBHOOK is set");
        _world.Telegram.SetWebhook();
    }

    private void JumpClock(SimNode node)
    {
        var by = _random.Next(-20_000, 20_001);
        // A machine that stands still sets no clock: a jump back by as long as it was frozen would hide that from it.
        if (node.Paused)
            return;
        _world.Totals.ClockJumps++;
        node.WallSkew += by;
    }
}
