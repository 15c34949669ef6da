namespace Constella.Api;

/// <summary>What the process tells its caller; scripts depend on these numbers.</summary>
public static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>No network here, the state cannot be read without root, or the node does not run.</summary>
    public const int NoNode = 3;

    /// <summary>The state is damaged, or the configuration is invalid.</summary>
    public const int BadState = 4;

    public const int PortInUse = 5;

    /// <summary>A fault of the program itself (EX_SOFTWARE).</summary>
    public const int Broken = 70;

    /// <summary>It ended to be started anew (EX_TEMPFAIL); nobody sees it where that works.</summary>
    public const int Anew = 75;

    /// <summary>The disk does not take the state (EX_IOERR).</summary>
    public const int Disk = 74;
}
