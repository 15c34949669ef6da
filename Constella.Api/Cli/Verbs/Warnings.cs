using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

internal static class Warnings
{
    public const string TokenOnCommandLine =
        "warning: a bot token on the command line stands in the process list and in the shell's history; --bot-token-file, CONSTELLA_BOT_TOKEN or standard input keep it out";

    public const string SecretOnCommandLine =
        "warning: a token on the command line stands in the process list and in the shell's history; standard input (-) keeps it out";

    public const string StateInstead = "constella: the node does not run, this is what its state says";

    public const string LinkOnCommandLine =
        "note: the link stands in the process list while this runs; `--join -` reads it from standard input";

    /// <summary>What a node with a place in the overlay still needs; nothing where it has none.</summary>
    public static void TellOverlay(ICliConsole console, ConstellaOptions options, MemberRecord self)
    {
        if (self.Overlay is not { } place)
            return;
        console.Error.WriteLine($"Overlay: {place.Address} ({options.Vpn.Interface}), public key {place.Key}");
        console.Error.WriteLine("Next: as root, constella vpn up");
    }
}
