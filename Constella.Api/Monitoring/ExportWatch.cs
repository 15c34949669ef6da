namespace Constella.Api.Monitoring;

/// <summary>Says once that a collector does not take what it is sent, and once that it does again: the library keeps that to itself.</summary>
internal sealed partial class ExportWatch(ILogger log) : DelegatingHandler(new SocketsHttpHandler { ActivityHeadersPropagator = null })
{
    private bool _failing;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = base.Send(request, cancellationToken);
            Note(answer.IsSuccessStatusCode ? null : FormattableString.Invariant($"it answers {(int)answer.StatusCode}"));
            return answer;
        }
        catch (HttpRequestException error)
        {
            Note(error.Message);
            throw;
        }
        catch (OperationCanceledException)
        {
            Note("no answer in time");
            throw;
        }
    }

    private void Note(string? why)
    {
        if (why is not null && !_failing)
            LogFailed(why);
        else if (why is null && _failing)
            LogBack();
        _failing = why is not null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "metrics are not exported: {Reason}. The node goes on, and tries again")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "metrics are exported again")]
    private partial void LogBack();
}
