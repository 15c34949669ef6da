using System.Text;

namespace Constella.Api.Host;

/// <summary>A file's text, or the reason why there is none.</summary>
public readonly record struct HostText(string? Text, string? Why);

/// <summary>Reads small files of the host; never throws.</summary>
internal static class HostFiles
{
    // A host of many containers has thousands of mounts; beyond this a file is not what it should be.
    private const int MaxBytes = 2 * 1024 * 1024;

    public static HostText Read(string root, string path)
    {
        var full = Path.Combine(root, path);
        try
        {
            using var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            return new(ReadAll(file), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return new(null, error is FileNotFoundException or DirectoryNotFoundException
                ? $"{full} does not exist"
                : error is UnauthorizedAccessException ? $"{full} may not be read" : $"{full} cannot be read");
        }
    }

    /// <summary>The first of several files that can be read; otherwise the reason of the last.</summary>
    public static HostText First(string root, params ReadOnlySpan<string> paths)
    {
        HostText found = new(null, "no file was asked for");
        foreach (var path in paths)
        {
            found = Read(root, path);
            if (found.Text is not null)
                break;
        }

        return found;
    }

    // Files of procfs have no length to ask for.
    private static string ReadAll(FileStream file)
    {
        var bytes = new byte[4096];
        var length = 0;
        int read;
        while ((read = file.Read(bytes, length, bytes.Length - length)) > 0)
        {
            length += read;
            if (length == bytes.Length)
            {
                if (length >= MaxBytes)
                    break;
                Array.Resize(ref bytes, length * 2);
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
