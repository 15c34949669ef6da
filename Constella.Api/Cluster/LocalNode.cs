using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Cluster;

/// <summary>Who this process is and what it read at its start; fixed for its life.</summary>
public sealed class LocalNode(NetworkState state, ProcessIdentity process)
{
    /// <summary>As read at the start: what has changed since stands in the view.</summary>
    public NetworkState State { get; } = state;

    public ProcessIdentity Process { get; } = process;

    public string NodeId => State.NodeId;

    public string NetworkId => State.NetworkId;
}

/// <summary>How the process ends when it was not told to.</summary>
public sealed class NodeExit(IHostApplicationLifetime lifetime)
{
    private int _code;
    private volatile bool _anew;

    public int Code => _code == ExitCode.Ok && _anew ? ExitCode.Anew : _code;

    /// <summary>What is held is handed over first.</summary>
    public bool InOrder => _code == ExitCode.Ok;

    /// <summary>Ends the process in order, for another one in its place (rule C5).</summary>
    public void Anew()
    {
        _anew = true;
        lifetime.StopApplication();
    }

    /// <summary>Ends the process in order; the first reason counts.</summary>
    public void With(int code)
    {
        _ = Interlocked.CompareExchange(ref _code, code, 0);
        lifetime.StopApplication();
    }
}
