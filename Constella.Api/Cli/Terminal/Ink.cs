namespace Constella.Api.Cli.Terminal;

public enum Tone
{
    Plain,
    Strong,
    Good,
    Warning,
    Bad,
    Quiet,
}

/// <summary>How text looks on this terminal: colours and signs, or none where they would be noise.</summary>
public sealed class Ink(bool color, bool unicode)
{
    public static Ink For(ICliConsole console) => new(console.Color, console.Unicode);

    public string Dash => unicode ? "–" : "-";

    public string Ellipsis => unicode ? "…" : "~";

    public string Separator => unicode ? " · " : ", ";

    public string Check => unicode ? "✓" : "ok";

    public string Arrow => unicode ? "→" : "->";

    public string Paint(string text, Tone tone)
    {
        var code = tone switch
        {
            Tone.Strong => "1",
            Tone.Good => "32",
            Tone.Warning => "33",
            Tone.Bad => "31",
            Tone.Quiet => "2",
            _ => null,
        };
        return color && code is not null && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
    }

    /// <summary>A bar of <paramref name="width"/> cells for 0 to 100 percent.</summary>
    public string Bar(double percent, int width)
    {
        var full = (int)Math.Round(Math.Clamp(percent, 0, 100) / 100 * width, MidpointRounding.AwayFromZero);
        var bar = new string(unicode ? '█' : '#', full);
        return Paint(bar, ToneOf(percent)) + Paint(new string(unicode ? '░' : '.', width - full), Tone.Quiet);
    }

    public static Tone ToneOf(double percent) => percent switch
    {
        >= 95 => Tone.Bad,
        >= 80 => Tone.Warning,
        _ => Tone.Good,
    };
}
