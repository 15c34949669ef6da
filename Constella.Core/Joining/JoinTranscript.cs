using System.Buffers.Binary;
using System.Text;
using Constella.Core.Wire;

namespace Constella.Core.Joining;

/// <summary>The bytes of a join that are under its MAC: each field with its length in front, so that no two requests read alike.</summary>
internal static class JoinTranscript
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether every field is there (JSON may say null) and is text that has bytes.</summary>
    public static bool IsWhole(JoinRequest request)
    {
        string?[] fields =
        [
            request.Invite, request.NetworkId, request.NodeId, request.Name, request.Addr, request.Nonce, request.Key, request.NodeKey, request.Mac,
        ];
        return Array.TrueForAll(fields, f => f is not null && IsText(f)) && (request.AltAddr is null || IsText(request.AltAddr)) &&
            (request.Overlay is not { } place || (IsText(place.Key) && IsText(place.Address) && IsText(place.Endpoint ?? "")));
    }

    /// <summary>All fields but the MAC.</summary>
    public static byte[] Of(JoinRequest request)
    {
        var bytes = new List<byte>();
        Text(bytes, "constella/v1/join");
        Number(bytes, request.V);
        Text(bytes, request.Invite);
        Text(bytes, request.NetworkId);
        Text(bytes, request.NodeId);
        Text(bytes, request.Name);
        Text(bytes, request.Addr);
        // An address that is absent is not an empty one.
        Number(bytes, request.AltAddr is null ? 0 : 1);
        Text(bytes, request.AltAddr ?? "");
        Number(bytes, request.Priority);
        Text(bytes, request.Nonce);
        Text(bytes, request.Key);
        Text(bytes, request.NodeKey);
        // Only where it is there: who asks for no overlay is understood by an older seed.
        if (request.Overlay is { } place)
        {
            Text(bytes, place.Key);
            Text(bytes, place.Address);
            Text(bytes, place.Endpoint ?? "");
        }
        return [.. bytes];
    }

    /// <summary>The whole request, and the point of the seed.</summary>
    public static byte[] WithAnswer(JoinRequest request, byte[] seedPoint)
    {
        var bytes = new List<byte>(Of(request));
        Text(bytes, request.Mac);
        Field(bytes, seedPoint);
        return [.. bytes];
    }

    private static bool IsText(string text)
    {
        try
        {
            return Strict.GetByteCount(text) <= Limits.BodyBytes;
        }
        catch (EncoderFallbackException)
        {
            // Half a surrogate pair: it would be replaced, and then two requests could read alike.
            return false;
        }
    }

    private static void Text(List<byte> bytes, string text) => Field(bytes, Encoding.UTF8.GetBytes(text));

    private static void Number(List<byte> bytes, int number)
    {
        var field = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(field, number);
        Field(bytes, field);
    }

    private static void Field(List<byte> bytes, byte[] field)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        bytes.AddRange(length);
        bytes.AddRange(field);
    }
}
