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
        foreach (var node in _world.Nodes.ToList())
        {
            node.ReachesTelegram = true;
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
        switch (_random.Index(12))
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
                Lossy();
                break;
            case 9 or 10:
                TelegramOutage();
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
        var ms = _random.Chance(500) ? _random.Next(500, 3_000) : _random.Next(3_000, 40_000);
        var still = _random.Chance(250);
        if (!node.Running)
            return;
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

    /// <summary>What one node says is not heard by one other, or by nobody.</summary>
    private void OneWay(SimNode node)
    {
        var other = _random.Chance(500) ? _world.Nodes[_random.Index(_world.Nodes.Count)] : null;
        var outward = _random.Chance(500);
        Change(_world.Nodes.ToList(), (a, b) => (outward ? a : b) == node && (other is null || (outward ? b : a) == other), CutLength());
    }

    private long CutLength() => _random.Chance(500) ? _random.Next(1_000, 15_000) : _random.Next(15_000, 60_000);

    private void Change(List<SimNode> nodes, Func<SimNode, SimNode, bool> cut, long ms)
    {
        var pairs = (from a in nodes from b in nodes where a != b && cut(a, b) select (a, b)).ToList();
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

    private void TelegramOutage()
    {
        var all = _random.Chance(200);
        var nodes = _world.Nodes.Where(_ => all || _random.Chance(400)).ToList();
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

    private void JumpClock(SimNode node) => node.WallSkew += _random.Next(-20_000, 20_001);
}
