using Constella.Core.Stats;

namespace Constella.Api.History;

/// <summary>What a node remembers: its own samples in all tiers, and copies of others in one (rule D1). Never throws for the disk's sake.</summary>
internal sealed class HistoryStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly BlockStore _blocks;
    private readonly TimeProvider _time;
    private readonly string _self;

    /// <param name="folder">Of the state.</param>
    /// <param name="self">Node id.</param>
    public HistoryStore(string folder, string self, string zone, TimeProvider time, ILogger<HistoryStore> log)
    {
        (_self, _time) = (self, time);
        _blocks = new BlockStore(Path.Combine(folder, HistoryFile.Name), self, time, log);
        _ = _blocks.NodeOf(self, zone);
    }

    /// <summary>Reads what is on disk; where that fails it is tried again with each <see cref="Flush"/>.</summary>
    public void Open()
    {
        lock (_gate)
            _blocks.TryOpen();
    }

    /// <summary>Why nothing can be kept, for as long as this process lives; null: it can.</summary>
    public string? Missing => _blocks.Missing;

    internal int BlocksInMemory => _blocks.Count;

    /// <summary>Adds one sample of this node, and with it to the means and maxima of all coarser steps that it lies in.</summary>
    /// <param name="at">Unix seconds.</param>
    /// <param name="sample">24 bytes (rule D2).</param>
    public void Record(long at, ReadOnlySpan<byte> sample)
    {
        if (Missing is not null || at < 0)
            return;
        lock (_gate)
        {
            var node = _blocks.Find(_self)!;
            Put(node, HistoryTier.All[0], at, sample);
            Span<byte> sum = stackalloc byte[PackedSample.Bytes];
            for (var i = 1; i < HistoryTier.All.Length; i++)
            {
                var (fine, coarse) = (HistoryTier.All[i - 1], HistoryTier.All[i]);
                var start = at / coarse.Step * coarse.Step;
                var samples = _blocks.Change(new BlockKey(node.Number, fine, fine.BlockOf(start)));
                PackedSample.RollUp(samples.AsSpan(fine.OffsetOf(start), coarse.Step / fine.Step * PackedSample.Bytes), sum);
                Put(node, coarse, at, sum);
            }
        }
    }

    /// <summary>Keeps samples of another node; those that are here already cost nothing.</summary>
    /// <param name="from">Unix seconds of the first one.</param>
    public void Keep(string node, string zone, long from, ReadOnlySpan<byte> samples)
    {
        if (Missing is not null)
            return;
        lock (_gate)
        {
            var known = _blocks.NodeOf(node, zone);
            for (var at = from; samples.Length > 0; at += HistoryTier.Copied.Step, samples = samples[PackedSample.Bytes..])
                Put(known, HistoryTier.Copied, at, samples[..PackedSample.Bytes]);
        }
    }

    /// <summary>This node's samples for its keepers, from a time to a later one; empty ones where it has none.</summary>
    public byte[] Samples(long from, long to)
    {
        var tier = HistoryTier.Copied;
        var samples = new byte[(to - from) / tier.Step * PackedSample.Bytes];
        lock (_gate)
        {
            var reader = new SeriesReader(_blocks, _blocks.Find(_self)!, tier);
            for (var at = from; at < to; at += tier.Step)
                reader.Sample(at).CopyTo(samples.AsSpan((int)((at - from) / tier.Step) * PackedSample.Bytes));
        }
        return samples;
    }

    /// <summary>Null when nothing is known of that node.</summary>
    public HistorySeries? Series(HistoryQuery query)
    {
        lock (_gate)
        {
            if (_blocks.Find(query.Target) is not { } node)
                return null;
            var own = query.Target == _self;
            var plan = HistoryPlan.For(query, own, _time.GetUtcNow().ToUnixTimeSeconds());
            var points = new PointList(plan.Step);
            var reader = new SeriesReader(_blocks, node, plan.Tier);
            for (var at = plan.From; at < plan.To; at += plan.Tier.Step)
                points.Add(at, PackedSample.Read(reader.Sample(at), query.Metric));
            return new HistorySeries
            {
                Node = query.Target,
                Metric = query.Metric,
                From = plan.From,
                To = plan.To,
                Step = plan.Step,
                Zone = node.Zone,
                Keepers = own ? [] : [_self],
                Points = points.End(),
            };
        }
    }

    /// <summary>Writes what has changed; what cannot be written now stays, and is tried again with the next call.</summary>
    public void Flush()
    {
        lock (_gate)
            _blocks.Flush();
    }

    /// <summary>Removes the copies of all who are not in this list.</summary>
    public void ForgetAllBut(IReadOnlyCollection<string> members)
    {
        lock (_gate)
            _blocks.ForgetAllBut(members);
    }

    public void Dispose()
    {
        lock (_gate)
            _blocks.Dispose();
    }

    /// <summary>Samples of one series, mostly in the order of time: a block is fetched once.</summary>
    private sealed class SeriesReader(BlockStore blocks, KnownNode node, HistoryTier tier)
    {
        private byte[] _block = [];
        private long _index = -1;

        /// <summary>Empty bytes where there is none.</summary>
        public ReadOnlySpan<byte> Sample(long at)
        {
            if (tier.BlockOf(at) != _index)
            {
                _index = tier.BlockOf(at);
                _block = blocks.Look(new BlockKey(node.Number, tier, _index));
            }
            return _block.AsSpan(tier.OffsetOf(at), PackedSample.Bytes);
        }
    }

    private void Put(KnownNode node, HistoryTier tier, long at, ReadOnlySpan<byte> sample)
    {
        if (!sample.ContainsAnyExcept(PackedSample.Empty))
            return;
        var key = new BlockKey(node.Number, tier, tier.BlockOf(at));
        var there = _blocks.Change(key).AsSpan(tier.OffsetOf(at), PackedSample.Bytes);
        if (there.SequenceEqual(sample))
            return;
        sample.CopyTo(there);
        _blocks.Changed(key);
    }
}
