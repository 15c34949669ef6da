using Constella.Api.State;
using Constella.Core.Members;

namespace Constella.Api.Cli.Node;

/// <summary>The state file as a command finds it; what is wrong becomes an exit code and a next step.</summary>
public static class StateAccess
{
    /// <returns>Null when there is no network here.</returns>
    /// <exception cref="CliException">The state is not for this user (3), or it is damaged (4).</exception>
    public static NetworkState? Find(string folder)
    {
        RequireReadable(folder);
        try
        {
            return StateStore.Read(folder);
        }
        catch (StateException e)
        {
            throw new CliException(ExitCode.BadState, e.Message);
        }
    }

    /// <exception cref="CliException">As <see cref="Find"/>, and 3 when there is no network here.</exception>
    public static NetworkState Require(string folder) => Find(folder) ?? throw None(folder);

    public static CliException None(string folder) => new(
        ExitCode.NoNode,
        $"no network here: {folder} holds no state",
        "start one with `constella init`, or join one with `constella join --join LINK`");

    /// <summary>Asked before the store reads: a folder that may not be entered looks to it as if nothing were there.</summary>
    /// <exception cref="CliException">The state is not for this user (3).</exception>
    public static void RequireReadable(string folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, StateStore.FileName));
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.NoNode, "the state is readable by its owner only: run with sudo");
        }
        catch (IOException)
        {
            // Missing: the store knows whether its last good copy is there.
        }
    }
}
