using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Api.Cluster;

/// <summary>The running node, for all rooms: a snapshot to read, and a channel into its one writer.</summary>
public interface ICluster
{
    /// <summary>The latest snapshot; never null once the host has started.</summary>
    ClusterView View { get; }

    /// <summary>Ends when a step after this call has published a newer view.</summary>
    Task<ClusterView> NextViewAsync(CancellationToken cancellation);

    /// <summary>Submits an input for which nobody waits.</summary>
    void Post(Input input);

    /// <summary>Submits an input and waits for its answer.</summary>
    /// <param name="input">Given a fresh ticket, makes the input.</param>
    Task<Answer> AskAsync(Func<long, Input> input, CancellationToken cancellation);

    /// <summary>Milliseconds of CLOCK_BOOTTIME, as in <see cref="Now.Mono"/>.</summary>
    long Mono { get; }
}

/// <summary>The bot as the driver sees it: switched on and off by effects. Calls return at once; ends come back as inputs.</summary>
public interface IBotHost
{
    void Start(Core.Wire.Polls mode, Term term);

    /// <summary>Ends with <see cref="Input.BotStopped"/>.</summary>
    void Stop(bool orderly);

    /// <summary>Ends with <see cref="Input.ProbeEnded"/>.</summary>
    void Probe(int timeoutSeconds);

    /// <summary>Something the owner should know; told only while this node may act.</summary>
    void Tell(Notice notice);
}

/// <summary>The audit log on disk (rules U4 and U7).</summary>
public interface IAuditLog
{
    /// <summary>Reads it, once, at the start.</summary>
    AuditChain Load();

    /// <summary>Durable when it returns.</summary>
    void Append(ImmutableArray<AuditEntry> entries);

    /// <summary>The latest commands, the oldest of them first (rule U6).</summary>
    ImmutableArray<AuditedCommand> Commands(int last);
}

/// <summary>Does commands that were persisted (rule C1).</summary>
public interface ICommandExecutor
{
    /// <summary>Why this node will not do <paramref name="action"/> (local configuration, a missing capability), or null.</summary>
    string? WhyNot(string action);

    /// <summary>There is nothing to do.</summary>
    bool IsNeedless(string action) => false;

    /// <summary>Starts it; returns at once.</summary>
    void Execute(string commandId, string action);
}
