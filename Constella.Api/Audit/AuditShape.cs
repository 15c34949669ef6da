using Constella.Core;
using Constella.Core.Audit;

namespace Constella.Api.Audit;

/// <summary>What a well-formed entry and a well-formed question may hold, whoever it comes from.</summary>
internal static class AuditShape
{
    private const int HashLength = 64;
    private const int NameLength = 64;
    private const long Counter = 1L << 53;

    /// <returns>What is wrong, or null.</returns>
    public static string? Wrong(AuditEntry entry)
    {
        if (!Ids.IsNode(entry.Node) || !Ids.IsNode(entry.Run) || entry.Number is < 1 or > Counter || Endpoints.HeartbeatShape.IsBad(entry.Term))
            return "node, run, number or term is malformed";
        if (entry.Hash.Length != HashLength || entry.Previous.Length != HashLength || !Enum.IsDefined(entry.Stage))
            return "a hash or the stage is malformed";
        return entry.Command.Length > NameLength || entry.Action.Length > NameLength || entry.Target?.Length > Limits.AuditText
            || entry.By?.Length > Limits.AuditText || entry.Detail?.Length > Limits.AuditText
            ? "a text is too long"
            : null;
    }

    /// <returns>What is wrong, or null.</returns>
    public static string? Wrong(AuditPull pull) =>
        pull.Have.Length > Limits.AuditChains || !pull.Have.All(have => Ids.IsNode(have.Run) && have.Number is >= 0 and <= Counter) || pull.Have.DistinctBy(have => have.Run).Count() < pull.Have.Length
            ? $"have names up to {Limits.AuditChains} chains by their run, each once and with a number"
            : null;

    public static bool IsWhole(AuditPage page) => page.Entries is { IsDefault: false, Length: <= Limits.AuditPage } && page.Entries.All(entry => entry is not null && Wrong(entry) is null);

    public static bool IsBad(AuditMark? mark) => mark is not null && (mark.Height is < 0 or > Counter || mark.Digest?.Length != 16);
}
