using Constella.Api.Cluster;
using Constella.Api.Host.Parsing;
using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Api.Host;

/// <summary>Reboots the machine: asks the init system first, and the kernel last (rule C3).</summary>
/// <param name="cluster">Late: the driver that is the cluster needs this executor.</param>
internal sealed class Rebooter(
    HostOptions options, ISystemCalls calls, TimeProvider time, Func<ICluster> cluster, IHostApplicationLifetime life, ILogger<Rebooter> logger)
{
    /// <summary>The only action it knows.</summary>
    public const string Action = AuditActions.Reboot;

    private const int BootCapability = 22; // CAP_SYS_BOOT
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(10);

    /// <summary>How long an init that took the wish may need before the kernel is called.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int running;

    /// <summary>The work under way, for tests.</summary>
    internal Task Work { get; private set; } = Task.CompletedTask;

    public string? WhyNot(string action)
    {
        if (action != Action)
            return $"this node knows no command \"{action}\"";
        if (!options.AllowReboot)
            return "this node's own configuration forbids it: set CONSTELLA_ALLOW_REBOOT=true on that machine and restart the node";
        var (_, why) = InitSystem.Find(options);
        if (why is not null || MayAsk() || MayForce())
            return why;
        return "this node may neither signal process 1 nor restart the kernel: run it as root or give its service "
            + "AmbientCapabilities=CAP_KILL CAP_SYS_BOOT (container: cap_add SYS_BOOT and KILL, security_opt apparmor:unconfined)";
    }

    public void Execute(string commandId, string action)
    {
        if (WhyNot(action) is { } why)
            logger.LogError("Command {Command} is not done: {Why}", commandId, why);
        else if (Interlocked.Exchange(ref running, 1) == 0)
            Work = Task.Run(() => RebootAsync(commandId));
    }

    private async Task RebootAsync(string commandId)
    {
        try
        {
            logger.LogWarning("Reboot of this machine by command {Command}", commandId);
            await HandOverAsync();
            if (Ask())
                await Task.Delay(Patience, time, life.ApplicationStopping);
            await ForceAsync();
            // Still here: neither took the wish. A node that is no candidate for ever would be no help to a network of two.
            cluster().Post(new Input.StopWithdrawn());
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
        {
            logger.LogInformation("The init system is stopping this machine");
        }
        finally
        {
            Volatile.Write(ref running, 0);
        }
    }

    // The reboot is not worth less where the hand-over fails: the others then notice by themselves.
    private async Task HandOverAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(HandOver, time);
            await cluster().AskAsync(ticket => new Input.StopRequested(ticket), limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException)
        {
            logger.LogWarning("No hand-over before the reboot: {Why}", error.Message);
        }
    }

    private bool Ask()
    {
        if (InitSystem.Find(options).Init is not { } init)
            return false;
        var error = calls.Kill(1, init.Signal);
        if (error == 0)
            logger.LogWarning("Asked {Init} to reboot", init.Name);
        else
            logger.LogWarning("{Init} could not be asked to reboot: error {Error}", init.Name, error);
        return error == 0;
    }

    private async Task ForceAsync()
    {
        if (!MayForce())
        {
            logger.LogError("This machine did not reboot, and this node may not restart the kernel (CAP_SYS_BOOT)");
            return;
        }

        logger.LogWarning("Restarting the kernel");
        try
        {
            // A dead network file system blocks sync(2) for ever.
            await Task.Run(calls.Sync).WaitAsync(Flush, time);
        }
        catch (TimeoutException)
        {
            logger.LogWarning("Not everything could be written to disk in {Seconds} s", Flush.TotalSeconds);
        }

        if (calls.Reboot() is not 0 and var error)
            logger.LogError("The kernel refused to restart: error {Error}", error);
    }

    // Signal 0 is checked like any other (owner, capability, AppArmor), and not delivered.
    private bool MayAsk() => calls.Kill(1, 0) == 0;

    private bool MayForce()
    {
        var status = HostFiles.Read(options.OwnProc, "self/status").Text ?? "";
        var capable = (SmallFiles.Capabilities(status) >> BootCapability & 1) == 1;
        // In the host's pid namespace a capability over a user namespace of one's own is none over the kernel.
        return capable && (!InitSystem.IsInitialNamespace(options) || OwnsAllUsers());
    }

    private bool OwnsAllUsers()
    {
        var map = Fields.Split(SmallFiles.Line(HostFiles.Read(options.OwnProc, "self/uid_map").Text) ?? "");
        return map is ["0", "0", "4294967295"];
    }
}
