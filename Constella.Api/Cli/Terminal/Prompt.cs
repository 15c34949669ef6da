namespace Constella.Api.Cli.Terminal;

/// <summary>Questions to a person, and input that must not stand in the process list.</summary>
public static class Prompt
{
    /// <exception cref="CliException">Nobody is there to be asked.</exception>
    public static bool Confirm(ICliConsole console, string question)
    {
        if (!console.InIsTerminal)
            throw new CliException(ExitCode.Failed, "not confirmed: nobody is there to be asked", "give --yes to go on without the question");
        console.Error.Write(question + " [y/N] ");
        return console.In.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    /// <summary>One line of standard input, typed without echo on a terminal.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static string Secret(ICliConsole console, string what)
    {
        var value = console.ReadSecret($"{what} (not shown): ")?.Trim();
        return string.IsNullOrEmpty(value) ? throw new CliException(ExitCode.Usage, $"no {what} on standard input") : value;
    }
}
