using System.Text;
using Constella.Api.State;

namespace Constella.Api.History;

/// <summary>Whose samples are kept, under a number that is shorter than its id.</summary>
internal sealed record KnownNode(long Number, string Id, string Zone);

/// <summary><c>history.db</c>: blocks of samples by number, in SQLite with a write-ahead log.</summary>
/// <remarks>Each call throws <see cref="SqliteException"/>. For one thread at a time.</remarks>
internal sealed class HistoryFile : IDisposable
{
    public const string Name = "history.db";

    private const int Format = 1;

    // 18.5 MiB and a log of a quarter of a MiB, or a little more: under 20 MB in all.
    private const int Pages = 4_736;
    private const int LogPages = 64;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _read;
    private readonly SqliteStatement _write;
    private readonly SqliteStatement _node;
    private readonly SqliteStatement _count;
    private readonly SqliteStatement _edges;
    private readonly SqliteStatement _delete;

    private HistoryFile(SqliteConnection connection)
    {
        _connection = connection;
        _read = connection.Prepare("SELECT data FROM block WHERE id = ?");
        _write = connection.Prepare("INSERT INTO block (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data");
        _node = connection.Prepare("INSERT INTO node (number, id, zone) VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET zone = excluded.zone");
        _count = connection.Prepare("SELECT count(*) FROM block WHERE id BETWEEN ? AND ?");
        _edges = connection.Prepare("SELECT min(id), max(id) FROM block WHERE id BETWEEN ? AND ?");
        _delete = connection.Prepare("DELETE FROM block WHERE id BETWEEN ? AND ?");
    }

    /// <exception cref="SqliteException">It cannot be had, or is no history of this program.</exception>
    /// <exception cref="DllNotFoundException">The library is missing.</exception>
    public static HistoryFile Open(string path)
    {
        // SQLite gives its log the mode of the database, so the database is made first, for its owner only.
        if (!File.Exists(path))
            new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = StateStore.OwnerOnly }).Dispose();
        var connection = SqliteConnection.Open(path);
        try
        {
            Prepare(connection);
            return new HistoryFile(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public List<KnownNode> Nodes()
    {
        var nodes = new List<KnownNode>();
        using var rows = _connection.Prepare("SELECT number, id, zone FROM node");
        while (rows.Step())
            nodes.Add(new KnownNode(rows.Number(0), Encoding.UTF8.GetString(rows.Bytes(1)), Encoding.UTF8.GetString(rows.Bytes(2))));
        return nodes;
    }

    /// <summary>Into <paramref name="block"/>, whose rest stays as it is; false when there is none.</summary>
    public bool Read(long id, Span<byte> block)
    {
        var found = false;
        for (_ = _read.With(id); _read.Step(); found = true)
        {
            var data = _read.Bytes(0);
            data.AsSpan(0, Math.Min(data.Length, block.Length)).CopyTo(block);
        }
        return found;
    }

    /// <summary>All of it or nothing.</summary>
    public void InTransaction(Action changes)
    {
        _connection.Execute("BEGIN IMMEDIATE");
        try
        {
            changes();
            _connection.Execute("COMMIT");
        }
        catch (SqliteException)
        {
            // What cannot be written may have ended the transaction already.
            TryRollback();
            throw;
        }
    }

    public void Write(KnownNode node) => _node.With(node.Number).And(2, node.Id).And(3, node.Zone).Run();

    public void Write(long id, ReadOnlySpan<byte> data) => _write.With(id).And(2, data).Run();

    /// <summary>Takes blocks of a series away until it has its number: first what lies in the future, which a wrong clock has left, then the oldest.</summary>
    /// <param name="present">Index of the youngest block that is no mistake.</param>
    public void Trim((long First, long Last) series, int blocks, long present)
    {
        for (var count = One(_count, series).First; count > blocks; count--)
        {
            var (oldest, youngest) = One(_edges, series);
            var gone = BlockKey.IndexOf(youngest) > present ? youngest : oldest;
            _delete.With(gone, gone).Run();
        }
    }

    public void Forget(long node)
    {
        var (first, last) = BlockKey.OfNode(node);
        _delete.With(first, last).Run();
        _connection.Execute(FormattableString.Invariant($"DELETE FROM node WHERE number = {node}"));
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _read, _write, _node, _count, _edges, _delete })
            statement.Dispose();
        _connection.Dispose();
    }

    private static void Prepare(SqliteConnection connection)
    {
        // Exclusive: the state folder has one process anyway, and without shared memory no page of it can be lost to a full disk.
        connection.Execute(FormattableString.Invariant($"""
            PRAGMA locking_mode = EXCLUSIVE;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            PRAGMA cache_size = -256;
            PRAGMA wal_autocheckpoint = {LogPages};
            PRAGMA journal_size_limit = 262144;
            """));
        var format = connection.Number("PRAGMA user_version");
        if (format == 0)
            connection.Execute(FormattableString.Invariant($"""
                BEGIN IMMEDIATE;
                CREATE TABLE IF NOT EXISTS node (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, zone TEXT NOT NULL);
                CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
                PRAGMA user_version = {Format};
                COMMIT;
                """));
        else if (format != Format || !IsSound(connection))
            throw new SqliteException(11, format == Format ? "it is damaged" : $"it has format {format}, this constella reads {Format}");
        connection.Execute(FormattableString.Invariant($"PRAGMA max_page_count = {Pages}"));
    }

    private static bool IsSound(SqliteConnection connection)
    {
        using var check = connection.Prepare("PRAGMA quick_check(1)");
        return check.Step() && check.Bytes(0).AsSpan().SequenceEqual("ok"u8);
    }

    private static (long First, long Second) One(SqliteStatement statement, (long First, long Last) series)
    {
        (long, long) found = default;
        for (_ = statement.With(series.First, series.Last); statement.Step();)
            found = (statement.Number(0), statement.Number(1));
        return found;
    }

    private void TryRollback()
    {
        try
        {
            _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // There was none any more.
        }
    }
}
