using System.Globalization;
using System.Text.RegularExpressions;
using Constella.Tests.Simulation;
using Constella.Tests.Tidy;
using Xunit.Abstractions;

namespace Constella.Tests.Mutants;

/// <summary>Tests that find nothing prove nothing: each rule that is broken in the source must be found, and found for its own reason.</summary>
[Collection(SimulatorAlone.Name)]
public sealed partial class MutantTests(ITestOutputHelper output)
{
    private const int Workers = 2;

    public static TheoryData<string> Names => [.. MutantList.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_found(string name)
    {
        var mutant = MutantList.All.Single(m => m.Name == name);
        var context = new MutantContext(mutant);
        if (mutant.Test is { } test)
        {
            Assert.Null(MutantContext.Unbroken.Value.Test(test));
            var failure = context.Test(test);
            Assert.True(failure is not null, $"{test} passes, though the rule is broken: {name}");
            output.WriteLine($"{mutant.Rule} | {name} | {test}");
            return;
        }
        var (seed, what) = Failure(context, mutant);
        Assert.True(what is not null, $"{mutant.Within} seeds did not find: {name}");
        Assert.Matches($@"^seed \d+ at [^:]+: {mutant.Finding}", what);
        Assert.Null(MutantContext.Unbroken.Value.Simulate(name, seed));
        output.WriteLine($"{mutant.Rule} | {name} | {what.Split('\n')[0]}");
    }

    [Fact]
    public void The_table_of_the_documents_names_each_once()
    {
        var rows = Repository.File("docs/RELIABILITY.md").Lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToList();
        Findings.None(MutantList.All
            .Where(mutant => rows.Count(row => row.StartsWith($"| {mutant.Rule} | {mutant.Name} | ", StringComparison.Ordinal)) != 1)
            .Select(mutant => $"docs/RELIABILITY.md, Mutants: a row \"| {mutant.Rule} | {mutant.Name} | …\" is missing or there twice"));
    }

    /// <summary>By the seed that the documents name; where that one does not find it any more, by the smallest that does.</summary>
    private static (int Seed, string? What) Failure(MutantContext context, Mutant mutant)
    {
        var named = NamedSeed().Match(Repository.File("docs/RELIABILITY.md").Lines.FirstOrDefault(line => line.StartsWith($"| {mutant.Rule} | {mutant.Name} | ", StringComparison.Ordinal)) ?? "");
        return named.Success && int.Parse(named.Groups[1].Value, CultureInfo.InvariantCulture) is var seed && context.Simulate(mutant.Name, seed) is { } what
            ? (seed, what)
            : FirstFailure(context, mutant);
    }

    [GeneratedRegex(@"\| seed (\d+) of ")]
    private static partial Regex NamedSeed();

    /// <summary>The smallest seed that finds it, whatever the workers do first.</summary>
    private static (int Seed, string? What) FirstFailure(MutantContext context, Mutant mutant)
    {
        var found = new SortedDictionary<int, string>();
        Parallel.For(1, mutant.Within + 1, new ParallelOptions { MaxDegreeOfParallelism = Workers }, (seed, loop) =>
        {
            if (context.Simulate(mutant.Name, seed) is not { } what)
                return;
            lock (found)
                found.Add(seed, what);
            loop.Break();
        });
        return found.Count == 0 ? (0, null) : (found.First().Key, found.First().Value);
    }
}
