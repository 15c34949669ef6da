using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Shells;
using Constella.Api.Configuration;
using Constella.Api.Peers;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella completion SHELL</c>: a script for the shell; and what that script asks at each press of Tab.</summary>
internal static class CompletionVerb
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public static Command Create(CliHost host)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", ShellScripts.Names) };
        shell.AcceptOnlyFromAmong([.. ShellScripts.Names]);
        var verb = new Verb(
            "completion",
            "Print a script by which a shell completes verbs, options and names of nodes.",
            "constella completion bash > /usr/share/bash-completion/completions/constella",
            "source <(constella completion bash)",
            "constella completion fish > ~/.config/fish/completions/constella.fish") { shell };
        verb.SetAction(parse => host.Console.Out.Write(ShellScripts.Of(parse.GetRequiredValue(shell))));
        return verb;
    }

    /// <summary>Hidden: the question that the scripts ask, so that they know of no verb by themselves.</summary>
    public static Command Asked(CliHost host)
    {
        var words = new Argument<string[]>("WORDS") { Description = "As typed after the program's name, behind --; the last is completed", Arity = ArgumentArity.ZeroOrMore };
        var describe = new Option<bool>("--describe") { Description = "With what each is, after a tab" };
        var verb = new Verb("complete", "What may come at the end of a command line.", "constella complete -- tra") { words, describe };
        verb.Hidden = true;
        verb.SetAction((parse, cancellation) => AnswerAsync(host, parse, parse.GetValue(words) ?? [], parse.GetValue(describe), cancellation));
        return verb;
    }

    private static async Task<int> AnswerAsync(CliHost host, ParseResult parse, string[] words, bool describe, CancellationToken cancellation)
    {
        var names = new Lazy<IEnumerable<string>>(() => NamesAsync(host, parse, cancellation).GetAwaiter().GetResult());
        foreach (var candidate in Candidates.Of(parse.RootCommandResult.Command, words, () => names.Value))
            await host.Console.Out.WriteLineAsync(describe && candidate.About is { } about ? $"{candidate.Text}\t{about}" : candidate.Text);
        return ExitCode.Ok;
    }

    // Nobody is there to be told what is wrong: then nothing is offered.
    private static async Task<IEnumerable<string>> NamesAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(s_patience);
        try
        {
            var (state, node) = host.Open(parse);
            using (node)
                return await NamesAsync(state, node, bound.Token);
        }
        catch (Exception error) when (error is CliException or ConfigurationException)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<string>> NamesAsync(NetworkState state, INode node, CancellationToken cancellation)
    {
        try
        {
            return (await node.PeersAsync(cancellation)).Peers.Select(static peer => peer.Name);
        }
        catch (Exception error) when (error is PeerException or OperationCanceledException)
        {
            return Mapping.Peers(state).Peers.Select(static peer => peer.Name);
        }
    }
}
