namespace Constella.Api.Cli.Terminal;

/// <summary>The terminal as the command line sees it: results go to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
public interface ICliConsole
{
    TextWriter Out { get; }

    TextWriter Error { get; }

    TextReader In { get; }

    /// <summary>A person reads <see cref="Out"/>.</summary>
    bool OutIsTerminal { get; }

    /// <summary>A person reads <see cref="Error"/>: progress may be redrawn.</summary>
    bool ErrorIsTerminal { get; }

    /// <summary>A person can be asked.</summary>
    bool InIsTerminal { get; }

    /// <summary>Columns; of a pipe: unlimited.</summary>
    int Width { get; }

    /// <summary>The terminal shows more than ASCII.</summary>
    bool Unicode { get; }

    bool Color { get; }

    /// <summary>One line without echo; null at the end of input.</summary>
    string? ReadSecret(string prompt);
}
