namespace ClusterTrials;

/// <summary>Finds the way through the bot's screens: a button's data begins with the kind of screen it leads to.</summary>
internal static class Screens
{
    private const string List = "l";
    private const string Card = "n:";
    private const string Consumption = "s:";
    private const string Question = "r:";
    private const string Yes = "y:";
    private const string Mute = "m:";

    /// <summary>Not an alert, which stays as it was sent.</summary>
    public static bool IsLiving(ChatMessage message) => message.Buttons.Count > 0 && To(message, Mute) is null;

    /// <summary>The button that says yes to a reboot of <paramref name="node"/>.</summary>
    public static Button? Confirm(ChatMessage message, string node) => IsAbout(message, node) ? To(message, Yes) : null;

    /// <summary>The next press on the way to the question whether <paramref name="node"/> shall reboot.</summary>
    public static Button? TowardsReboot(ChatMessage message, string node) =>
        (IsAbout(message, node) ? To(message, Question) : null)
        ?? message.Buttons.FirstOrDefault(button => button.Label.Contains(node, StringComparison.Ordinal))
        ?? To(message, List)
        ?? Harmless(message);

    /// <summary>A button that changes nothing but the screen.</summary>
    public static Button? Harmless(ChatMessage message) => To(message, Card) ?? To(message, Consumption) ?? To(message, List);

    private static bool IsAbout(ChatMessage message, string node) => message.Text.Contains(node, StringComparison.Ordinal);

    private static Button? To(ChatMessage message, string kind) =>
        message.Buttons.FirstOrDefault(button => button.Data.StartsWith(kind, StringComparison.Ordinal));
}
