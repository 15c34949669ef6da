using Constella.Api.Configuration;

namespace Constella.Api;

/// <summary>A node in this process, from its state to its end.</summary>
public static class NodeHost
{
    /// <summary>Runs until it is told to stop (SIGTERM, SIGINT or <paramref name="cancellation"/>).</summary>
    /// <returns>0 ended as told; 3 no network here; 4 state unreadable; 5 port in use; 70 broken.</returns>
    public static Task<int> RunAsync(ConstellaOptions options, string[] args, CancellationToken cancellation) => throw new NotImplementedException();
}
