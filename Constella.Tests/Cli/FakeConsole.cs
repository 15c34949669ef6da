using Constella.Api.Cli.Terminal;

namespace Constella.Tests.Cli;

/// <summary>A terminal of strings.</summary>
internal sealed class FakeConsole(string input = "") : ICliConsole
{
    public TextWriter Out { get; } = new StringWriter { NewLine = "\n" };

    public TextWriter Error { get; } = new StringWriter { NewLine = "\n" };

    public TextReader In { get; } = new StringReader(input);

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public bool InIsTerminal { get; init; }

    public int Width { get; init; } = 100;

    public bool Unicode { get; init; } = true;

    public bool Color { get; init; }

    public string Printed => Out.ToString()!;

    public string Told => Error.ToString()!;

    public string? ReadSecret(string prompt)
    {
        Error.Write(prompt);
        return In.ReadLine();
    }
}
