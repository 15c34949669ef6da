using Constella.Api.Cli.Node;
using Constella.Api.Endpoints;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Signing;
using Setting = Constella.Core.Members.Option;

namespace Constella.Api.Cli.Verbs;

/// <summary>Settings with dotted keys (rule A7): <c>alert.cpu</c> for the network, <c>alert.cpu@echo-02</c> for one node.</summary>
internal static class ConfigOptions
{
    public static IEnumerable<string> Keys => Options.Known.Select(kind => kind.Key).Where(key => !Options.HasVerb(key));

    public static bool Knows(string key) => Keys.Contains(key.Split('@')[0]);

    /// <summary>Its value is a secret: read from standard input or a question, and never shown.</summary>
    public static bool IsSecret(string key) => Options.Find(key.Split('@')[0]) is { Hidden: true };

    /// <exception cref="CliException">A wrong value, or no such node.</exception>
    public static async Task SetAsync(INode node, string key, string value, CancellationToken cancellation)
    {
        var parts = key.Split('@', 2);
        var network = parts.Length == 1 ? null : await node.PeersAsync(cancellation);
        var option = new Setting(parts[0], network is null ? null : NodeNames.Find(network, parts[1]).NodeId, parts[0] == Options.MetricsToken ? Hash(value) : value);
        if (Options.Wrong(option) is { } wrong)
            throw new CliException(ExitCode.Usage, wrong);
        await node.ChangeSettingsAsync(new SettingsOrder { Options = [option] }, cancellation);
    }

    // The token itself stays here.
    private static string Hash(string token) =>
        token.Length == 0 ? ""
        : BearerToken.IsValid(token) ? BearerToken.Hash(token)
        : throw new CliException(ExitCode.Usage, $"{Options.MetricsToken} is {Limits.BearerShortest} to {Limits.BearerLongest} of letters, digits and -._~+/=", "openssl rand -hex 32 | constella config set metrics.token -");
}
