using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Client.Sqlite;

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

    public Statement Bind(int parameter, string? text)
    {
        Check(text is null ? raw.sqlite3_bind_null(_statement, parameter) : raw.sqlite3_bind_text(_statement, parameter, text));
        return this;
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, CanonicalJson json) => Bind(parameter, json.Utf8.Span);

    public Statement Bind(int parameter, ReadOnlySpan<byte> bytes)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, bytes));
        return this;
    }

    /// <summary>Goes to the next row. At the end, and where it throws, the statement is ready to be bound again.</summary>
    /// <exception cref="SqliteException">SQLite's answer, with its extended code.</exception>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        var fault = code == raw.SQLITE_DONE ? null : Fault(_db, code);
        Reset();
        return fault is null ? false : throw fault;
    }

    /// <summary>Runs a statement that gives no rows, or whose rows do not matter.</summary>
    public void Run()
    {
        while (Step()) { }
    }

    /// <summary>The number in the first column of the first row.</summary>
    public long Number()
    {
        if (!Step()) throw new InvalidOperationException("A row was expected.");
        var number = Int64(0);
        Reset();
        return number;
    }

    /// <summary>Ends a walk over rows before their end.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>The bytes of a text or blob, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? OptionalText(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : Text(column);

    /// <summary>A value that this storage wrote in canonical form.</summary>
    public CanonicalJson Json(int column) => CanonicalJson.FromCanonicalBytes(Bytes(column).ToArray());

    public void Dispose() => _statement.Dispose();

    public static SqliteException Fault(sqlite3 db, int code) => new(raw.sqlite3_errmsg(db).utf8_to_string(), code & 0xff, raw.sqlite3_extended_errcode(db));

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Fault(_db, code);
    }
}
