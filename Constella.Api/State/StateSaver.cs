namespace Constella.Api.State;

/// <summary>
/// Replaces a file so that at each point where the machine may die the old content or the new one is there, whole, and with it
/// the last good copy (rule S3).
/// </summary>
internal sealed class StateSaver(IStateDisk disk, string folder)
{
    private readonly string _file = Path.Combine(folder, StateStore.FileName);

    private string Backup => _file + StateStore.BackupSuffix;

    /// <summary>Durable when it returns.</summary>
    public void Replace(ReadOnlySpan<byte> bytes)
    {
        Prepare(bytes);
        KeepLastGood();
        disk.Rename(_file + ".tmp", _file);
        disk.SyncFolder(folder);
    }

    /// <summary>Replaces a file that cannot be used, which keeps a name of its own; the last good copy stays what it is.</summary>
    /// <param name="aside">That name; null when nothing stands there.</param>
    public void Repair(ReadOnlySpan<byte> bytes, string? aside)
    {
        Prepare(bytes);
        if (aside is not null)
        {
            Duplicate(_file, aside);
            // Not before the damaged file has its second name for good.
            disk.SyncFolder(folder);
        }
        disk.Rename(_file + ".tmp", _file);
        disk.SyncFolder(folder);
    }

    private void Prepare(ReadOnlySpan<byte> bytes) => disk.Write(_file + ".tmp", bytes);

    // By a second name and a rename, so that a good copy is there at each point.
    private void KeepLastGood()
    {
        if (!disk.Exists(_file))
            return;
        var next = Backup + ".tmp";
        disk.Delete(next);
        Duplicate(_file, next);
        disk.Rename(next, Backup);
    }

    private void Duplicate(string existing, string other)
    {
        if (!disk.TryLink(existing, other))
            disk.Write(other, disk.Read(existing));
    }
}
