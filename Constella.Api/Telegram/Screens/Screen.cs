using System.Security.Cryptography;
using System.Text;
using Constella.Api.Telegram.Client;

namespace Constella.Api.Telegram.Screens;

/// <summary>A PNG, and what tells it from another one.</summary>
internal sealed record Picture(string Mark, byte[] Png)
{
    /// <summary>Two pictures of the same drawing are the same picture.</summary>
    public static Picture Of(string drawing, byte[] png) => new(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(drawing))), png);
}

/// <summary>What the living message shows: where it is, its text and its buttons.</summary>
internal sealed record Screen(ScreenKey Key, string Html, InlineKeyboardMarkup Keyboard)
{
    /// <summary>With one, the text is its caption.</summary>
    public Picture? Picture { get; init; }

    /// <summary>What of it is worth an edit when nobody has asked for one; null: all of it.</summary>
    public string? Gist { get; init; }

    /// <summary>Two screens that look alike need no edit.</summary>
    public string Look => Picture?.Mark + Html + "\n" + string.Join('\n', Keyboard.InlineKeyboard.Select(row =>
        string.Join('|', row.Select(button => button.Text + "→" + button.CallbackData))));
}
