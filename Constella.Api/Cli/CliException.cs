namespace Constella.Api.Cli;

/// <summary>An end that a person is told in one line, with the next step in a second one.</summary>
public sealed class CliException(int code, string message, string? next = null) : Exception(message)
{
    public int Code { get; } = code;

    public string? Next { get; } = next;
}
