using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using TelegramStandIn;

namespace Constella.Bench;

/// <summary>A network as its members have it on disk: the real node, which is to be Host, and the others.</summary>
internal sealed class Network
{
    public static readonly IPEndPoint RealAt = new(IPAddress.Loopback, 4747);

    /// <summary>Of all others: each has an address of its own.</summary>
    public const int Port = 4748;

    public Network(int others)
    {
        Others = [.. Enumerable.Range(1, others).Select(number => Record(NewId(), $"echo-{number:000}", new IPEndPoint(AddressOf(number), Port), 100))];
        var real = Record(NewId(), "delta-01", RealAt, 1);
        MemberRecord[] all = [real, .. Others];
        all = [.. all.OrderBy(record => record.NodeId, StringComparer.Ordinal)];
        var first = new Stamp(new Term(1, real.NodeId), 1);
        State = new NetworkState
        {
            NetworkId = NewId(),
            NetworkSecret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
            NodeId = real.NodeId,
            Peers = [.. all],
            Members = new MemberSet { Cfg = first, Ids = [.. all.Select(record => record.NodeId)] },
            Settings = new Settings { Stamp = first, OwnerUsername = "username", OwnerId = 42, OwnerLanguage = "en", BotToken = StandInOptions.ExampleToken },
            Term = first.Term,
        };
        Ring = KeyRing.Of(State);
    }

    /// <summary>The real node's state.</summary>
    public NetworkState State { get; }

    public KeyRing Ring { get; }

    public IReadOnlyList<MemberRecord> Others { get; }

    public static string NewId() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    public static IPAddress AddressOf(int number) => new([127, 1, (byte)(number / 250), (byte)(1 + (number % 250))]);

    private static MemberRecord Record(string id, string name, IPEndPoint at, int priority) =>
        new() { NodeId = id, Name = name, Addr = at.ToString(), Priority = priority };
}
