using System.CommandLine;
using Constella.Api.Configuration;

namespace Constella.Api.Cli.Founding;

/// <summary>Who this node shall be: the flags that <c>init</c>, <c>join</c> and <c>run</c> share, each the twin of a variable.</summary>
internal sealed class IdentityFlags
{
    private readonly Option<string?> _name = Text("--server-name", "NAME", "Name of this node: 1 to 32 of a-z, 0-9 and - (CONSTELLA_SERVER_NAME; default: the host name)");
    private readonly Option<string?> _publicAddr = Text("--public-addr", "HOST:PORT", "Address that other nodes call (CONSTELLA_PUBLIC_ADDR; default: from the default route)");
    private readonly Option<string?> _altAddr = Text("--alt-addr", "HOST:PORT", "A second address, tried when the first fails (CONSTELLA_ALT_ADDR)");
    private readonly Option<string?> _priority = Text("--priority", "N", "Smaller is preferred as Host (CONSTELLA_PRIORITY; default 100)");

    public void AddTo(Command command)
    {
        command.Add(_name);
        command.Add(_publicAddr);
        command.Add(_altAddr);
        command.Add(_priority);
    }

    public ConstellaOptions Options(CliHost host, ParseResult parse, params IReadOnlyList<ConfigFlag> more) => host.Options(
        parse,
        [
            new ConfigFlag("--server-name", "SERVER_NAME", parse.GetValue(_name)),
            new ConfigFlag("--public-addr", "PUBLIC_ADDR", parse.GetValue(_publicAddr)),
            new ConfigFlag("--alt-addr", "ALT_ADDR", parse.GetValue(_altAddr)),
            new ConfigFlag("--priority", "PRIORITY", parse.GetValue(_priority)),
            .. more,
        ]);

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };
}
