using System.Reflection;
using System.Runtime.Loader;

namespace Constella.Tests.Mutants;

/// <summary>
/// This very test assembly, loaded a second time over a Constella.Core of its own: the simulator and the tests are the same
/// code, byte for byte, and the product knows nothing of mutants.
/// </summary>
internal sealed class MutantContext : AssemblyLoadContext
{
    private static readonly string Tests = typeof(MutantContext).Assembly.Location;
    private readonly Assembly _core;
    private readonly MethodInfo _simulate;
    private readonly MethodInfo _test;

    public MutantContext(Mutant mutant) : base(mutant.Name)
    {
        using var bytes = new MemoryStream(MutatedCore.Build(mutant));
        _core = LoadFromStream(bytes);
        var inside = LoadFromAssemblyPath(Tests).GetType(typeof(MutantInside).FullName!)!;
        _simulate = inside.GetMethod(nameof(MutantInside.Simulate))!;
        _test = inside.GetMethod(nameof(MutantInside.Test))!;
    }

    /// <returns>The violation, or null.</returns>
    public string? Simulate(string mutant, int seed) => (string?)_simulate.Invoke(null, [mutant, seed]);

    /// <returns>Why the test failed, or null.</returns>
    public string? Test(string name) => (string?)_test.Invoke(null, [name]);

    // What refers to Core is loaded here too; all else, xunit among it, is shared.
    protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name switch
    {
        "Constella.Core" => _core,
        "Constella.Tests" or "Constella.Api" => LoadFromAssemblyPath(Path.Combine(Path.GetDirectoryName(Tests)!, $"{assemblyName.Name}.dll")),
        _ => null,
    };

    /// <summary>Constella.Core unbroken, built and loaded in the same way: what it does not pass proves nothing.</summary>
    public static Lazy<MutantContext> Unbroken { get; } = new(() => new MutantContext(new Mutant("unbroken", "")));
}
