using System.Text.Json;
using System.Text.RegularExpressions;
using Constella.Api.Monitoring;
using Constella.Tests.Tidy;

namespace Constella.Tests.Monitoring;

/// <summary>What is documented, against what <c>/metrics</c> gives.</summary>
public sealed partial class DashboardTests
{
    private static readonly HashSet<string> s_names = [.. CollectorRegistry.Families.Select(family => family.Name)];

    [Fact]
    public void The_dashboard_asks_for_nothing_that_is_not_there()
    {
        var asked = Expressions().SelectMany(expression => Name().Matches(expression).Select(match => match.Value)).ToHashSet();
        Assert.True(asked.Count > 20, $"{asked.Count} names");
        Assert.Empty(asked.Except(s_names));
    }

    [Fact]
    public void The_names_in_the_handbook_are_there() =>
        Assert.Empty(Name().Matches(Repository.File("docs/OPERATIONS.md").Text).Select(match => match.Value).Except(s_names));

    [Fact]
    public void Each_name_stands_for_one_family_and_counters_say_that_they_are()
    {
        Assert.Equal(CollectorRegistry.Families.Length, s_names.Count);
        Assert.All(CollectorRegistry.Families, family => Assert.Equal(
            family.Type == MetricType.Counter, family.Name.EndsWith("_total", StringComparison.Ordinal)));
    }

    private static List<string> Expressions()
    {
        using var dashboard = JsonDocument.Parse(Repository.File("docs/grafana/constella.json").Text);
        return [.. Find(dashboard.RootElement)];
    }

    private static IEnumerable<string> Find(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field =>
            field.Name is "expr" or "definition" ? [field.Value.GetString()!] : Find(field.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Find),
        _ => [],
    };

    // node_exporter is a program.
    [GeneratedRegex(@"\b(?:constella|node(?!_exporter)|process|dotnet)_[a-zA-Z0-9_]+\b")]
    private static partial Regex Name();
}
