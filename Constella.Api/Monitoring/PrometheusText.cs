using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Constella.Api.Monitoring;

/// <summary>The text format of Prometheus, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
internal static class PrometheusText
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>A family without values is left out.</summary>
    public static byte[] Write(IEnumerable<(MetricFamily Family, IEnumerable<Measurement<double>> Samples)> collected)
    {
        var text = new StringBuilder();
        foreach (var (family, samples) in collected)
        {
            var told = false;
            foreach (var sample in samples)
            {
                if (!told)
                    Head(text, family);
                told = true;
                Line(text, family.Name, sample);
            }
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Head(StringBuilder text, MetricFamily family) => text
        .Append("# HELP ").Append(family.Name).Append(' ').Append(Escaped(family.Help, quoted: false)).Append('\n')
        .Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type == MetricType.Counter ? "counter" : "gauge").Append('\n');

    private static void Line(StringBuilder text, string name, Measurement<double> sample)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (label, value) in sample.Tags)
        {
            text.Append(separator).Append(label).Append("=\"").Append(Escaped(value?.ToString() ?? "", quoted: true)).Append('"');
            separator = ',';
        }
        if (separator == ',')
            text.Append('}');
        text.Append(' ').Append(Number(sample.Value)).Append('\n');
    }

    // The shortest text that reads back as the same number, in the words of Go's ParseFloat.
    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string text, bool quoted)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quoted ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }
}
