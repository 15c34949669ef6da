using System.Reflection;
using Constella.Tests.Simulation;

namespace Constella.Tests.Mutants;

/// <summary>What a <see cref="MutantContext"/> calls: from here on every type of Core is the mutant's. Only texts and numbers cross the border.</summary>
internal static class MutantInside
{
    public static string? Simulate(string mutant, int seed) =>
        Simulator.Run(seed, MutantList.All.Single(m => m.Name == mutant).World).Failure;

    /// <summary>Runs a test as its runner would; a theory with each of its rows.</summary>
    public static string? Test(string name)
    {
        var dot = name.LastIndexOf('.');
        var type = typeof(MutantInside).Assembly.GetType($"Constella.Tests.{name[..dot]}")
            ?? throw new InvalidOperationException($"there is no class of tests {name[..dot]}");
        var method = type.GetMethod(name[(dot + 1)..])
            ?? throw new InvalidOperationException($"there is no test {name}");
        var rows = method.GetCustomAttributes<InlineDataAttribute>().SelectMany(row => row.GetData(method)).ToList();
        if (rows.Count == 0)
            rows.Add([]);
        return rows.Select(row => Run(type, method, row)).FirstOrDefault(failure => failure is not null);
    }

    private static string? Run(Type type, MethodInfo method, object?[] row)
    {
        var tests = Activator.CreateInstance(type)!;
        try
        {
            (method.Invoke(tests, row) as Task)?.GetAwaiter().GetResult();
            return null;
        }
        catch (TargetInvocationException failure)
        {
            return failure.InnerException!.Message;
        }
        finally
        {
            (tests as IDisposable)?.Dispose();
        }
    }
}
