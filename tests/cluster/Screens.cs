namespace ClusterTrials;

/// <summary>Finds the way through the bot's screens as a person does: by what is written on the buttons.</summary>
internal static class Screens
{
    private const string Reboot = "Reboot";

    /// <summary>The button that says yes to a reboot.</summary>
    public static Button? Confirm(ChatMessage message) => Find(message, "Yes, reboot");

    /// <summary>The next press on the way to the question whether <paramref name="node"/> shall reboot.</summary>
    public static Button? TowardsReboot(ChatMessage message, string node) =>
        message.Text.Contains(node, StringComparison.Ordinal) && Find(message, Reboot) is { } reboot && Find(message, node) is null
            ? reboot
            : Find(message, node) ?? Harmless(message);

    /// <summary>A button that changes nothing but the screen.</summary>
    public static Button? Harmless(ChatMessage message) =>
        message.Buttons.FirstOrDefault(button => !button.Label.Contains(Reboot, StringComparison.OrdinalIgnoreCase));

    private static Button? Find(ChatMessage message, string label) =>
        message.Buttons.FirstOrDefault(button => button.Label.Contains(label, StringComparison.Ordinal));
}
