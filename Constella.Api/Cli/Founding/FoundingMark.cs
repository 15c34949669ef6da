using Constella.Core.Members;

namespace Constella.Api.Cli.Founding;

/// <summary>
/// A file elsewhere than the state which remembers that there was one. Where a container's engine starts the node by itself, a
/// state folder that is empty may be a first start or a disk that is not there: only this tells them apart.
/// </summary>
internal static class FoundingMark
{
    /// <exception cref="CliException">There was a network here (3), or the file cannot be read (1).</exception>
    public static void RequireNone(string file, string stateDir) => Try(file, () =>
    {
        if (File.Exists(file))
        {
            throw new CliException(
                ExitCode.NoNode,
                $"the state of {File.ReadAllText(file).Trim()} is gone from {stateDir}; no second network is started in its place",
                $"put the state back from a backup, or join anew by CONSTELLA_JOIN; to start another network remove {file}");
        }
    });

    /// <exception cref="CliException">The file cannot be written (1).</exception>
    public static void Keep(string file, NetworkState state) => Try(file, () =>
    {
        var text = $"node {state.NodeId} of network {state.NetworkId}\n";
        if (!File.Exists(file) || File.ReadAllText(file) != text)
            File.WriteAllText(file, text);
    });

    private static void Try(string file, Action use)
    {
        try
        {
            use();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"{file}, which remembers that there is a network, cannot be used: {error.Message}");
        }
    }
}
