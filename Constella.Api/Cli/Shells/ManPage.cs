using System.CommandLine;
using System.Text;

namespace Constella.Api.Cli.Shells;

/// <summary>The manual page, in the macros of man(7), from the tree of verbs that help is made of.</summary>
internal static class ManPage
{
    private static readonly (string Code, string Meaning)[] s_exits =
    [
        ("0", "done"),
        ("1", "refused, failed, or not confirmed"),
        ("2", "the command line cannot be understood, or a value given on it is wrong"),
        ("3", "no network here, the state is for its owner only, or the node does not run"),
        ("4", "the state is damaged, or the configuration is invalid"),
        ("5", "the port is in use"),
    ];

    /// <param name="root">The tree of verbs.</param>
    /// <param name="version">Of the program.</param>
    public static string Of(Command root, string version)
    {
        var page = new StringBuilder();
        page.Append(".TH CONSTELLA 1 \"\" \"constella ").Append(Text(version)).Append("\" \"User Commands\"\n");
        page.Append(".SH NAME\nconstella \\- a network of equal machines, one of which runs the owner's Telegram bot\n");
        page.Append(".SH SYNOPSIS\n.B constella\n.I command\n.RI [ option ]...\n");
        page.Append(".SH DESCRIPTION\n").Append(Text(root.Description ?? "")).Append('\n');
        page.Append(".SH COMMANDS\n");
        foreach (var verb in root.Subcommands.Where(static verb => !verb.Hidden))
            Write(page, verb, "");
        page.Append(".SH OPTIONS\nFor every command:\n");
        foreach (var option in root.Options)
            Write(page, option);
        page.Append(".SH EXIT STATUS\n");
        foreach (var (code, meaning) in s_exits)
            page.Append(".TP\n.B ").Append(code).Append('\n').Append(Text(meaning)).Append('\n');
        page.Append(".SH FILES\n.TP\n.I /var/lib/constella\nstate and secrets of the node where systemd runs it\n");
        return page.ToString();
    }

    private static void Write(StringBuilder page, Command command, string before)
    {
        var name = before + command.Name;
        page.Append(".SS ").Append(Text(string.Join(' ', command.Arguments.Where(static a => !a.Hidden).Select(Shown).Prepend(name)))).Append('\n');
        page.Append(Text(command.Description ?? "")).Append('\n');
        foreach (var argument in command.Arguments.Where(static argument => !argument.Hidden))
            page.Append(".TP\n.I ").Append(Text(argument.Name)).Append('\n').Append(Text(argument.Description ?? argument.Name)).Append('\n');
        foreach (var option in command.Options.Where(static option => !option.Hidden && option is not System.CommandLine.Help.HelpOption))
            Write(page, option);
        if (command is Verb { Examples.Count: > 0 } verb)
            page.Append(".PP\n.EX\n").AppendJoin('\n', verb.Examples.Select(Text)).Append("\n.EE\n");
        foreach (var sub in command.Subcommands.Where(static sub => !sub.Hidden))
            Write(page, sub, name + " ");
    }

    private static void Write(StringBuilder page, Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(static name => name.Length).Select(Text));
        page.Append(".TP\n.B ").Append(names).Append(option.HelpName is { } value ? " " + Text(value) : "").Append('\n').Append(Text(option.Description ?? option.Name)).Append('\n');
    }

    private static string Shown(Argument argument) => argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name;

    // A hyphen that is typed is a minus; a dot or an apostrophe at a line's beginning would be a request.
    private static string Text(string text)
    {
        var clean = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("'", "\\(aq", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal).Replace("…", "...", StringComparison.Ordinal);
        return clean.StartsWith('.') ? "\\&" + clean : clean;
    }
}
