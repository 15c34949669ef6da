using Constella.Core.Stats;

namespace Constella.Api.Peers;

/// <summary>A question for history as a request target.</summary>
internal static class HistoryPath
{
    public static string Of(HistoryQuery query) => FormattableString.Invariant(
        $"/metrics/history?target={query.Target}&metric={query.Metric.Name()}&from={query.From}&to={query.To}")
        + (query.Step is { } step ? FormattableString.Invariant($"&step={step}") : "");
}
