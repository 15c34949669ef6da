namespace Constella.Api.Host;

/// <summary>Where the machine is looked at, and what the network may do to it (rule C2).</summary>
public sealed record HostOptions
{
    /// <summary><c>CONSTELLA_HOST_PROC</c>: the host's procfs.</summary>
    public string Proc { get; init; } = "/proc";

    /// <summary><c>CONSTELLA_HOST_ROOT</c>: the host's root folder.</summary>
    public string Root { get; init; } = "/";

    /// <summary><c>CONSTELLA_ALLOW_REBOOT</c>.</summary>
    public bool AllowReboot { get; init; } = true;

    /// <summary><c>CONSTELLA_ALLOW_RESTART</c>.</summary>
    public bool AllowRestart { get; init; } = true;

    /// <summary>The procfs of this process's own pid namespace: whom a signal to process 1 reaches.</summary>
    public string OwnProc { get; init; } = "/proc";
}
