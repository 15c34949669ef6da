using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Constella.Api.Cli;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using static Constella.Api.Monitoring.MetricFamily;

namespace Constella.Api.Monitoring;

/// <summary>The network as this node sees it.</summary>
internal static class NetworkFamilies
{
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        Gauges("constella_node_info", "The answering node: its names and its build; always 1.", s => [Sample(
            1, ("node", s.View.NodeId), ("name", s.View.Name), ("network", s.View.NetworkId), ("version", CommandLine.Version), ("build", CommandLine.Build))]),
        Gauges("constella_members", "Members of the network by their health as this node measures it.", s => Enum.GetValues<Health>()
            .Select(health => Sample(s.View.Members.Count(member => member.Health == health), ("health", health.ToString().ToLowerInvariant())))),
        Gauges("constella_member_up", "Whether this node hears a member (1) or not (0).", s => s.View.Members
            .Select(member => Of(member, Flag(member.Health == Health.Alive)))),
        Gauges("constella_member_rtt_seconds", "Round-trip time of the last answered heartbeat to a member.", s => s.View.Members
            .Where(static member => member.RttMs is not null).Select(member => Of(member, member.RttMs!.Value / 1_000))),
        Gauge("constella_is_leader", "Whether this node is the Host.", s => Flag(s.View.IsHost)),
        Gauge("constella_has_leader", "Whether this node knows a Host.", s => Flag(s.View.HostId is not null)),
        Gauge("constella_has_quorum", "Whether this node hears a majority of all members.", s => Flag(s.View.Quorum)),
        Gauge("constella_term", "Counter of the highest term that this node has seen.", s => s.View.Term.Counter),
        Counter("constella_elections_won_total", "How often this node became Host by lease.", s => s.Tally.ElectionsWon),
        Counter("constella_leader_changes_seen_total", "How often this node saw another Host than before.", s => s.Tally.LeaderChanges),
        Counter("constella_heartbeats_sent_total", "Heartbeats that this node sent.", s => s.Tally.HeartbeatsSent),
        Counter("constella_heartbeats_failed_total", "Heartbeats that this node sent and that got no valid answer in time.", s => s.Tally.HeartbeatsFailed),
        Counter("constella_heartbeats_received_total", "Heartbeats that this node received.", s => s.Tally.HeartbeatsReceived),
        Gauge("constella_telegram_up", "Whether Telegram answers this node; absent without a bot token.", s =>
            s.View.Settings.BotToken is null ? null : Flag(s.View.Members.Any(static member => member is { IsSelf: true, Telegram: true }))),
        Gauge("constella_bot_running", "Whether the bot runs on this node.", s => Flag(s.View.Settings.BotToken is not null && s.View.Bot.Mode != Polls.None)),
        Counter("constella_updates_handled_total", "Updates of Telegram that the bot on this node has handled.", s => s.Tally.UpdatesHandled),
        Gauges("constella_alerts", "Alerts that go on, by kind.", s => Enum.GetValues<AlertKind>().Where(static kind => kind != AlertKind.Unknown)
            .Select(kind => Sample(s.View.Settings.Alerts.Count(alert => alert.Kind == kind && alert.Ended is null), ("kind", AlertKinds.Name(kind))))),
        Gauges("constella_traffic_month_bytes", "What this machine has moved in this month of its bill.", s => s.Traffic.Since is null
            ? []
            : [Sample(s.Traffic.Month.Received, ("direction", "in")), Sample(s.Traffic.Month.Sent, ("direction", "out"))]),
        Gauge("constella_traffic_month_used_bytes", "Of that, what counts towards the quota.", s => s.Traffic.Since is null ? null : s.Traffic.Month.Used),
        Gauge("constella_traffic_quota_bytes", "What the provider allows in a month; absent where nothing is set.", s => s.Traffic.Quota),
        Gauge("constella_bill_expires_timestamp_seconds", "Beginning of the last day that is paid, by UTC; absent where nothing is set.", s =>
            s.Traffic.Bill.Expires is { } day ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds() : null),
        Gauge("constella_moves_paused", "Whether moves of the Host are paused.", s => Flag(s.View.Paused)),
    ];

    private static Measurement<double> Of(MemberView member, double value) => Sample(value, ("node", member.Record.NodeId), ("name", member.Record.Name));

    private static double Flag(bool value) => value ? 1 : 0;
}
