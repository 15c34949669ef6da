namespace Constella.Core.Wire;

/// <summary><c>POST /metrics/history</c>: samples of the caller, which the called node is to keep (rule D1).</summary>
public sealed record HistoryPush
{
    public int V { get; init; } = Limits.Protocol;

    /// <summary>IANA name of the caller's time zone.</summary>
    public required string Zone { get; init; }

    /// <summary>Unix seconds of the first sample, a multiple of 300.</summary>
    public required long From { get; init; }

    /// <summary>Samples of five minutes each that follow each other, 24 bytes a sample (rule D2), base64url.</summary>
    public required string Samples { get; init; }
}
