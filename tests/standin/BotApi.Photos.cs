using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>Photos: how they are named and uploaded, and which are taken.</summary>
public sealed partial class BotApi
{
    private const string Attach = "attach://";
    private const int PhotoLimit = 10 * 1024 * 1024;
    private const int SidesLimit = 10_000;
    private const int RatioLimit = 20;
    private const int PhotosKept = 64;

    private readonly List<Photo> _photos = [];
    private int _nextPhoto = 1;

    /// <param name="reference">A <c>file_id</c> of before, <c>attach://NAME</c> for an uploaded part, or the field's own upload.</param>
    private Photo PhotoOf(Query query, string? reference)
    {
        if (reference?.StartsWith(Attach, StringComparison.Ordinal) == true)
        {
            return query.Files.TryGetValue(reference[Attach.Length..], out var attached)
                ? Taken(attached)
                : throw new ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified");
        }
        if (reference is { Length: > 0 })
        {
            return _photos.Find(photo => photo.FileId == reference)
                ?? throw new ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified");
        }
        return query.Files.TryGetValue("photo", out var uploaded)
            ? Taken(uploaded)
            : throw new ApiError(400, "Bad Request: there is no photo in the request");
    }

    private Photo Taken(byte[] content)
    {
        if (content.Length > PhotoLimit)
            throw new ApiError(413, "Request Entity Too Large");
        var (width, height) = Sides(content);
        if (width + height > SidesLimit || Math.Max(width, height) > RatioLimit * Math.Min(width, height))
            throw new ApiError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS");
        var photo = new Photo($"photo-{_nextPhoto++}", content, width, height);
        _photos.Add(photo);
        if (_photos.Count > PhotosKept)
            _photos.RemoveAt(0);
        return photo;
    }

    private static (int Width, int Height) Sides(byte[] content)
    {
        // A JPEG's sides stand somewhere in it; nothing here asks for them.
        if (content.AsSpan().StartsWith(new byte[] { 0xff, 0xd8, 0xff }))
            return (800, 600);
        if (content.Length < 24 || !content.AsSpan().StartsWith(new byte[] { 0x89, 0x50, 0x4e, 0x47 }))
            throw new ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED");
        return (BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(20)));
    }

    private static JsonNode? Json(string? text)
    {
        try
        {
            return JsonNode.Parse(text ?? "null");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
