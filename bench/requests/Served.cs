using Constella.Api.State;

namespace Constella.Bench;

/// <summary>The process of the node that is measured. Ends with its standard input.</summary>
internal static class Served
{
    /// <param name="folder">With the node's state in it.</param>
    public static async Task<int> RunAsync(string folder)
    {
        var state = StateStore.Read(folder) ?? throw new InvalidOperationException("there is no state");
        await using var node = await OneNode.StartAsync(folder, state);
        Console.WriteLine($"{node.View.Run} {node.Signed.Port} {node.Unsigned.Port}");
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
