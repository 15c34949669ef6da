using Constella.Core.Alerts;
using Constella.Core.Members;

namespace Constella.Core.Cluster;

/// <summary>Rule O3: which of its addresses this node tells first, and whether its tunnel carries.</summary>
public sealed partial class ClusterNode
{
    private bool _tunnelDown;

    private void OnOverlay(Input.OverlaySeen seen)
    {
        var down = seen.Carries == false;
        if (_tunnelDown != down)
        {
            _tunnelDown = down;
            Tell(down ? NoticeKind.OverlayDown : NoticeKind.OverlayUp, Self);
        }
        var own = Own;
        var next = Announced(own, seen) with { Overlay = seen.Place };
        // The record is this node's own to write (S1): nobody gave a command.
        if (next != own && !Removed)
            WriteOwn(next with { Incarnation = own.Incarnation + 1 });
    }

    // Both stay known: while the tunnel fails it is the second road, so that others find out when it is back.
    private static MemberRecord Announced(MemberRecord own, Input.OverlaySeen seen)
    {
        var outside = Overlay.Outside(own, seen.Network);
        var inside = seen.Address ?? (seen.Network.Contains(own.Addr) ? own.Addr : seen.Network.Contains(own.AltAddr) ? own.AltAddr : null);
        if (inside is null || inside == outside || seen.Network.Contains(outside))
            return own with { Addr = inside ?? own.Addr, AltAddr = inside is null ? own.AltAddr : null };
        return seen.Carries switch
        {
            true => own with { Addr = inside, AltAddr = outside },
            false => own with { Addr = outside, AltAddr = inside },
            null => own with { Addr = outside, AltAddr = null },
        };
    }

    private void OverlaySign(List<Sign> signs, string node, bool down)
    {
        if (down || _someGoOn)
            signs.Add(new Sign(AlertKind.Overlay, node, down ? Condition.Bad : Condition.Good, Timings.AlertOverlay, Timings.Settle));
    }
}
