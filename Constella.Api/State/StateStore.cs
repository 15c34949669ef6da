using System.Net;
using Constella.Core.Members;

namespace Constella.Api.State;

/// <summary>The state file cannot be used; the message is the one line a person needs, with the remedy.</summary>
public sealed class StateException(string message) : Exception(message);

/// <summary><c>network_state.json</c>, its last good copy and the lock of its folder (rules S3 and H3).</summary>
public sealed class StateStore : IDisposable
{
    public const string FileName = "network_state.json";

    /// <summary>Takes the folder for this process; makes it (mode 700) where it is missing.</summary>
    /// <exception cref="StateException">Another process has it, or it cannot be written.</exception>
    public static StateStore Open(string folder) => throw new NotImplementedException();

    /// <summary>Reads without the lock, for the command line.</summary>
    /// <returns>Null when there is no state.</returns>
    /// <exception cref="StateException">It cannot be read or understood.</exception>
    public static NetworkState? Read(string folder) => throw new NotImplementedException();

    /// <summary>Where the running (or last) node of this folder listens for its command line, or null.</summary>
    public static IPEndPoint? ReadListen(string folder) => throw new NotImplementedException();

    /// <returns>Null when there is no state.</returns>
    /// <exception cref="StateException">It cannot be read or understood.</exception>
    public NetworkState? Load() => throw new NotImplementedException();

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="StateException">It could not be written.</exception>
    public void Save(NetworkState state) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
