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

    public int Code => _code;

    /// <summary>Ends the process in order; the first reason counts.</summary>
    public void With(int code)
    {
        _ = Interlocked.CompareExchange(ref _code, code, 0);
        lifetime.StopApplication();
    }
}

/// <summary>Exit codes of the program.</summary>
public static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NoNetwork = 3;
    public const int State = 4;
    public const int PortInUse = 5;

    /// <summary>A fault of the program itself (EX_SOFTWARE).</summary>
    public const int Broken = 70;

    /// <summary>The disk does not take the state (EX_IOERR).</summary>
    public const int Disk = 74;
}
