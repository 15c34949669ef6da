using System.Net;
using System.Text.Json;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.State;

/// <summary>The state file cannot be used; the message is the one line a person needs, with the remedy.</summary>
public sealed class StateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One file of a state as <see cref="StateStore.Inspect"/> finds it.</summary>
/// <param name="State">Null: it cannot be used, or is missing.</param>
/// <param name="Wrong">What is wrong with it, continuing a sentence that begins with its name.</param>
/// <param name="Written">Null: it is missing.</param>
public sealed record StateCopy(NetworkState? State, string? Wrong, DateTimeOffset? Written);

/// <summary><c>network_state.json</c>, its last good copy and the lock of its folder (rules S3 and H3).</summary>
public sealed class StateStore : IDisposable
{
    public const string FileName = "network_state.json";

    /// <summary>Of the last good copy's name.</summary>
    internal const string BackupSuffix = ".bak";

    internal const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly StateSaver _saver;

    private StateStore(string folder, FileStream @lock, IStateDisk disk)
    {
        _folder = folder;
        _lock = @lock;
        _saver = new StateSaver(disk, folder);
    }

    /// <summary>Takes the folder for this process; makes it (mode 700) where it is missing.</summary>
    /// <exception cref="StateException">Another process has it, or it cannot be written.</exception>
    public static StateStore Open(string folder) => Open(folder, new StateDisk());

    /// <param name="disk">A test gives one that fails.</param>
    internal static StateStore Open(string folder, IStateDisk disk)
    {
        try
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            return new StateStore(folder, TakeLock(Path.Combine(folder, "lock")), disk);
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
        var backup = file + BackupSuffix;
        try
        {
            if (!File.Exists(file))
                return File.Exists(backup) ? throw new StateException($"state: {file} is missing. {Recovery(folder)}") : null;
            var bytes = File.ReadAllBytes(file);
            return StateFile.Parse(bytes, out var wrong)
                ?? throw new StateException($"state: {file} {wrong}. It was left as it is"
                    + (File.Exists(backup) ? $". {Recovery(folder)}" : ""));
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
        try
        {
            _saver.Replace(JsonSerializer.SerializeToUtf8Bytes(state, StateFile.Json.NetworkState));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"state: {Path.Combine(_folder, FileName)} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>The file and its last good copy, each as it is; changes nothing and needs no lock.</summary>
    /// <exception cref="StateException">The disk does not give them.</exception>
    public static (StateCopy File, StateCopy Backup) Inspect(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return (Look(file), Look(file + BackupSuffix));
    }

    /// <summary>Puts <paramref name="good"/>, the last good copy, in the place of a file that cannot be used.</summary>
    /// <param name="now">Names the file that is put aside.</param>
    /// <returns>Where the damaged file is kept; null when it was missing.</returns>
    /// <exception cref="StateException">It could not be done; nothing is lost.</exception>
    public string? Repair(NetworkState good, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(good);
        var file = Path.Combine(_folder, FileName);
        var aside = File.Exists(file) ? Unused($"{file}.corrupt-{now:yyyyMMdd'T'HHmmss'Z'}") : null;
        // Its last promise may be what was lost: a vote for nobody makes it wait a lease before it grants one (rule L6).
        var voter = good with { Vote = new Vote("", good.Vote?.Term ?? Term.None) };
        try
        {
            _saver.Repair(JsonSerializer.SerializeToUtf8Bytes(voter, StateFile.Json.NetworkState), aside);
            return aside;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"state: {file} cannot be repaired: {error.Message}", error);
        }
    }

    /// <summary>Tells this machine's command line where the node listens.</summary>
    /// <exception cref="IOException">It is not told; what was told before still stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void WriteListen(IPEndPoint point)
    {
        var file = Path.Combine(_folder, "listen");
        File.WriteAllText(file + ".tmp", point + "\n");
        File.Move(file + ".tmp", file, overwrite: true);
    }

    /// <summary>Puts the state of a network that this node has left aside, so that it can join again as a new node.</summary>
    public void Retire()
    {
        var file = Path.Combine(_folder, FileName);
        File.Move(file, file + ".left", overwrite: true);
        File.Delete(file + BackupSuffix);
    }

    public void Dispose() => _lock.Dispose();

    private static string Recovery(string folder) => $"The last good copy is there: constella state repair --state-dir {folder}";

    private static StateCopy Look(string path)
    {
        try
        {
            if (!File.Exists(path))
                return new StateCopy(null, null, null);
            var state = StateFile.Parse(File.ReadAllBytes(path), out var wrong);
            return new StateCopy(state, wrong, File.GetLastWriteTimeUtc(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"state: {path} cannot be read: {error.Message}", error);
        }
    }

    // Two repairs within a second must not destroy what the first one kept.
    private static string Unused(string path)
    {
        var name = path;
        for (var n = 2; File.Exists(name); n++)
            name = $"{path}-{n}";
        return name;
    }

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
}
