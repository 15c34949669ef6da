namespace Constella.Core;

/// <summary>Every limit of the protocol, with its name and number in this one place (rule X5).</summary>
public static class Limits
{
    /// <summary>Version of the protocol that this build speaks; neighbours (±1) are understood (rule V1).</summary>
    public const int Protocol = 1;

    public const int DefaultPort = 4747;
    public const int Members = 128;
    public const int BodyBytes = 256 * 1024;
    public const int NameLength = 32;

    /// <summary>The largest priority: who has it leads last (rule E1).</summary>
    public const int Priority = 1_000_000;

    /// <summary>Nonces remembered at once by a node, all senders together (rule X3).</summary>
    public const int Nonces = 100_000;

    /// <summary>Of these, how many one sender may take: 111 requests a second.</summary>
    public const int NoncesPerSender = 10_000;

    /// <summary>Longest request target and longest line of a header field that is part of a signature, in characters.</summary>
    public const int SignatureLine = 2_048;

    /// <summary>Shortest and longest nonce, in characters.</summary>
    public const int NonceShortest = 16;
    public const int NonceLongest = 128;

    /// <summary>How long a nonce is remembered, in milliseconds of monotonic time.</summary>
    public const long NonceMs = 90_000;

    public const int ClockSkewSeconds = 30;

    /// <summary>Longest life of a signature: <c>expires - created</c>.</summary>
    public const int SignatureSeconds = 30;

    public static readonly TimeSpan InviteMin = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan InviteMax = TimeSpan.FromHours(24);
    public static readonly TimeSpan InviteDefault = TimeSpan.FromMinutes(15);

    /// <summary>Invites that may wait at one node.</summary>
    public const int Invites = 64;

    /// <summary>Handled updates and executed commands that are remembered.</summary>
    public const int Ledger = 512;

    /// <summary>Alerts that are remembered, and of these, how many that are over and told (rule A4).</summary>
    public const int Alerts = 256;
    public const int AlertsRecent = 32;

    /// <summary>Alerts told in one message.</summary>
    public const int AlertsPerMessage = 20;

    /// <summary>Options that the owner may set, those of single nodes among them (rule A7).</summary>
    public const int Options = 512;

    /// <summary>Longest value of an option, in characters.</summary>
    public const int OptionLength = 64;

    /// <summary>Shortest and longest token of a program that cannot sign (rule X7), in characters.</summary>
    public const int BearerShortest = 16;
    public const int BearerLongest = 256;

    /// <summary>Longest text in an entry of the audit log, and most entries in one answer (rules U1 and U5).</summary>
    public const int AuditText = 200;
    public const int AuditPage = 128;

    /// <summary>Size at which a new file of the audit log begins (rule U4).</summary>
    public const int AuditFileBytes = 1024 * 1024;

    /// <summary>Most chains that one node may name of another's log (rule U5).</summary>
    public const int AuditChains = 4_096;

    /// <summary>Commands told at once, when nothing is said.</summary>
    public const int AuditTold = 50;

    /// <summary>Longest and shortest prefix of the overlay's network (rule O1): 2 to 16 million machines.</summary>
    public const int OverlayPrefixShortest = 8;
    public const int OverlayPrefixLongest = 30;

    /// <summary>Days of traffic that a node remembers: twelve months and the one that goes on (rule T2).</summary>
    public const int TrafficDays = 410;

    /// <summary>Largest number of bytes that is read or counted: one that JSON carries exactly.</summary>
    public const long LargestSize = 8_000_000_000_000_000;

    /// <summary>Longest price of a machine, in characters.</summary>
    public const int PriceLength = 32;

    public static readonly TimeSpan TombstoneLife = TimeSpan.FromDays(7);

    /// <summary>Nodes that keep copies of a node's history (rule D1).</summary>
    public const int Keepers = 2;

    /// <summary>How far back a keeper is sent what it does not have, and so the most samples in one push.</summary>
    public static readonly TimeSpan HistoryCatchUp = TimeSpan.FromHours(24);

    /// <summary>Points in one series, and the longest time it may span.</summary>
    public const int HistoryPoints = 1_500;
    public static readonly TimeSpan HistorySpan = TimeSpan.FromDays(400);

    /// <summary>Longest name of a time zone, in characters.</summary>
    public const int ZoneLength = 64;

    /// <summary>Longest direction of a speed test, in seconds, and least and most bytes of a whole one (rule B4).</summary>
    public const int SpeedSeconds = 60;
    public const long SpeedBytesLeast = 1_000_000;
    public const long SpeedBytesMost = 1_000_000_000_000;

    /// <summary>Runs of the speed test that a node shows, and ids of those that it takes only once (rule B1).</summary>
    public const int SpeedRuns = 10;
    public const int SpeedIds = 64;

    /// <summary>Longest list of addresses of a speed test, in characters.</summary>
    public const int SpeedUrls = 128;

    /// <summary>Redirects that a speed test against the internet follows.</summary>
    public const int SpeedRedirects = 5;

    /// <summary>Connections that a node serves at once (rule X5).</summary>
    public const int Connections = 768;

    /// <summary>Of these, how many one address may hold; of IPv6, one /64.</summary>
    public const int ConnectionsPerOrigin = 64;

    /// <summary>And how many all addresses together from which no request was signed of late.</summary>
    public const int StrangersConnections = 256;

    /// <summary>Longest life of a connection from such an address: time enough to join.</summary>
    public static readonly TimeSpan StrangerConnection = TimeSpan.FromSeconds(30);

    /// <summary>How long a signed request speaks for the address it came from, and how many addresses are remembered.</summary>
    public static readonly TimeSpan ProofLife = TimeSpan.FromMinutes(10);
    public const int ProvedOrigins = 512;
}

/// <summary>Every interval of the protocol, in milliseconds of monotonic time, with the rule it comes from.</summary>
public static class Timings
{
    /// <summary>H1: the beat.</summary>
    public const long Beat = 2_000;

    /// <summary>H1: how long one call to a peer may take.</summary>
    public const long CallTimeout = 1_000;

    /// <summary>H1: a peer that answers over its second address only is called over the first one this often, beside it.</summary>
    public const long RoadBack = 10_000;

    /// <summary>H2: how often timers are looked at.</summary>
    public const long Tick = 250;

    /// <summary>H2: oldest message that still proves life.</summary>
    public const long EvidenceAge = 2_000;

    /// <summary>H2: no evidence for this long: suspect.</summary>
    public const long Suspect = 4_000;

    /// <summary>H2: no evidence for this long (three beats): down.</summary>
    public const long Down = 6_000;

    /// <summary>L3: a lease, as the voter counts it.</summary>
    public const long Lease = 6_000;

    /// <summary>L3: how much less the holder counts, against drift of the two clocks.</summary>
    public const long LeaseMargin = 200;

    /// <summary>L1: a candidate asks again this often.</summary>
    public const long AskAgain = 250;

    /// <summary>L1: not won within this: release and wait.</summary>
    public const long Candidacy = 1_000;

    /// <summary>L1: shortest and longest wait after a candidacy that was not won.</summary>
    public const long BackoffMin = 300;
    public const long BackoffMax = 1_000;

    /// <summary>E2, E3: unbroken life (and Telegram's answers) before a smaller key takes over.</summary>
    public const long Settle = 10_000;

    /// <summary>L4: a gap between two steps, or a drift of the two clocks, that demands a fresh renewal.</summary>
    public const long PauseGap = 1_000;

    /// <summary>L4: the wall clock this far ahead of the other one: the machine stood still. Less than the margin of L3, which has to cover what is not noticed.</summary>
    public const long StandStill = 100;

    /// <summary>L5: the giver of a lease may ask again after this.</summary>
    public const long HandOver = 1_000;

    /// <summary>S2: hashes are compared with one other member this often.</summary>
    public const long Reconcile = 30_000;

    /// <summary>W3: a holder's long poll, in seconds.</summary>
    public const int PollSeconds = 3;

    /// <summary>W1: the challenger's probe, in seconds.</summary>
    public const int ProbeSeconds = 4;

    /// <summary>W1: the same head for this long: nobody else confirms.</summary>
    public const long SameHead = 4_500;

    /// <summary>W1: no answer for this long: yield.</summary>
    public const long ProbeTimeout = 5_500;

    /// <summary>W1: shortest and longest wait after yielding.</summary>
    public const long YieldMin = 10_000;
    public const long YieldMax = 20_000;

    /// <summary>W2: a witness holder stops at <see cref="ConflictsToStop"/> conflicts within this.</summary>
    public const long ConflictWindow = 12_000;
    public const int ConflictsToStop = 4;

    /// <summary>W2: the same for a witness whose unheard members could have elected a holder, who never yields.</summary>
    public const int ConflictsToDefer = 2;

    /// <summary>W3: no answer for this long: in doubt.</summary>
    public const long Doubt = 4_000;

    /// <summary>W3: in doubt for this long: stop.</summary>
    public const long DoubtToStop = 12_000;

    /// <summary>How often a machine's load is measured.</summary>
    public const long LoadEvery = 10_000;

    /// <summary>A1: how often a node looks for what deserves an alert.</summary>
    public const long AlertLook = 2_000;

    /// <summary>A3: how long each thing must last: no quorum, another Host, a certificate or secret that does not hold, a clock.</summary>
    public const long AlertQuorum = 14_000;
    public const long AlertHost = 14_000;
    public const long AlertCertificate = 20_000;
    public const long AlertClock = 20_000;

    /// <summary>A3: a tunnel that does not carry.</summary>
    public const long AlertOverlay = 20_000;

    /// <summary>O3: nobody has answered through a client's tunnel for this long: it does not carry. So long WireGuard's own keys live after a handshake.</summary>
    public const long TunnelSilence = 180_000;

    /// <summary>A3: a node that told it was being stopped may be away for this long.</summary>
    public const long AlertDraining = 300_000;

    /// <summary>A3: how long a figure must be good, and how long a disk must be full.</summary>
    public const long AlertCalm = 60_000;

    /// <summary>A5: alerts that come within this are told in one message.</summary>
    public const long AlertGather = 2_000;

    /// <summary>B5: a member that was not heard for this long, or whose round trip takes this long, ends a speed test.</summary>
    public const long SpeedSilence = 3_000;
    public const long SpeedRoundTrip = 700;

    /// <summary>A5: what is not told within this is passed on to another node.</summary>
    public const long AlertPassOn = 15_000;
}
