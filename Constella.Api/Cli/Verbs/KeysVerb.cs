using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Cluster;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella keys</c> and <c>constella keys rotate</c> (rule X2).</summary>
internal static class KeysVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "keys",
            "The network's secret: its number and its latest change. The secret itself is never shown.",
            "constella keys",
            "constella keys rotate") { Rotate(host) };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, cancellation));
        return verb;
    }

    private static Verb Rotate(CliHost host)
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask, also where a node is away" };
        var verb = new Verb(
            "rotate",
            "Give the network a new secret: installed everywhere, then used, then the old one is removed. A node that is away is left behind.",
            "constella keys rotate",
            "constella keys rotate --yes --json") { yes };
        verb.SetAction((parse, cancellation) => RotateAsync(host, parse, parse.GetValue(yes), cancellation));
        return verb;
    }

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var keys = Mapping.Keys(await node.KeysAsync(cancellation), await node.PeersAsync(cancellation));
            if (host.WantsJson(parse))
                host.WriteJson(keys, CliJson.Default.KeysDocument);
            else
                KeysScreen.Write(keys, host.Console);
            return ExitCode.Ok;
        }
    }

    private static async Task<int> RotateAsync(CliHost host, ParseResult parse, bool yes, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var away = network.Peers.Where(peer => !peer.IsSelf && peer.Health != Health.Alive).Select(peer => peer.Name).ToArray();
            if (away.Length > 0 && !yes && !Prompt.Confirm(host.Console, $"{string.Join(", ", away)} {(away.Length == 1 ? "is" : "are")} away and would have to join again by a link. Rotate now?"))
                throw new CliException(ExitCode.Failed, "nothing changed");
            var before = (await node.KeysAsync(cancellation)).Generation;
            await node.RotateAsync(cancellation);
            var keys = await RotationWatch.WaitAsync(host, node, now => now.Generation > before, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(Mapping.Keys(keys, network), CliJson.Default.KeysDocument);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} rotated to generation {keys.Generation}: the old secret opens nothing any more");
            foreach (var name in away)
                await host.Console.Error.WriteLineAsync($"{name} was away: if it is refused when it is back, `constella evict {name}`, and there `constella join --replace` with a new link");
            return ExitCode.Ok;
        }
    }
}

/// <summary>Waits for the end of a rotation and shows how it goes on.</summary>
internal static class RotationWatch
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    /// <param name="isThis">Whether this is the rotation that is waited for, and not one before it.</param>
    /// <exception cref="CliException">It did not end in time.</exception>
    public static async Task<KeysAnswer> WaitAsync(CliHost host, INode node, Func<KeysAnswer, bool> isThis, CancellationToken cancellation)
    {
        var progress = new Progress(host.Console);
        var began = host.Time.GetTimestamp();
        while (host.Time.GetElapsedTime(began) < Longest)
        {
            var keys = await node.KeysAsync(cancellation);
            var living = keys.Followed + keys.Waiting.Length;
            if (isThis(keys) && keys.Phase == Core.Members.RotationPhase.Remove && keys.Waiting.IsEmpty)
            {
                progress.Clear();
                return keys;
            }
            if (keys.Phase is { } phase)
                progress.Show($"{phase.ToString().ToLowerInvariant()} {keys.Followed}/{living}");
            await Task.Delay(LookAgain, host.Time, cancellation);
        }
        progress.Clear();
        throw new CliException(
            ExitCode.Failed, "the rotation has not ended yet; it goes on by itself", "`constella keys` shows how far it is, and whom it waits for");
    }
}
