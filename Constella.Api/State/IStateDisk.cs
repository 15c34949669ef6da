namespace Constella.Api.State;

/// <summary>The system calls by which a state file is replaced, one a method, so that a test can end the world at each of them.</summary>
/// <remarks>Every failure is an <see cref="IOException"/> or an <see cref="UnauthorizedAccessException"/>.</remarks>
internal interface IStateDisk
{
    /// <summary>Does nothing where there is no such file.</summary>
    void Delete(string path);

    /// <summary>A new file, for its owner only; fails where there is one.</summary>
    IStateFile Create(string path);

    bool Exists(string path);

    /// <summary>A second name for a file; false where the file system has none.</summary>
    bool TryLink(string existing, string link);

    byte[] Read(string path);

    /// <summary>In the place of what was there.</summary>
    void Rename(string from, string to);

    /// <summary>Makes the names in a folder durable: a rename is not, before this.</summary>
    void SyncFolder(string folder);
}

internal static class StateDiskExtensions
{
    /// <summary>Replaces a file as a whole: after a power failure the old one is there or the new one. Durable when it returns.</summary>
    public static void Replace(this IStateDisk disk, string path, ReadOnlySpan<byte> content)
    {
        var next = path + ".tmp";
        disk.Write(next, content);
        disk.Rename(next, path);
        disk.SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>A new file in the place of one that counts for nothing; its content is durable when it returns, its name is not.</summary>
    public static void Write(this IStateDisk disk, string path, ReadOnlySpan<byte> content)
    {
        disk.Delete(path);
        using var file = disk.Create(path);
        file.Write(content);
        file.Sync();
    }
}

/// <summary>A file that is being written.</summary>
internal interface IStateFile : IDisposable
{
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Makes the content durable.</summary>
    void Sync();
}

/// <summary>The machine's own.</summary>
internal sealed class StateDisk : IStateDisk
{
    public void Delete(string path) => File.Delete(path);

    public IStateFile Create(string path) => new Writer(new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = StateStore.OwnerOnly,
        // One write a file: what is kept back would be written by a close, whose failure nobody sees.
        BufferSize = 0,
    }));

    public bool Exists(string path) => File.Exists(path);

    public bool TryLink(string existing, string link) => Posix.TryLink(existing, link);

    public byte[] Read(string path) => File.ReadAllBytes(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void SyncFolder(string folder) => Posix.SyncFolder(folder);

    private sealed class Writer(FileStream stream) : IStateFile
    {
        public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

        public void Sync() => stream.Flush(flushToDisk: true);

        public void Dispose() => stream.Dispose();
    }
}
