using System.Security.Cryptography;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Api.Cli.Signing;

/// <summary>A request to be signed.</summary>
/// <param name="Target">Path and query, exactly as they will stand on the request line.</param>
public sealed record Call(string Method, string Target, byte[] Body)
{
    private const int NonceBytes = 16;

    private static readonly string[] s_methods = ["GET", "POST", "PATCH", "DELETE"];

    /// <exception cref="CliException">What would be signed is not what a client would send.</exception>
    public void Check()
    {
        if (!s_methods.Contains(Method))
            throw new CliException(ExitCode.Usage, $"'{Method}' is no method that a node answers: {string.Join(", ", s_methods)}");
        if (!Target.StartsWith('/'))
            throw new CliException(ExitCode.Usage, $"the path begins with /, as /peers; this is '{Target}'");
        if (Target.Any(sign => sign is <= ' ' or > '~' or '#' or '"' or '<' or '>' or '\\'))
            throw new CliException(ExitCode.Usage, "the path has signs in it that do not go over the wire as they are", "percent-encode them: a space is %20");
        if (Body.Length > Limits.BodyBytes)
            throw new CliException(ExitCode.Usage, $"the body is larger than the {Limits.BodyBytes / 1024} KiB that a node takes");
    }

    public IReadOnlyList<KeyValuePair<string, string>> Sign(NetworkState state, string targetId, string? run, DateTimeOffset now) =>
        RequestSigner.Sign(
            KeyRing.Of(state),
            new RequestParts(Method, Target, Body),
            state.NodeId,
            targetId,
            run,
            now,
            RandomNumberGenerator.GetBytes(NonceBytes)).Headers;
}
