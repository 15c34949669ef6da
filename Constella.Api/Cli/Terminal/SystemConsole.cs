using System.Text;

namespace Constella.Api.Cli.Terminal;

/// <summary>The process's own terminal.</summary>
public sealed class SystemConsole : ICliConsole
{
    private const int WidthOfUnknownTerminal = 80;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    public TextWriter Out => Console.Out;

    public TextWriter Error => Console.Error;

    public TextReader In => Console.In;

    public bool OutIsTerminal { get; } = !Console.IsOutputRedirected;

    public bool ErrorIsTerminal { get; } = !Console.IsErrorRedirected;

    public bool InIsTerminal { get; } = !Console.IsInputRedirected;

    public int Width => OutIsTerminal ? TerminalWidth() : int.MaxValue;

    public bool Unicode { get; } = SpeaksUtf8();

    public bool Color { get; } = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null);

    public string? ReadSecret(string prompt)
    {
        if (!InIsTerminal)
            return In.ReadLine();
        Error.Write(prompt);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
                break;
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0)
                typed.Length--;
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
        Error.WriteLine();
        return typed.ToString();
    }

    private static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : WidthOfUnknownTerminal;
        }
        catch (IOException)
        {
            return WidthOfUnknownTerminal;
        }
    }

    // The first of these three that is set decides, as in libc; a C locale is ASCII whatever the encoding of the stream.
    private static bool SpeaksUtf8()
    {
        var locale = LocaleVariables
            .Select(Environment.GetEnvironmentVariable)
            .FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return locale is not null
            && (locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase));
    }
}
