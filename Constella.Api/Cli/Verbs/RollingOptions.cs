using System.CommandLine;
using Constella.Core.Joining;

namespace Constella.Api.Cli.Verbs;

/// <summary>Which nodes, and how fast.</summary>
internal sealed class RollingOptions
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(20);

    private readonly Option<string[]> _nodes = new("--node") { Description = "Only this node; may be given more than once", HelpName = "NODE" };
    private readonly Option<string?> _wait = new("--wait") { Description = "How long a node is watched before the next one: 20s when it is left out", HelpName = "TIME" };
    private readonly Option<bool> _fast = new("--fast") { Description = "The next one as soon as all hear this one" };

    public void AddTo(Command verb)
    {
        verb.Options.Add(_nodes);
        verb.Options.Add(_wait);
        verb.Options.Add(_fast);
    }

    public string[] Nodes(ParseResult parse) => parse.GetValue(_nodes) ?? [];

    /// <exception cref="CliException">No duration.</exception>
    public TimeSpan Of(ParseResult parse)
    {
        if (parse.GetValue(_fast))
            return TimeSpan.Zero;
        if (parse.GetValue(_wait) is not { } text)
            return Usual;
        return Duration.TryParse(text, out var wait)
            ? wait
            : throw new CliException(ExitCode.Usage, $"'{text}' is no duration: a number with s, m, h or d", "constella restart --rolling --wait 20s");
    }
}
