namespace Constella.Core.Cluster;

/// <summary>A lease's number (rule L7): a counter, and the node that won it to tell two equal counters apart.</summary>
public readonly record struct Term(long Counter, string NodeId) : IComparable<Term>
{
    /// <summary>Lower than every term that anybody can win.</summary>
    public static Term None { get; } = new(0, "");

    public int CompareTo(Term other)
    {
        var byCounter = Counter.CompareTo(other.Counter);
        return byCounter != 0 ? byCounter : string.CompareOrdinal(NodeId, other.NodeId);
    }

    public static bool operator <(Term left, Term right) => left.CompareTo(right) < 0;

    public static bool operator >(Term left, Term right) => left.CompareTo(right) > 0;

    public static bool operator <=(Term left, Term right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Term left, Term right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Counter}/{NodeId}";
}

/// <summary>The version of something that only the lease holder (or, for settings, a witness holder) writes: rules M1 and S4.</summary>
public readonly record struct Stamp(Term Term, long Counter) : IComparable<Stamp>
{
    public static Stamp None { get; } = new(Term.None, 0);

    public int CompareTo(Stamp other)
    {
        var byTerm = Term.CompareTo(other.Term);
        return byTerm != 0 ? byTerm : Counter.CompareTo(other.Counter);
    }

    public static bool operator <(Stamp left, Stamp right) => left.CompareTo(right) < 0;

    public static bool operator >(Stamp left, Stamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(Stamp left, Stamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Stamp left, Stamp right) => left.CompareTo(right) >= 0;
}
