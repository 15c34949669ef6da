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
}
