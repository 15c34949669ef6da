namespace Constella.Tests.Mutants;

/// <summary>Rules O, and H1 with two addresses.</summary>
internal static class OverlayMutants
{
    public static IEnumerable<Mutant> All { get; } =
    [
        new("a dead first address that is called first each time", "H1", new Edit(
            "Cluster/ClusterNode.Heartbeats.cs", "(peer.Road == other) != retried;", "retried;"))
        {
            Test = "Cluster.RoadTests.H1_The_hub_of_an_overlay_dies_as_Host_with_all_tunnels_and_is_replaced_in_10_s",
        },
        new("a first address that is never tried again", "H1", new Edit(
            "Cluster/ClusterNode.Heartbeats.cs", "            TryFirstRoad(peer);\n", ""))
        {
            Test = "Cluster.RoadTests.H1_The_first_address_is_tried_again_beside_the_beat_and_its_answer_leads_back",
        },
        new("an address of the overlay that is given twice", "O1", new Edit(
            "Members/Overlay.cs", "record with { Overlay = asked with { Address = free.ToString() } }",
            "record with { Overlay = asked with { Address = network.Free(new HashSet<uint>())!.Value.ToString() } }"))
        {
            Test = "Cluster.OverlayTests.O1_A_joiner_gets_the_lowest_free_address_of_the_hubs_network",
        },
        new("a tunnel that fails and is told first all the same", "O3", new Edit(
            "Cluster/ClusterNode.Overlay.cs", "false => own with { Addr = outside, AltAddr = inside },", "false => own with { Addr = inside, AltAddr = outside },"))
        {
            Test = "Cluster.OverlayTests.O3_When_it_fails_the_public_address_is_first_and_people_are_told_once",
        },
    ];
}
