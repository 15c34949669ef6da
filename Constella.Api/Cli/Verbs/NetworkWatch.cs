using Constella.Api.Cli.Node;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Api.Peers;

namespace Constella.Api.Cli.Verbs;

/// <summary>Waits for what a command was to bring about, as the node of this machine sees it.</summary>
internal static class NetworkWatch
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <param name="otherwise">Thrown where it has not come true in time.</param>
    public static async Task<PeersAnswer> UntilAsync(
        CliHost host, INode node, TimeSpan longest, Func<PeersAnswer, bool> holds, string word, CliException otherwise, CancellationToken cancellation)
    {
        var progress = new Progress(host.Console);
        var asked = host.Time.GetTimestamp();
        while (true)
        {
            if (await LookAsync(node, cancellation) is { } now && holds(now))
            {
                progress.Clear();
                return now;
            }
            if (host.Time.GetElapsedTime(asked) >= longest)
                break;
            progress.Show(word, $"({Units.Duration(host.Time.GetElapsedTime(asked))})");
            await Task.Delay(LookAgain, host.Time, cancellation);
        }
        progress.Clear();
        throw otherwise;
    }

    /// <summary>Null while the node that is asked restarts itself: that is no end of the wait.</summary>
    private static async Task<PeersAnswer?> LookAsync(INode node, CancellationToken cancellation)
    {
        try
        {
            return await node.PeersAsync(cancellation);
        }
        catch (PeerException)
        {
            return null;
        }
    }
}
