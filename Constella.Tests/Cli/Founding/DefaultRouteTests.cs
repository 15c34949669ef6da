using Constella.Api.Cli.Founding;

namespace Constella.Tests.Cli.Founding;

public class DefaultRouteTests
{
    private const string Head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

    [Fact]
    public void The_default_route_with_the_smallest_metric_is_taken() => Assert.Equal(
        "eth0",
        DefaultRoute.InterfaceOf(
        [
            Head,
            "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
            "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
            "eth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
        ]));

    [Fact]
    public void Half_of_the_address_space_is_no_default_route() =>
        Assert.Null(DefaultRoute.InterfaceOf([Head, "wg0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0"]));

    [Fact]
    public void A_route_that_is_not_up_or_rejects_is_not_taken() => Assert.Null(DefaultRoute.InterfaceOf(
        [Head, "eth0\t00000000\t010200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0", "lo\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0"]));

    [Fact]
    public void Ipv6_has_a_table_of_its_own_with_a_hexadecimal_metric() => Assert.Equal(
        "eth1",
        DefaultRoute.InterfaceOfV6(
        [
            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0",
            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000064 00000001 00000000 00000003     eth1",
            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo",
        ]));
}
