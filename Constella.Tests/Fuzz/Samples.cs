using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Fuzz;

/// <summary>Valid things, with every optional part there: what is not in a sample is not broken.</summary>
internal static class Samples
{
    public const string Self = "00000000000000aa";
    public const string Peer = "00000000000000bb";
    public const string Run = "0123456789abcdef";
    public static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Term s_term = new(5, Self);
    private static readonly Stamp s_stamp = new(s_term, 3);

    public static Settings Settings { get; } = new()
    {
        Stamp = s_stamp,
        OwnerUsername = "username",
        OwnerId = 42,
        OwnerLanguage = "en",
        BotToken = "123:CANARY",
        Message = new LivingMessage(42, 7, "n:" + Peer),
        Reboots = [new PendingReboot(new string('a', 32), Peer, "b00t", Noon)],
        Options = [new Option(Options.AlertCpu, Peer, "95")],
        Alerts = [new Alert { Id = "disk", Kind = AlertKind.Disk, Node = Peer, Since = Noon, Ended = Noon, Detail = "95", Told = AlertTold.Begun }],
        AlertSender = Peer,
    };

    public static NetworkState State { get; } = new()
    {
        NetworkId = "aaaaaaaaaaaaaaaa",
        NetworkSecret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        NodeId = Self,
        Peers = [Record(Self, 1), Record(Peer, 2), Record("00000000000000cc", 3) with { Status = MemberStatus.Left, Expires = Noon.AddDays(3) }],
        Members = new MemberSet { Cfg = s_stamp, Ids = [Self, Peer] },
        Settings = Settings,
        Term = s_term,
        Vote = new Vote(Self, s_term),
        Seen = Noon,
        Invites = [new Invite { Id = new string('b', 32), Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", Expires = Noon.AddMinutes(5), RedeemedNonce = "n", RedeemedBy = Peer }],
        Updates = [new HandledUpdate(9, Noon)],
        Commands = [new ExecutedCommand(new string('c', 32), "reboot", Noon)],
    };

    private static Vitals Vitals { get; } = new()
    {
        Node = Peer,
        Run = Run,
        Boot = "b00t",
        Seq = 1,
        At = 1,
        Incarnation = 1,
        Priority = 100,
        Term = s_term,
        Digest = "d",
        Cfg = s_stamp,
        Settings = s_stamp,
        Polls = Polls.Lease,
        Members = 2,
        Unheard = [Self],
        Lease = new LeaseClaim(Peer, Run, s_term),
        Build = "0.1.0",
        Load = new Load(12, 40, null),
        Clock = 1_780_315_200_000,
        Unasked = true,
    };

    public static Heartbeat Heartbeat { get; } = new()
    {
        Vitals = Vitals,
        Ask = new Ask(new Term(6, Peer), true) { Released = new LeaseClaim(Self, Run, s_term) },
        Release = s_term,
        HandOver = new LeaseClaim(Peer, Run, s_term),
        State = new SharedState
        {
            Peers = State.Peers,
            Members = State.Members with { Cfg = new Stamp(new Term(6, Peer), 1) },
            Settings = Settings with { Stamp = new Stamp(new Term(6, Peer), 1) },
            Updates = [new HandledUpdate(10, Noon)],
        },
        Pull = true,
        Proposals =
        [
            new Proposal { Id = "p1", Add = Record("00000000000000dd", 4) },
            new Proposal { Id = "p2", Remove = "00000000000000dd" },
            new Proposal { Id = "p3", Patch = new SettingsPatch { OwnerId = 42, OwnerLanguage = "ru", Message = new LivingMessage(1, 2, "l"), EndReboot = new string('a', 32) } },
        ],
        Ended = [new ProposalEnd("p0", null), new ProposalEnd("p9", Errors.NoHost)],
    };

    public static HeartbeatAnswer Answer { get; } = new()
    {
        Vitals = Vitals,
        Grant = new Grant(s_term, 5_000) { Refused = "held" },
        State = Heartbeat.State,
        Ended = Heartbeat.Ended,
        Cloned = true,
    };

    public static JoinRequest Join { get; } = new()
    {
        Invite = new string('b', 32),
        NetworkId = "aaaaaaaaaaaaaaaa",
        NodeId = "00000000000000dd",
        Name = "echo-02",
        Addr = "203.0.113.9:4747",
        AltAddr = "[2001:db8::9]:4747",
        Overlay = new OverlayPlace("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", ""),
        Nonce = "AAECAwQFBgcICQoLDA0ODw",
        Key = Convert.ToBase64String(new byte[65]).TrimEnd('='),
        NodeKey = Convert.ToBase64String(new byte[65]).TrimEnd('='),
        Mac = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    };

    public static byte[] Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    public static byte[] Command { get; } = Json(new CommandRequest { Id = new string('d', 32), Target = Self, Term = s_term }, ApiJson.Default.CommandRequest);

    private static MemberRecord Record(string id, int host) => new()
    {
        NodeId = id,
        Name = $"node-{host:00}",
        Addr = $"203.0.113.{host}:4747",
        AltAddr = $"[2001:db8::{host}]:4747",
        Overlay = new OverlayPlace("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", $"10.42.0.{host}/24") { Endpoint = "203.0.113.9:51820" },
    };
}
