namespace Constella.Api.Cli.Verbs;

internal static class Warnings
{
    public const string TokenOnCommandLine =
        "warning: a bot token on the command line stands in the process list and in the shell's history; --bot-token-file, CONSTELLA_BOT_TOKEN or standard input keep it out";

    public const string LinkOnCommandLine =
        "note: the link stands in the process list while this runs; `--join -` reads it from standard input";
}
