using Constella.Core;

namespace Constella.Api.Endpoints.Security;

/// <summary>Reads a body whole, but never more than the cap (rule X5), and gives it back to whoever reads it next.</summary>
internal static class BodyReader
{
    /// <returns>Null when it is too large.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > Limits.BodyBytes)
            return null;
        if (request.ContentLength is 0 || (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding")))
            return ReadOnlyMemory<byte>.Empty;
        var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            if (buffer.Length + read > Limits.BodyBytes)
                return null;
            buffer.Write(chunk, 0, read);
        }
        buffer.Position = 0;
        request.Body = buffer;
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
