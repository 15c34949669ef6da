using System.Net;
using System.Text;
using System.Text.Json;
using Constella.Core.Members;

namespace Constella.Api.State;

/// <summary>The state file cannot be used; the message is the one line a person needs, with the remedy.</summary>
public sealed class StateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary><c>network_state.json</c>, its last good copy and the lock of its folder (rules S3 and H3).</summary>
public sealed class StateStore : IDisposable
{
    public const string FileName = "network_state.json";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly Func<string, Stream> _create;

    private StateStore(string folder, FileStream @lock, Func<string, Stream> create)
    {
        _folder = folder;
        _lock = @lock;
        _create = create;
    }

    /// <summary>Takes the folder for this process; makes it (mode 700) where it is missing.</summary>
    /// <exception cref="StateException">Another process has it, or it cannot be written.</exception>
    public static StateStore Open(string folder) => Open(folder, CreateDurable);

    /// <param name="create">Makes the temporary file: a test gives a stream that fails.</param>
    internal static StateStore Open(string folder, Func<string, Stream> create)
    {
        try
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            return new StateStore(folder, TakeLock(Path.Combine(folder, "lock")), create);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"state: {folder} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Reads without the lock, for the command line.</summary>
    /// <returns>Null when there is no state.</returns>
    /// <exception cref="StateException">It cannot be read or understood.</exception>
    public static NetworkState? Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        var backup = file + ".bak";
        try
        {
            if (!File.Exists(file))
                return File.Exists(backup) ? throw new StateException($"state: {file} is missing. Recover it: {Recovery(file)}") : null;
            var bytes = File.ReadAllBytes(file);
            return StateFile.Parse(bytes, out var wrong)
                ?? throw new StateException($"state: {file} {wrong}. It was left as it is"
                    + (File.Exists(backup) ? $"; the last good copy: {Recovery(file)}" : ""));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"state: {file} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Where the running (or last) node of this folder listens for its command line, or null.</summary>
    public static IPEndPoint? ReadListen(string folder)
    {
        try
        {
            return IPEndPoint.TryParse(File.ReadAllText(Path.Combine(folder, "listen")).Trim(), out var point) ? point : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <returns>Null when there is no state.</returns>
    /// <exception cref="StateException">It cannot be read or understood.</exception>
    public NetworkState? Load() => Read(_folder);

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="StateException">It could not be written; the file is as it was.</exception>
    public void Save(NetworkState state)
    {
        var file = Path.Combine(_folder, FileName);
        var temporary = file + ".tmp";
        try
        {
            File.Delete(temporary);
            using (var stream = _create(temporary))
            {
                JsonSerializer.Serialize(stream, state, StateFile.Json.NetworkState);
                stream.Flush();
                (stream as FileStream)?.Flush(flushToDisk: true);
            }
            KeepLastGood(file);
            File.Move(temporary, file, overwrite: true);
            Posix.SyncFolder(_folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"state: {file} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Tells this machine's command line where the node listens.</summary>
    /// <exception cref="IOException">It is not told; what was told before still stands.</exception>
    public void WriteListen(IPEndPoint point)
    {
        var file = Path.Combine(_folder, "listen");
        File.Delete(file + ".tmp");
        using (var stream = _create(file + ".tmp"))
            stream.Write(Encoding.ASCII.GetBytes(point + "\n"));
        File.Move(file + ".tmp", file, overwrite: true);
    }

    /// <summary>Puts the state of a network that this node has left aside, so that it can join again as a new node.</summary>
    public void Retire()
    {
        var file = Path.Combine(_folder, FileName);
        File.Move(file, file + ".left", overwrite: true);
        File.Delete(file + ".bak");
    }

    public void Dispose() => _lock.Dispose();

    private static string Recovery(string file) => $"cp {file}.bak {file}";

    private static FileStream TakeLock(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) here; the system lets go of it when the process dies.
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            });
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException) && error.HResult is not (Posix.NoSpace or Posix.ReadOnlyFileSystem))
        {
            throw new StateException($"state: another constella process has {Path.GetDirectoryName(path)}: stop it, or give this one its own folder", error);
        }
    }

    private static FileStream CreateDurable(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = OwnerOnly,
    });

    // By a second name and a rename, so that a good copy is there at each point where the machine may die.
    private static void KeepLastGood(string file)
    {
        if (!File.Exists(file))
            return;
        var next = file + ".bak.tmp";
        File.Delete(next);
        if (!Posix.TryLink(file, next))
        {
            using var copy = CreateDurable(next);
            using var source = File.OpenRead(file);
            source.CopyTo(copy);
            copy.Flush(flushToDisk: true);
        }
        File.Move(next, file + ".bak", overwrite: true);
    }
}
