using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Constella.Api.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>The library's help, and the verb's examples below it.</summary>
internal sealed class HelpWithExamples(int width) : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new() { MaxWidth = width };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
            WriteExamples(parseResult.InvocationConfiguration.Output, verb.Examples);
        else if (parseResult.CommandResult.Command is RootCommand)
            parseResult.InvocationConfiguration.Output.WriteLine("Help on one command: constella COMMAND --help");
        return ExitCode.Ok;
    }

    private static void WriteExamples(TextWriter output, IReadOnlyList<string> examples)
    {
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine("  " + example);
    }
}

internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"constella {CommandLine.Version}");
        return ExitCode.Ok;
    }
}
