namespace ClusterTrials;

/// <summary>
/// An owner who presses a button of the living message every 100 ms (or as told), whatever is on the screen: what goes nowhere near a
/// reboot, unless <see cref="AskRebootAsync"/> takes the hand.
/// </summary>
internal sealed class Presser : IAsyncDisposable
{
    private static readonly TimeSpan s_usual = TimeSpan.FromMilliseconds(100);
    private readonly StandIn _standIn;
    private readonly TimeSpan _pace;
    private readonly Action<ChatMessage>? _seen;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;
    private volatile Func<ChatMessage, Button?> _choose = Harmless;

    /// <param name="seen">Given each screen before it is pressed on.</param>
    public Presser(StandIn standIn, TimeSpan? pace = null, Action<ChatMessage>? seen = null)
    {
        (_standIn, _pace, _seen) = (standIn, pace ?? s_usual, seen);
        _loop = LoopAsync();
    }

    /// <summary>Walks to the question whether <paramref name="node"/> shall reboot, and stays there.</summary>
    /// <returns>The question, with the button that confirms it.</returns>
    public async Task<(long Message, string Data)> AskRebootAsync(string node)
    {
        var found = new TaskCompletionSource<(long, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        _choose = message =>
        {
            if (Screens.Confirm(message, node) is not { } confirm)
                return Screens.TowardsReboot(message, node);
            found.TrySetResult((message.Id, confirm.Data));
            return null;
        };
        return await found.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public void Wander() => _choose = Harmless;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _end.Dispose();
    }

    private static Button? Harmless(ChatMessage message) => Screens.Harmless(message);

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_pace);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                if (await _standIn.LivingMessageAsync() is not { } message)
                {
                    await _standIn.SayAsync("/nodes");
                    continue;
                }
                _seen?.Invoke(message);
                if (_choose(message) is { } button)
                    await _standIn.PressAsync(message.Id, button.Data);
            }
        }
        catch (OperationCanceledException)
        {
            // The trial is over.
        }
    }
}
