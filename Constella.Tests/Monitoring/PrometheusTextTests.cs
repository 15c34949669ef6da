using System.Text;
using Constella.Api.Monitoring;
using static Constella.Api.Monitoring.MetricFamily;

namespace Constella.Tests.Monitoring;

public class PrometheusTextTests
{
    [Fact]
    public void A_family_is_its_help_its_type_and_a_line_for_each_set_of_labels() => Assert.Equal(
        """
        # HELP c_total Of things.
        # TYPE c_total counter
        c_total 3
        # HELP g Of a thing.
        # TYPE g gauge
        g{a="x",b="y"} 0.1
        g 1E+22

        """,
        Text(
            (Counter("c_total", "Of things.", static _ => null), [Sample(3)]),
            (Gauge("g", "Of a thing.", static _ => null), [Sample(0.1, ("a", "x"), ("b", "y")), Sample(1e22)])));

    [Fact]
    public void What_ends_a_label_or_a_line_is_escaped() => Assert.Equal(
        "# HELP g back \\\\ line \\n quote \"\n# TYPE g gauge\ng{a=\"back \\\\ line \\n quote \\\"\"} 1\n",
        Text((Gauge("g", "back \\ line \n quote \"", static _ => null), [Sample(1, ("a", "back \\ line \n quote \""))])));

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void What_is_no_number_is_told_as_Go_reads_it(double value, string text) =>
        Assert.EndsWith($"\ng {text}\n", Text((Gauge("g", "h", static _ => null), [Sample(value)])), StringComparison.Ordinal);

    [Fact]
    public void A_family_without_values_is_left_out() => Assert.Equal("", Text((Gauge("g", "h", static _ => null), [])));

    private static string Text(params (MetricFamily, IEnumerable<System.Diagnostics.Metrics.Measurement<double>>)[] collected) =>
        Encoding.UTF8.GetString(PrometheusText.Write(collected));
}
