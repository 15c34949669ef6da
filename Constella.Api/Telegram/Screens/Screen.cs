using Constella.Api.Telegram.Client;

namespace Constella.Api.Telegram.Screens;

/// <summary>What the living message shows: where it is, its text and its buttons.</summary>
internal sealed record Screen(ScreenKey Key, string Html, InlineKeyboardMarkup Keyboard)
{
    /// <summary>Two screens that look alike need no edit.</summary>
    public string Look { get; } = Html + "\n" + string.Join('\n', Keyboard.InlineKeyboard.Select(row =>
        string.Join('|', row.Select(button => button.Text + "→" + button.CallbackData))));
}
