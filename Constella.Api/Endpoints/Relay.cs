using Constella.Api.Peers;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints;

/// <summary>Rule C4: a call about another node is relayed once, signed anew.</summary>
internal static class Relay
{
    public static Refusal? Refuse(ClusterView view, string target, bool relayed)
    {
        if (!Ids.IsNode(target))
            return Refusal.Of(Errors.Invalid, "target is no node id: 16 hexadecimal digits");
        if (relayed)
            return Refusal.Of(ApiErrors.NotHere, "a relayed call is not relayed again");
        return view.Members.Any(member => member.Record.NodeId == target)
            ? null
            : Refusal.Of(ApiErrors.NotFound, $"this node knows no member {target}");
    }

    public static Refusal Failed(ClusterView view, string target, PeerException error)
    {
        var name = view.Members.FirstOrDefault(member => member.Record.NodeId == target)?.Record.Name ?? target;
        return error is { Status: { } status and >= 400 and < 500, Code: { } code }
            ? new Refusal(status, code, error.Message)
            : Refusal.Of(ApiErrors.Unreachable, $"{name} did not answer: {error.Message}");
    }
}
