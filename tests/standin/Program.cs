namespace TelegramStandIn;

/// <summary>Named, so that the tests see one global <c>Program</c> only: the product's.</summary>
internal static class EntryPoint
{
    public static Task<int> Main(string[] args) => args switch
    {
        ["chat", .. var rest] => Chat.RunAsync(rest),
        _ => StandInCommand.RunAsync(args),
    };
}
