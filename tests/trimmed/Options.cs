using Xunit.Abstractions;

namespace TrimmedTests;

/// <summary>xunit's own settings, but for how many tests run at once.</summary>
internal sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> _values = new() { ["xunit.execution.MaxParallelThreads"] = 4 * Environment.ProcessorCount };

    public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) && value is not null ? (TValue)value : default!;

    public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
}
