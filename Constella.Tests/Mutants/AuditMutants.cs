namespace Constella.Tests.Mutants;

/// <summary>Rules U: what was commanded, in the logs of all.</summary>
internal static class AuditMutants
{
    private const string Chain = "Audit/AuditChain.cs";
    private const string Node = "Cluster/ClusterNode.Audit.cs";

    public static IEnumerable<Mutant> All { get; } =
    [
        new("a log that is written after what it tells of", "U2", new Edit(
            "Cluster/ClusterNode.cs", "_effects.Insert(0, new Effect.Record([.. _records]));", "_effects.Add(new Effect.Record([.. _records]));"))
        {
            Finding = "U2",
        },
        new("an end that is not written", "U2", new Edit(Node, "if (!_orders.Remove(reply.Ticket, out var order))", "if (_orders.Remove(reply.Ticket, out var order) || order is null)"))
        {
            Finding = "U2",
        },
        new("a number that is given twice", "U3", new Edit(
            Chain, "if (entry.Node == node && entry.Number > _own.Number)\n            _own", "if (entry.Node == node && entry.Run.Length == 0)\n            _own"))
        {
            Finding = "U3",
        },
        new("a merge that leaves out what one node wrote alone", "U5", new Edit(
            Chain, "if (!known && entry.At < Floor)", "if (!known && (entry.At < Floor || entry.Number > 1))"))
        {
            Finding = "U[57]",
        },
        new("a pull that ends with the first page", "U5", new Edit(Node, "if (page.More && refused is null", "if (page.More && _now.Mono < 0 && refused is null"))
        {
            Finding = "U5",
        },
        new("an entry that is taken though another is missing before it", "U5", new Edit(Chain, "(known && (entry.Number != head.Number + 1 || entry.Previous != head.Hash))", "(known && entry.Number <= head.Number)"))
        {
            Test = "Audit.AuditChainTests.U5_What_was_altered_left_out_or_put_in_is_not_taken",
        },
        new("a hash that leaves a field out", "U3", new Edit("Audit/AuditEntry.cs", "Detail ?? \"\", Previous,", "Previous,"))
        {
            Test = "Audit.AuditChainTests.U3_The_hash_covers_every_field",
        },
    ];
}
