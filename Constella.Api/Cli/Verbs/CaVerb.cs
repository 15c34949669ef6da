using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Tls;
using Constella.Core.Signing;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella ca</c>: the certificate that other tools need to verify a node.</summary>
internal static class CaVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "ca",
            "Print the certificate of the network's authority (PEM). It is no secret: with it, tools verify the nodes.",
            "constella ca > ca.pem");
        verb.SetAction(parse =>
        {
            var state = StateAccess.Require(host.Options(parse).StateDir);
            var pem = CertificateAuthority.Pem(state.NetworkId, new KeyRing(state.NetworkSecret, state.SecretGeneration), state.SecretGeneration);
            if (host.WantsJson(parse))
                host.WriteJson(new AuthorityDocument(pem), CliJson.Default.AuthorityDocument);
            else
                host.Console.Out.Write(pem);
            return ExitCode.Ok;
        });
        return verb;
    }
}
