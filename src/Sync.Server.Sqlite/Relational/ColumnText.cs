using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>A column as text, whatever it is stored as.</summary>
internal static class ColumnText
{
    public static ReadOnlySpan<byte> Of(Statement row, int column) => row.ColumnType(column) switch
    {
        raw.SQLITE_INTEGER => Encoding.UTF8.GetBytes(row.Int64(column).ToString(CultureInfo.InvariantCulture)),
        raw.SQLITE_FLOAT => Encoding.UTF8.GetBytes(row.Double(column).ToString("R", CultureInfo.InvariantCulture)),
        _ => row.Bytes(column),
    };
}
