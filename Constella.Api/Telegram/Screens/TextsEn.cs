namespace Constella.Api.Telegram.Screens;

internal static class TextsEn
{
    public static readonly Dictionary<Text, string> Table = new()
    {
        [Text.ListTitle] = "<b>Constella</b>: nodes {0}, online {1}",
        [Text.Host] = "Host",
        [Text.NoQuorumMark] = "no quorum",
        [Text.Offline] = "offline",
        [Text.OfflineSince] = "since {0}",
        [Text.NotHeardYet] = "not heard yet",
        [Text.QuorumYes] = "Quorum: {0} of {1}",
        [Text.QuorumNo] = "⚠️ No quorum: {0} of {1} heard. The fleet can be seen, but members and settings cannot be changed.",
        [Text.Refresh] = "🔄 Refresh",
        [Text.BackToList] = "⬅️ All nodes",
        [Text.BackToCard] = "⬅️ Back",
        [Text.ShowConsumption] = "📊 Show consumption",
        [Text.Reboot] = "♻️ Reboot the server",
        [Text.CardState] = "State: {0}",
        [Text.StateOnline] = "online",
        [Text.StateOffline] = "offline",
        [Text.StateUnknown] = "not heard yet",
        [Text.CardAddress] = "Address: {0}",
        [Text.CardRtt] = "Answers in: {0} ms",
        [Text.CardVersion] = "Version: {0}",
        [Text.CardId] = "Node ID: {0}",
        [Text.CardLeaving] = "It is being stopped.",
        [Text.NoSuchNode] = "This node is not a member any more.",
        [Text.ConsumptionTitle] = "<b>{0}</b>: consumption at {1}",
        [Text.ConsumptionFailed] = "The figures of <b>{0}</b> could not be read: {1}",
        [Text.NoAnswer] = "no answer in time",
        [Text.Cpu] = "CPU: {0} % of {1} cores",
        [Text.Load] = "Load: {0} · {1} · {2}",
        [Text.Memory] = "RAM: {0}",
        [Text.Swap] = "Swap: {0}",
        [Text.Disk] = "Disk {0}: {1}",
        [Text.Network] = "{0}: ↓ {1} ↑ {2}",
        [Text.Uptime] = "Uptime: {0}",
        [Text.UptimeValue] = "{0} d {1} h {2} min",
        [Text.Unknown] = "unknown ({0})",
        [Text.SizeOf] = "{0} of {1} ({2} %)",
        [Text.RebootQuestion] = "Reboot <b>{0}</b>?",
        [Text.RebootHost] = "It is the Host: the bot moves to another node meanwhile.",
        [Text.RebootYes] = "♻️ Yes, reboot",
        [Text.RebootNo] = "No",
        [Text.RebootNoBoot] = "<b>{0}</b> has not been heard yet, so its return could not be noticed. Try again when it is online.",
        [Text.RebootSending] = "<b>{0}</b>: sending the command… {1} s",
        [Text.RebootNoAnswer] = "<b>{0}</b> does not answer: trying again with the same command… {1} s",
        [Text.RebootTaken] = "<b>{0}</b> took the command and is rebooting… {1} s",
        [Text.RebootBack] = "✅ <b>{0}</b> is back after {1} s",
        [Text.RebootRefused] = "⛔️ <b>{0}</b> refused to reboot: {1}",
        [Text.RebootTimeout] = "⚠️ <b>{0}</b> was not seen to come back within {1} min. Nothing more is tried.",
        [Text.RebootGone] = "<b>{0}</b> is not a member any more.",
        [Text.RebootAlready] = "<b>{0}</b> has been rebooted since this question was asked. Nothing was done.",
        [Text.Help] = """
            <b>Constella</b> watches your nodes from whichever of them is the Host.
            /nodes – the nodes, in a fresh message
            /invite 15m – a link for one more node, valid 1 min to 24 h
            /help – this text
            """,
        [Text.Invite] = """
            A link for one more node. Valid {0}, once; keep it secret:
            <code>{1}</code>
            On that machine:
            <code>./install.sh join --server-name NAME --join '{1}'</code>
            """,
        [Text.InviteBadTtl] = "How long shall the link live? From 1m to 24h, for example: /invite 15m",
        [Text.InviteFailed] = "No link was made: {0}",
        [Text.StrangerPolls] = "⚠️ Somebody else polls Telegram with this bot's token. If it is not you, revoke the token at @BotFather.",
        [Text.Cloned] = "⚠️ <b>{0}</b> runs twice: two machines have the same node id. Stop one and let it join anew.",
        [Text.WebhookRemoved] = "A webhook had been set for this bot; it was removed, so that the bot can answer.",
        [Text.CommandNodes] = "all nodes",
        [Text.CommandInvite] = "a link for one more node",
        [Text.CommandHelp] = "what the bot can do",
        [Text.CommandStart] = "start",
        [Text.Bytes] = "B",
        [Text.KiB] = "KiB",
        [Text.MiB] = "MiB",
        [Text.GiB] = "GiB",
        [Text.TiB] = "TiB",
        [Text.PerSecond] = "{0}/s",
    };
}
