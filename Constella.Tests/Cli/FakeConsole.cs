using Constella.Api.Cli.Terminal;

namespace Constella.Tests.Cli;

/// <summary>A terminal of strings.</summary>
internal sealed class FakeConsole(string input = "") : ICliConsole
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public TextWriter Out => _out;

    public TextWriter Error => _error;

    public TextReader In { get; } = new StringReader(input);

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public bool InIsTerminal { get; init; }

    public int Width { get; init; } = 100;

    public bool Unicode { get; init; } = true;

    public bool Color { get; init; }

    public string Printed => _out.ToString();

    public string Told => _error.ToString();

    public string? ReadSecret(string prompt)
    {
        Error.Write(prompt);
        return In.ReadLine();
    }
}
