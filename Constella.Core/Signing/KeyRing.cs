using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Constella.Core.Joining;
using Constella.Core.Members;

namespace Constella.Core.Signing;

/// <summary>
/// The keys of a network, derived from its secret (rule X2): one per direction, so that a message cannot be turned round.
/// It may know several generations of the secret and signs under one of them: install on all nodes, use, remove.
/// Immutable; its text never shows a secret.
/// </summary>
public sealed class KeyRing
{
    private const string SignInfo = "constella/v1/sign/";
    private const string AuthorityInfo = "constella/v1/ca";

    // Each peer needs two of each generation. Whoever proves nothing can ask for others, and only makes this ring derive keys again.
    internal const int MostKeys = Limits.Members * 4;

    private readonly ImmutableSortedDictionary<int, byte[]> _secrets;
    private readonly (string KeyId, byte[] Secret)[] _named;
    private readonly ConcurrentDictionary<(string KeyId, string From, string To), MacKey> _keys = new();

    /// <param name="networkSecret">256 bits, base64url.</param>
    /// <param name="generation">Its number, from 1.</param>
    /// <exception cref="FormatException">The secret is not 32 bytes in base64url, or the generation is below 1.</exception>
    public KeyRing(string networkSecret, int generation)
        : this(ImmutableSortedDictionary<int, byte[]>.Empty.Add(Positive(generation), Extract(networkSecret)), generation)
    {
    }

    /// <summary>The keys of a node's state: what it signs under, and what it accepts beside it.</summary>
    /// <exception cref="FormatException">As for the other constructor.</exception>
    public static KeyRing Of(NetworkState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var ring = new KeyRing(state.NetworkSecret, state.SecretGeneration);
        return state.OtherSecret is { } other ? ring.Install(other.Secret, other.Generation) : ring;
    }

    private KeyRing(ImmutableSortedDictionary<int, byte[]> secrets, int current)
    {
        _secrets = secrets;
        _named = [.. secrets.Select(secret => (Name(secret.Key), secret.Value))];
        Current = current;
        KeyId = Name(current);
    }

    /// <summary>The generation that this node signs under.</summary>
    public int Current { get; }

    /// <summary>The generations that are accepted, <see cref="Current"/> among them, ascending.</summary>
    public IEnumerable<int> Generations => _secrets.Keys;

    /// <summary><see cref="Current"/> as <c>keyid</c> says it: <c>g1</c>.</summary>
    public string KeyId { get; }

    /// <summary>Accepts messages under one more secret, without signing under it.</summary>
    /// <exception cref="FormatException">As for the constructor.</exception>
    public KeyRing Install(string networkSecret, int generation) =>
        new(_secrets.SetItem(Positive(generation), Extract(networkSecret)), Current);

    /// <summary>Signs under a generation that was installed.</summary>
    /// <exception cref="ArgumentException">It is not installed.</exception>
    public KeyRing Use(int generation) => _secrets.ContainsKey(generation)
        ? new(_secrets, generation)
        : throw new ArgumentException("This generation of the secret is not installed.", nameof(generation));

    /// <summary>Accepts nothing more under a generation.</summary>
    /// <exception cref="ArgumentException">It is the one in use.</exception>
    public KeyRing Remove(int generation) => generation != Current
        ? new(_secrets.Remove(generation), Current)
        : throw new ArgumentException("This generation of the secret is in use.", nameof(generation));

    /// <summary>
    /// The id of the command that an update asks for (rule W6): the same on every node and under every secret, so that the
    /// next Host that handles the same update asks for the same command. It is no secret.
    /// </summary>
    /// <returns>32 hexadecimal digits.</returns>
    public static string CommandId(string networkId, long updateId, string action)
    {
        ArgumentNullException.ThrowIfNull(networkId);
        ArgumentNullException.ThrowIfNull(action);
        var message = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(action)];
        BinaryPrimitives.WriteInt64BigEndian(message, updateId);
        Encoding.UTF8.GetBytes(action, message.AsSpan(sizeof(long)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(networkId), message).AsSpan(0, 16));
    }

    /// <summary>
    /// The key of the network's certificate authority under one generation of the secret, on P-256 (rule X6): every member has it,
    /// so every member can issue, and it changes with the secret. The caller disposes of it.
    /// </summary>
    /// <exception cref="ArgumentException">The generation is not installed.</exception>
    public ECDsa AuthorityKey(int generation) => _secrets.TryGetValue(generation, out var secret)
        ? P256.SigningKey(Expand(secret, AuthorityInfo))
        : throw new ArgumentException("This generation of the secret is not installed.", nameof(generation));

    public override string ToString() => KeyId;

    /// <summary>How many directions' keys it has ready.</summary>
    internal int Kept => _keys.Count;

    /// <returns>The <c>keyid</c> where the ring has that generation, else null.</returns>
    internal string? Find(ReadOnlySpan<char> keyId)
    {
        foreach (var (name, _) in _named)
        {
            if (keyId.SequenceEqual(name))
                return name;
        }

        return null;
    }

    /// <returns>The key of one direction, or null when the generation is not on the ring.</returns>
    internal MacKey? Key(string keyId, string from, string to)
    {
        if (_keys.TryGetValue((keyId, from, to), out var known))
            return known;
        foreach (var (name, secret) in _named)
        {
            if (name != keyId)
                continue;
            if (_keys.Count >= MostKeys)
                _keys.Clear();
            return _keys[(name, from, to)] = new MacKey(Expand(secret, $"{SignInfo}{from}/{to}"));
        }

        return null;
    }

    private static string Name(int generation) => string.Create(CultureInfo.InvariantCulture, $"g{generation}");

    private static int Positive(int generation) =>
        generation > 0 ? generation : throw new FormatException("The secret's generation must be 1 or more.");

    private static byte[] Extract(string networkSecret) => HKDF.Extract(
        HashAlgorithmName.SHA256,
        Base64.FromUrl(networkSecret, 32) ?? throw new FormatException("The network secret is not 32 bytes in base64url."));

    private static byte[] Expand(byte[] secret, string info) =>
        HKDF.Expand(HashAlgorithmName.SHA256, secret, 32, Encoding.UTF8.GetBytes(info));
}
