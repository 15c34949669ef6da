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

/// <summary>A binary heap of keys and of places where the events lie: what is moved about holds no references, and nothing is allocated per event.</summary>
internal sealed class EventQueue
{
    private (long Key, int Place)[] _heap = new (long, int)[256];
    private SimEvent[] _events = new SimEvent[256];
    private int[] _free = new int[256];
    private int _count;
    private int _freeCount;
    private long _order;

    public void Add(long at, EventKind kind, SimNode? node, int epoch, object? arg)
    {
        if (_count == _heap.Length)
            Grow();
        var place = _freeCount > 0 ? _free[--_freeCount] : _count;
        var key = (at << SimEvent.OrderBits) | _order++;
        _events[place] = new SimEvent(key, kind, node, epoch, arg);
        var heap = _heap;
        var i = _count++;
        while (i > 0)
        {
            var parent = (i - 1) / 2;
            if (heap[parent].Key <= key)
                break;
            heap[i] = heap[parent];
            i = parent;
        }
        heap[i] = (key, place);
    }

    public bool TryTake(long until, out SimEvent taken)
    {
        if (_count == 0 || _heap[0].Key >> SimEvent.OrderBits > until)
        {
            taken = default;
            return false;
        }
        var place = _heap[0].Place;
        taken = _events[place];
        _events[place] = default;
        _free[_freeCount++] = place;
        var heap = _heap;
        var last = heap[--_count];
        var count = _count;
        var i = 0;
        while (true)
        {
            var child = (2 * i) + 1;
            if (child >= count)
                break;
            if (child + 1 < count && heap[child + 1].Key < heap[child].Key)
                child++;
            if (heap[child].Key >= last.Key)
                break;
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return true;
    }

    private void Grow()
    {
        Array.Resize(ref _heap, _count * 2);
        Array.Resize(ref _events, _count * 2);
        Array.Resize(ref _free, _count * 2);
    }
}
