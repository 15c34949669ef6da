using System.CommandLine;
using Constella.Api.Cli.Shells;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella man</c>: the manual page.</summary>
internal static class ManVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "man",
            "Print the manual page, for man to show.",
            "constella man | man -l -",
            "constella man > /usr/local/share/man/man1/constella.1");
        verb.SetAction(parse => host.Console.Out.Write(ManPage.Of(parse.RootCommandResult.Command, CommandLine.Version)));
        return verb;
    }
}
