namespace Constella.Api.Cli.Terminal;

/// <summary>How a long work goes on: one line redrawn on a terminal, a line per new word elsewhere. Goes to standard error.</summary>
public sealed class Progress(ICliConsole console)
{
    private string _last = "";
    private int _drawn;

    /// <param name="word">What is going on.</param>
    /// <param name="detail">What changes all the time: left out where lines cannot be redrawn.</param>
    public void Show(string word, string detail = "")
    {
        if (console.ErrorIsTerminal)
        {
            var line = detail.Length > 0 ? $"{word} {detail}" : word;
            console.Error.Write("\r" + line.PadRight(_drawn));
            _drawn = line.Length;
        }
        else if (word != _last)
        {
            console.Error.WriteLine(word);
        }
        _last = word;
    }

    /// <summary>Takes the redrawn line away.</summary>
    public void Clear()
    {
        if (_drawn > 0)
            console.Error.Write("\r" + new string(' ', _drawn) + "\r");
        _drawn = 0;
    }
}
