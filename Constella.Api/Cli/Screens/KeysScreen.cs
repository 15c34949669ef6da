using Constella.Api.Cli.Terminal;
using Constella.Core.Members;

namespace Constella.Api.Cli.Screens;

/// <summary>The number of the network's secret, and how far its latest change is.</summary>
public static class KeysScreen
{
    public static void Write(KeysDocument keys, ICliConsole console)
    {
        var ink = Ink.For(console);
        console.Out.WriteLine($"{ink.Paint("secret".PadRight(9), Tone.Quiet)}generation {keys.Generation}");
        var text = keys.Phase switch
        {
            null => "none yet",
            RotationPhase.Remove => $"ended, begun {Since(keys)}",
            { } phase => ink.Paint($"{phase.ToString().ToLowerInvariant()} {keys.Followed}/{keys.Followed + keys.Waiting.Length}", Tone.Bad)
                + $", begun {Since(keys)}",
        };
        console.Out.WriteLine($"{ink.Paint("rotation".PadRight(9), Tone.Quiet)}{text}");
        if (!keys.Waiting.IsEmpty)
            console.Out.WriteLine($"{ink.Paint("waits for".PadRight(9), Tone.Quiet)} {string.Join(", ", keys.Waiting)}");
    }

    private static string Since(KeysDocument keys) => keys.Since is { } since ? since.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) : "-";
}
