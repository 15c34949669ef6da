namespace Constella.Api.Cli;

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
}

/// <summary>An end that a person is told in one line, with the next step in a second one.</summary>
public sealed class CliException(int code, string message, string? next = null) : Exception(message)
{
    public int Code { get; } = code;

    public string? Next { get; } = next;
}
