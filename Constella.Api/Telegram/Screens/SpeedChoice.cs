using Constella.Core.Wire;

namespace Constella.Api.Telegram.Screens;

/// <summary>The other end of a speed test, and the test's id once it is wanted, as they stand in a button's data.</summary>
/// <param name="With">A node id, or <c>internet</c>.</param>
/// <param name="Id">16 hexadecimal digits; null before the press that wants it.</param>
internal readonly record struct SpeedChoice(string With, string? Id)
{
    private const string InternetMark = "i";
    private const int IdLength = 16;

    /// <summary>With an id made of the press, the same on every node (rule W6).</summary>
    /// <param name="command">A command id.</param>
    public SpeedChoice Wanted(string command) => this with { Id = command[..IdLength] };

    public override string ToString() => (With == SpeedRun.Internet ? InternetMark : With) + Id;

    /// <returns>Null for what is not understood.</returns>
    public static SpeedChoice? Parse(string? text)
    {
        if (text is null)
            return null;
        var end = text.StartsWith(InternetMark, StringComparison.Ordinal) ? InternetMark.Length : Math.Min(IdLength, text.Length);
        var (with, id) = (text[..end], text[end..]);
        if ((with != InternetMark && !Ids.IsNode(with)) || (id.Length > 0 && !Ids.IsNode(id)))
            return null;
        return new SpeedChoice(with == InternetMark ? SpeedRun.Internet : with, id.Length > 0 ? id : null);
    }
}
