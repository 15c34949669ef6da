namespace Constella.Tests.Simulation;

internal enum EventKind
{
    Tick,
    Request,
    Response,
    Timeout,
    Input,
    Action,
}

/// <summary>Something that happens at a node (or, without one, to the world).</summary>
/// <param name="Key">Time in the upper bits, order of scheduling in the lower.</param>
/// <param name="Epoch">The life of the node that it belongs to; -1: whichever lives then.</param>
internal readonly record struct SimEvent(long Key, EventKind Kind, SimNode? Node, int Epoch, object? Arg)
{
    public const int OrderBits = 36;

    public long At => Key >> OrderBits;
}

/// <summary>A binary heap of structs: nothing is allocated per event.</summary>
internal sealed class EventQueue
{
    private SimEvent[] _heap = new SimEvent[256];
    private long _order;

    public int Count { get; private set; }

    public void Add(long at, EventKind kind, SimNode? node, int epoch, object? arg)
    {
        if (Count == _heap.Length)
            Array.Resize(ref _heap, Count * 2);
        var item = new SimEvent((at << SimEvent.OrderBits) | _order++, kind, node, epoch, arg);
        var i = Count++;
        while (i > 0)
        {
            var parent = (i - 1) / 2;
            if (_heap[parent].Key <= item.Key)
                break;
            _heap[i] = _heap[parent];
            i = parent;
        }
        _heap[i] = item;
    }

    public bool TryTake(long until, out SimEvent taken)
    {
        if (Count == 0 || _heap[0].At > until)
        {
            taken = default;
            return false;
        }
        taken = _heap[0];
        var last = _heap[--Count];
        _heap[Count] = default;
        var i = 0;
        while (true)
        {
            var child = (2 * i) + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && _heap[child + 1].Key < _heap[child].Key)
                child++;
            if (_heap[child].Key >= last.Key)
                break;
            _heap[i] = _heap[child];
            i = child;
        }
        if (Count > 0)
            _heap[i] = last;
        return true;
    }
}
