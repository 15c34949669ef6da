using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace TrimmedTests;

/// <summary>Hears what is found and what comes of it; a failure is told at once.</summary>
internal sealed class Sink : IMessageSink, IDisposable
{
    private int _passed;
    private int _failed;
    private int _skipped;

    public ConcurrentBag<ITestCase> Cases { get; } = [];

    public ManualResetEventSlim Ended { get; } = new();

    public int Passed => _passed;

    public int Failed => _failed;

    public int Skipped => _skipped;

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage discovered:
                Cases.Add(discovered.TestCase);
                break;
            case ITestPassed:
                Interlocked.Increment(ref _passed);
                break;
            case ITestSkipped skipped:
                Interlocked.Increment(ref _skipped);
                Console.WriteLine($"skip {skipped.Test.DisplayName}: {skipped.Reason}");
                break;
            case ITestFailed failed:
                Tell(failed.Test.DisplayName, failed);
                break;
            // A fixture, or a class, that could not be made or undone.
            case IErrorMessage error:
                Tell("outside of a test", error);
                break;
            case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                Ended.Set();
                break;
        }
        return true;
    }

    public void Dispose() => Ended.Dispose();

    private void Tell(string name, IFailureInformation failure)
    {
        Interlocked.Increment(ref _failed);
        Console.WriteLine($"not ok {name}\n{string.Join('\n', failure.Messages)}\n{string.Join('\n', failure.StackTraces)}");
    }
}
