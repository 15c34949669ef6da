using System.Globalization;
using Constella.Tests.Simulation;
using Xunit.Abstractions;

namespace Constella.Tests.Fuzz;

/// <summary>It measures the heap of the process: nothing else may run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FuzzAlone
{
    public const string Name = "fuzz";
}

/// <summary>
/// Bad input is refused: no exception, no 5xx, no growth of memory, nothing changed. <c>CONSTELLA_FUZZ=CASES:SEED:FIRST:SURFACE</c>
/// asks for the long form (<c>tests/long/fuzz</c>).
/// </summary>
[Collection(FuzzAlone.Name)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly string[] s_wish = (Environment.GetEnvironmentVariable("CONSTELLA_FUZZ") ?? "").Split(':');

    private static readonly Dictionary<string, Func<ISurface>> s_surfaces = new()
    {
        ["link"] = () => new LinkSurface(),
        ["state"] = () => new StateSurface(),
        ["signature"] = () => new SignatureSurface(),
        ["body"] = () => new BodySurface(),
        ["callback"] = () => new CallbackSurface(),
        ["http"] = () => new HttpSurface(),
    };

    public static TheoryData<string> Surfaces { get; } = [.. s_surfaces.Keys.Where(name => s_wish is not [_, _, _, { Length: > 0 } only] || only == name)];

    [Theory]
    [MemberData(nameof(Surfaces))]
    public void Bad_input_is_refused_and_nothing_else_happens(string name)
    {
        using var surface = s_surfaces[name]();
        for (var sample = 0; sample < surface.Corpus.Count; sample++)
            Assert.True(surface.Try(sample, surface.Corpus[sample]), $"sample {sample} of {name} is refused unbroken");

        var result = Fuzzer.Run(name, surface, (ulong)Wish(1, 1), Wish(2, 0), Wish(0, 10_000));

        output.WriteLine(result.ToString());
        Assert.InRange(result.Accepted, 0, result.Cases - (result.Cases / 10));
    }

    [Fact]
    public void The_same_seed_makes_the_same_cases()
    {
        using var surface = new StateSurface();
        var mutator = new Mutator(surface.Corpus);
        for (ulong seed = 0; seed < 200; seed++)
            Assert.Equal(mutator.Mutate(surface.Corpus[0], new SimRandom(seed)), mutator.Mutate(surface.Corpus[0], new SimRandom(seed)));
    }

    private static long Wish(int part, long otherwise) =>
        s_wish.Length > part && s_wish[part].Length > 0 ? long.Parse(s_wish[part], CultureInfo.InvariantCulture) : otherwise;
}
