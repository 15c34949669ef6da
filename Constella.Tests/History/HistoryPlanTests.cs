using Constella.Api.History;
using Constella.Core.Stats;

namespace Constella.Tests.History;

public class HistoryPlanTests
{
    private const int Hour = 3_600;
    private const int Day = 24 * Hour;
    private const long Now = 1_780_315_204;

    [Theory]
    [InlineData(Hour, 10)]
    [InlineData(6 * Hour, 60)]
    [InlineData(Day, 300)]
    [InlineData(7 * Day, 1_800)]
    [InlineData(30 * Day, 7_200)]
    [InlineData(365 * Day, 86_400)]
    public void Without_a_step_there_are_some_hundred_points(int span, int step)
    {
        var plan = Plan(span, null);
        Assert.Equal(step, plan.Step);
        Assert.InRange((plan.To - plan.From) / plan.Step, 60, 505);
    }

    [Theory]
    [InlineData(Hour, 10, 10, 10)]
    [InlineData(Hour, 15, 20, 10)]
    [InlineData(Day, 10, 60, 60)]
    [InlineData(Day, 432, 480, 60)]
    [InlineData(Day, 900, 900, 300)]
    [InlineData(30 * Day, 60, 300, 300)]
    [InlineData(30 * Day, 5_000, 5_100, 300)]
    [InlineData(31 * Day, 300, 3_600, 3_600)]
    [InlineData(30 * Day, 7_200, 7_200, 3_600)]
    public void A_step_is_the_one_asked_for_or_the_next_for_which_there_are_samples(int span, int asked, int step, int source)
    {
        var plan = Plan(span, asked);
        Assert.Equal((step, source), (plan.Step, plan.Tier.Step));
        Assert.True(plan.From % step == 0 && plan.To % step == 0 && plan.From <= Now - span && plan.To >= Now);
    }

    [Theory]
    [InlineData(Hour, 10, 300)]
    [InlineData(30 * Day, 3_600, 3_600)]
    [InlineData(60 * Day, 3_600, 3_600)]
    public void Of_others_there_are_samples_of_five_minutes_only(int span, int asked, int step)
    {
        var plan = HistoryPlan.For(new HistoryQuery("bbbbbbbbbbbbbbbb", Metric.Cpu, Now - span, Now, asked), own: false, Now);
        Assert.Equal((step, 300), (plan.Step, plan.Tier.Step));
    }

    private static HistoryPlan Plan(int span, int? step) =>
        HistoryPlan.For(new HistoryQuery("aaaaaaaaaaaaaaaa", Metric.Cpu, Now - span, Now, step), own: true, Now);
}
