using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Constella.Api.History;

/// <summary>What SQLite refused, with its primary result code.</summary>
internal sealed class SqliteException(int code, string message) : Exception(message)
{
    public int Code { get; } = code & 0xFF;

    /// <summary>SQLITE_CORRUPT or SQLITE_NOTADB: the file will not get better by itself.</summary>
    public bool IsCorrupt => Code is 11 or 26;
}

/// <summary>A connection of the system's <c>libsqlite3.so.0</c>, for one thread at a time.</summary>
/// <remarks>Each call throws <see cref="SqliteException"/>; opening throws <see cref="DllNotFoundException"/> where the library is missing.</remarks>
internal sealed partial class SqliteConnection : IDisposable
{
    private const int ReadWrite = 2;
    private const int Create = 4;

    private readonly Handle _handle;

    private SqliteConnection(Handle handle) => _handle = handle;

    public static SqliteConnection Open(string path)
    {
        var result = Open(path, out var handle, ReadWrite | Create, 0);
        var connection = new SqliteConnection(handle);
        if (result == 0)
            return connection;
        var message = connection.Message;
        connection.Dispose();
        throw new SqliteException(result, message);
    }

    /// <summary>One or more statements whose rows nobody wants.</summary>
    public void Execute(string sql) => Check(Execute(_handle, sql, 0, 0, 0));

    public SqliteStatement Prepare(string sql)
    {
        Check(Prepare(_handle, sql, -1, out var statement, 0));
        return new SqliteStatement(this, statement);
    }

    /// <summary>The first column of the first row.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    public void Check(int result)
    {
        if (result != 0)
            throw new SqliteException(result, Message);
    }

    /// <summary>Statements must be gone before it.</summary>
    public void Dispose() => _handle.Dispose();

    private string Message => Marshal.PtrToStringUTF8(ErrorMessage(_handle)) ?? "unknown error";

    private sealed class Handle() : SafeHandleZeroOrMinusOneIsInvalid(true)
    {
        protected override bool ReleaseHandle() => SqliteConnection.Close(handle) == 0;
    }

    private const string Library = "libsqlite3.so.0";

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, out Handle connection, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    private static partial int Close(nint connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(Handle connection, string sql, nint callback, nint state, nint message);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Prepare(Handle connection, string sql, int length, out nint statement, nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial nint ErrorMessage(Handle connection);
}

/// <summary>A prepared statement, used again and again.</summary>
internal sealed partial class SqliteStatement(SqliteConnection connection, nint statement) : IDisposable
{
    private const int Row = 100;
    private const int Done = 101;

    // The library copies what it is given before the call returns.
    private const nint Transient = -1;

    /// <summary>Begins anew with these values, in the order of the parameters.</summary>
    public SqliteStatement With(params ReadOnlySpan<long> values)
    {
        _ = Reset(statement);
        for (var i = 0; i < values.Length; i++)
            connection.Check(BindNumber(statement, i + 1, values[i]));
        return this;
    }

    /// <param name="index">From 1.</param>
    public SqliteStatement And(int index, ReadOnlySpan<byte> blob)
    {
        connection.Check(BindBlob(statement, index, blob, blob.Length, Transient));
        return this;
    }

    /// <param name="index">From 1.</param>
    public SqliteStatement And(int index, string text)
    {
        connection.Check(BindText(statement, index, text, -1, Transient));
        return this;
    }

    /// <summary>Whether there is a row; after the last one the statement may be used again.</summary>
    public bool Step()
    {
        var result = Step(statement);
        if (result == Row)
            return true;
        // What Reset answers is the error of the step again.
        _ = Reset(statement);
        connection.Check(result == Done ? 0 : result);
        return false;
    }

    /// <summary>To the end, whatever rows there are.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <param name="column">From 0.</param>
    public long Number(int column) => ColumnNumber(statement, column);

    /// <summary>A blob, or the UTF-8 bytes of a text.</summary>
    /// <param name="column">From 0.</param>
    public unsafe byte[] Bytes(int column)
    {
        var start = ColumnBlob(statement, column);
        return start == 0 ? [] : new ReadOnlySpan<byte>((void*)start, ColumnBytes(statement, column)).ToArray();
    }

    public void Dispose() => _ = Finalize(statement);

    private const string Library = "libsqlite3.so.0";

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    private static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    private static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    private static partial int BindNumber(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBlob(nint statement, int index, ReadOnlySpan<byte> value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int BindText(nint statement, int index, string value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    private static partial long ColumnNumber(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    private static partial nint ColumnBlob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    private static partial int ColumnBytes(nint statement, int column);
}
