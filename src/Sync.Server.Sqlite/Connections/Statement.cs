using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>
/// A prepared statement of one connection. It speaks to SQLite's own calls, so that UTF-8 goes in and comes out as it is and a step costs no garbage.
/// Parameters and columns are numbered as SQLite does: from 1 and from 0.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 db, string sql)
    {
        _db = db;
        Check(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement BindText(int parameter, string text)
    {
        Check(raw.sqlite3_bind_text(_statement, parameter, text));
        return this;
    }

    public Statement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        Check(utf8.IsEmpty ? raw.sqlite3_bind_text(_statement, parameter, "") : raw.sqlite3_bind_text(_statement, parameter, utf8));
        return this;
    }

    public Statement BindText(int parameter, CanonicalJson json) => BindText(parameter, json.Utf8.Span);

    public Statement BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0) : raw.sqlite3_bind_blob(_statement, parameter, bytes));
        return this;
    }

    public Statement BindInt64(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public Statement BindDouble(int parameter, double value)
    {
        Check(raw.sqlite3_bind_double(_statement, parameter, value));
        return this;
    }

    public Statement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    /// <summary>Goes to the next row. At the end, and where it throws, the statement is ready to be bound again.</summary>
    /// <exception cref="SqliteException">SQLite's answer, with its extended code.</exception>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(_statement);
            return false;
        }

        var fault = Fault(code);
        raw.sqlite3_reset(_statement);
        throw fault;
    }

    /// <summary>Runs a statement that gives no rows, or whose rows do not matter. Returns how many rows it changed.</summary>
    public int Run()
    {
        while (Step()) { }
        return raw.sqlite3_changes(_db);
    }

    /// <summary>Ends a walk over rows before their end.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public int ColumnType(int column) => raw.sqlite3_column_type(_statement, column);
    public bool IsNull(int column) => ColumnType(column) == raw.SQLITE_NULL;
    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);
    public double Double(int column) => raw.sqlite3_column_double(_statement, column);

    /// <summary>The bytes of a text or blob, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>A value that this store wrote in canonical form.</summary>
    public CanonicalJson Json(int column) => CanonicalJson.FromCanonicalBytes(Bytes(column).ToArray());

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Fault(code);
    }

    private SqliteException Fault(int code) => new(raw.sqlite3_errmsg(_db).utf8_to_string(), code & 0xff, raw.sqlite3_extended_errcode(_db));
}
