using System.Security.Cryptography;
using Constella.Api.Endpoints;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Verbs;

/// <summary>A command of a person, for one node and once (rule C1).</summary>
internal static class CommandOrder
{
    public static CommandRequest To(PeerInfo target, PeersAnswer network) =>
        new() { Id = RandomNumberGenerator.GetHexString(32, lowercase: true), Target = target.NodeId, Term = network.Term };
}
