using Constella.Api.Host.Parsing;

namespace Constella.Tests.Host;

public class KernelStatTests
{
    [Fact]
    public void Cores_are_told_one_by_one_in_seconds_and_their_sum_is_left_out()
    {
        var stat = KernelStat.Parse("cpu  300 0 0 0 0 0 0 0 0 0\ncpu0 100 2 3 4 5 6 7 8 9 10\ncpu12 200 0 0 0 0 0 0 0 0 0\nintr 1 2\nbtime 1795263130\n");
        Assert.Equal(["0", "12"], stat.Cores.Select(core => core.Core));
        Assert.Equal([100, 2, 3, 4, 5, 6, 7, 8], stat.Cores[0].Seconds.Select(static seconds => (int)Math.Round(100 * seconds)));
        Assert.Equal(1_795_263_130, stat.BootTime);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu0 1 2 3\ncpufreq 1 2 3 4 5 6 7 8\ncpu1 a b c d e f g h\nbtime\nbtime x\n")]
    public void What_is_not_as_expected_is_left_out(string text)
    {
        var stat = KernelStat.Parse(text);
        Assert.Empty(stat.Cores);
        Assert.Null(stat.BootTime);
    }
}
