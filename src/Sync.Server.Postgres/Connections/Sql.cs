namespace Sync.Server.Postgres;

/// <summary>The one place where names become SQL.</summary>
internal static class Sql
{
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Name(string schema, string name) => $"{Name(schema)}.{Name(name)}";

    /// <summary>As the database writes a name by itself: quoted only where it must be.</summary>
    public static string Plain(string name) => name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') && !char.IsDigit(name[0]) ? name : Name(name);

    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
