using System.CommandLine;
using System.CommandLine.Completions;

namespace Constella.Api.Cli.Shells;

/// <summary>What may come at a place of the command line.</summary>
/// <param name="About">In one line; null where it says all by itself.</param>
internal readonly record struct Candidate(string Text, string? About);

/// <summary>What a shell offers at the cursor: from the tree of verbs that help is made of.</summary>
internal static class Candidates
{
    /// <param name="root">The tree of verbs.</param>
    /// <param name="words">As typed after the program's name; the last one, which may be empty, is to be completed.</param>
    /// <param name="nodes">Names of nodes; asked only where one is wanted.</param>
    public static IEnumerable<Candidate> Of(Command root, IReadOnlyList<string> words, Func<IEnumerable<string>> nodes)
    {
        var last = words.Count == 0 ? "" : words[^1];
        var (commands, waiting, given) = Walk(root, words.SkipLast(1));
        var command = commands[^1];
        IEnumerable<Candidate> found =
            waiting is not null ? Values(waiting.HelpName, waiting.GetCompletions(CompletionContext.Empty), nodes)
            : last.StartsWith('-') ? Options(commands)
            : given == 0 && command.Subcommands.Count > 0 ? command.Subcommands.Where(static sub => !sub.Hidden).Select(static sub => new Candidate(sub.Name, Line(sub.Description)))
            : command.Arguments.ElementAtOrDefault(given) is { } argument ? Values(argument.Name, argument.GetCompletions(CompletionContext.Empty), nodes)
            : [];
        return found.Where(candidate => candidate.Text.StartsWith(last, StringComparison.Ordinal));
    }

    /// <summary>The first sentence of a description, for a list.</summary>
    public static string? Line(string? description) => description?.Split(["; ", ". ", ": "], 2, StringSplitOptions.None)[0].TrimEnd('.');

    // From the root to the verb that is meant, the option that waits for its value, and how many arguments were given.
    private static (List<Command> Commands, Option? Waiting, int Given) Walk(Command root, IEnumerable<string> words)
    {
        var commands = new List<Command> { root };
        Option? waiting = null;
        var given = 0;
        foreach (var word in words)
        {
            if (waiting is not null)
                waiting = null;
            else if (word.StartsWith('-'))
                waiting = All(commands).FirstOrDefault(option => (option.Name == word || option.Aliases.Contains(word)) && TakesValue(option));
            else if (given == 0 && commands[^1].Subcommands.FirstOrDefault(sub => sub.Name == word) is { } sub)
                commands.Add(sub);
            else
                given++;
        }
        return (commands, waiting, given);
    }

    private static IEnumerable<Candidate> Options(List<Command> commands) =>
        All(commands).Where(static option => !option.Hidden).Select(static option => new Candidate(option.Name, Line(option.Description)));

    private static IEnumerable<Option> All(List<Command> commands) =>
        commands[^1].Options.Concat(commands.SkipLast(1).SelectMany(static command => command.Options).Where(static option => option.Recursive));

    private static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    private static IEnumerable<Candidate> Values(string? name, IEnumerable<CompletionItem> known, Func<IEnumerable<string>> nodes) =>
        name is "NODE" or "OTHER" ? nodes().Select(static node => new Candidate(node, null)) : known.Select(static item => new Candidate(item.Label, null));
}
