using System.Security.Cryptography;
using Constella.Api.Configuration;
using Constella.Core.Members;

namespace Constella.Api.Cli.Founding;

/// <summary>The ids and the name that a node starts with.</summary>
internal static class Identity
{
    private const int IdDigits = 16;

    public static string NewId() => RandomNumberGenerator.GetHexString(IdDigits, lowercase: true);

    public static string NameOf(ConstellaOptions options) => options.ServerName ?? NodeName.Clean(Environment.MachineName);

    /// <summary>As a record carries it: with a port, in one spelling.</summary>
    /// <exception cref="CliException">It is no address.</exception>
    public static string? Canonical(string? address)
    {
        if (address is null)
            return null;
        return NodeAddress.TryParse(address, out var parsed, out var wrong)
            ? parsed.ToString()
            : throw new CliException(ExitCode.Usage, $"'{address}': {wrong}");
    }
}
