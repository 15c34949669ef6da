namespace Constella.Tests.Simulation;

/// <summary>Runs seeds.</summary>
internal static class Simulator
{
    /// <summary>Runs one seed; what the node throws counts as a failure like a broken invariant.</summary>
    public static (World World, string? Failure) Run(int seed, WorldOptions options)
    {
        var world = new World(seed, options);
        try
        {
            world.RunToEnd();
            return (world, null);
        }
        catch (ViolationException violation)
        {
            return (world, violation.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return (world, $"seed {seed} at {world.Now / 1000.0:F3} s: {error}");
        }
    }
}
