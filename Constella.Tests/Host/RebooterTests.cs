using Constella.Api.Host;
using Constella.Core.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Tests.Host;

public sealed class RebooterTests : IDisposable
{
    private readonly HostFixture host = new();
    private readonly Life life = new();

    public void Dispose()
    {
        host.Dispose();
        life.Dispose();
    }

    [Fact]
    public void A_machine_with_systemd_and_the_rights_can_be_rebooted() => Assert.Null(Make().WhyNot("reboot"));

    [Fact]
    public void Local_configuration_forbids_it_and_the_network_cannot_widen_it_rule_C2()
    {
        host.Options = host.Options with { AllowReboot = false };
        Assert.Contains("CONSTELLA_ALLOW_REBOOT=true", Make().WhyNot("reboot"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_action_is_refused() => Assert.Contains("format", Make().WhyNot("format"), StringComparison.Ordinal);

    [Fact]
    public void A_container_of_its_own_processes_says_what_to_change()
    {
        host.Namespace(4026532250);
        host.Write("proc/1/comm", "constella\n");
        Assert.Contains("pid: host", Make().WhyNot("reboot"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_container_is_a_machine_of_its_own()
    {
        host.Namespace(4026532250);
        Assert.Null(Make().WhyNot("reboot"));
    }

    [Fact]
    public void A_container_that_watches_another_machine_never_reboots_itself_in_its_place()
    {
        host.Namespace(4026532250);
        host.Options = host.Options with { Proc = "/host/proc" };
        Assert.Contains("pid: host", Make().WhyNot("reboot"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_process_1_is_named()
    {
        host.Write("proc/1/comm", "my-agent\n");
        Assert.Contains("my-agent", Make().WhyNot("reboot"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "0000000000000000", "0 0 4294967295", false)]
    [InlineData(0, "0000000000000000", "0 0 4294967295", true)]
    [InlineData(1, "0000000000400000", "0 0 4294967295", true)]
    [InlineData(1, "0000000000400000", "0 100000 65536", false)]
    public void It_needs_the_right_to_signal_process_1_or_to_restart_the_kernel(int kill, string capabilities, string users, bool can)
    {
        host.Calls.KillResult = kill;
        host.Write("proc/self/status", $"CapEff:\t{capabilities}\n");
        host.Write("proc/self/uid_map", users);
        var why = Make().WhyNot("reboot");
        Assert.Equal(can, why is null);
        Assert.True(can || why!.Contains("CAP_SYS_BOOT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_hands_over_first_then_asks_systemd_and_leaves_the_kernel_alone_rule_C3()
    {
        var rebooter = Make();
        rebooter.Execute("c1", "reboot");
        Assert.IsType<Input.StopRequested>(await host.Cluster.Asked.Task);
        Assert.Empty(host.Calls.Made);
        host.Cluster.Answer.SetResult(new Answer.Done());
        await host.Time.WaitForTimerAsync(Rebooter.Patience, Rebooter.Patience);
        Assert.Equal(["kill 1 39"], host.Calls.Made);
        life.StopApplication();
        await rebooter.Work;
        Assert.Equal(["kill 1 39"], host.Calls.Made);
        Assert.Empty(host.Cluster.Posted);
    }

    [Fact]
    public async Task A_hand_over_without_an_answer_delays_the_reboot_by_three_seconds_only()
    {
        Make().Execute("c1", "reboot");
        await host.Cluster.Asked.Task;
        await host.Time.WaitForTimerAsync(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));
        host.Time.Advance(TimeSpan.FromSeconds(3));
        await host.Time.WaitForTimerAsync(Rebooter.Patience, Rebooter.Patience);
        Assert.Equal(["kill 1 39"], host.Calls.Made);
    }

    [Fact]
    public async Task A_machine_that_still_runs_after_a_minute_is_synced_and_restarted_by_the_kernel()
    {
        host.Cluster.Answer.SetResult(new Answer.Done());
        var rebooter = Make();
        rebooter.Execute("c1", "reboot");
        await host.Time.WaitForTimerAsync(Rebooter.Patience, Rebooter.Patience);
        host.Time.Advance(Rebooter.Patience);
        await rebooter.Work;
        Assert.Equal(["kill 1 39", "sync", "reboot"], host.Calls.Made);
    }

    [Fact]
    public async Task Who_may_not_signal_process_1_calls_the_kernel_at_once()
    {
        host.Cluster.Answer.SetResult(new Answer.Done());
        host.Calls.KillResult = 1;
        var rebooter = Make();
        rebooter.Execute("c1", "reboot");
        await rebooter.Work;
        Assert.Equal(["kill 1 39", "sync", "reboot"], host.Calls.Made);
    }

    [Fact]
    public async Task Who_may_only_ask_never_calls_the_kernel()
    {
        host.Cluster.Answer.SetResult(new Answer.Done());
        host.Write("proc/self/status", "CapEff:\t0000000000000020\n");
        var rebooter = Make();
        rebooter.Execute("c1", "reboot");
        await host.Time.WaitForTimerAsync(Rebooter.Patience, Rebooter.Patience);
        host.Time.Advance(Rebooter.Patience);
        await rebooter.Work;
        Assert.Equal(["kill 1 39"], host.Calls.Made);
        Assert.Contains(host.Cluster.Posted, static input => input is Input.StopWithdrawn);
    }

    [Fact]
    public async Task A_second_command_while_one_is_under_way_does_nothing()
    {
        host.Cluster.Answer.SetResult(new Answer.Done());
        var rebooter = Make();
        rebooter.Execute("c1", "reboot");
        rebooter.Execute("c2", "reboot");
        await host.Time.WaitForTimerAsync(Rebooter.Patience, Rebooter.Patience);
        Assert.Equal(["kill 1 39"], host.Calls.Made);
    }

    [Fact]
    public async Task What_is_refused_is_not_done()
    {
        host.Options = host.Options with { AllowReboot = false };
        var rebooter = Make();
        rebooter.Execute("c1", "reboot");
        await rebooter.Work;
        Assert.Empty(host.Calls.Made);
        Assert.False(host.Cluster.Asked.Task.IsCompleted);
    }

    [Theory]
    [InlineData("init", "systemd", 39)]
    [InlineData("init", "busybox", 15)]
    [InlineData("init", "", 2)]
    [InlineData("runit", "", 2)]
    public void Each_init_is_asked_by_its_own_convention(string comm, string kind, int signal)
    {
        host.Write("proc/1/comm", comm + "\n");
        Directory.CreateDirectory(Path.Combine(host.Folder, kind == "systemd" ? "run/systemd/system" : "sbin"));
        if (kind == "busybox")
            File.CreateSymbolicLink(Path.Combine(host.Folder, "sbin/init"), "/bin/busybox");
        Assert.Equal(signal, InitSystem.Find(host.Options).Init?.Signal);
    }

    private Rebooter Make() =>
        new(host.Options, host.Calls, host.Time, () => host.Cluster, life, NullLogger<Rebooter>.Instance);

    private sealed class Life : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => stopping.Cancel();

        public void Dispose() => stopping.Dispose();
    }
}
