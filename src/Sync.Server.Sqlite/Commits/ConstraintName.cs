using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>What SQLite says of the constraint that a write broke: <c>users.email</c>, the name of a check, or its kind. For people; nothing is decided by it.</summary>
internal static class ConstraintName
{
    public static string Of(SqliteException fault)
    {
        var kind = fault.SqliteExtendedErrorCode switch
        {
            raw.SQLITE_CONSTRAINT_FOREIGNKEY => "foreign key",
            raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID => "unique",
            raw.SQLITE_CONSTRAINT_NOTNULL => "not null",
            raw.SQLITE_CONSTRAINT_CHECK => "check",
            raw.SQLITE_CONSTRAINT_TRIGGER => "trigger",
            _ => "constraint",
        };
        const string Before = "constraint failed: ";
        var at = fault.Message.IndexOf(Before, StringComparison.Ordinal);
        return at < 0 ? kind : $"{kind}: {fault.Message[(at + Before.Length)..].TrimEnd('\'', '.')}";
    }
}
