namespace Sync.Server.Sqlite;

/// <summary>
/// The elements of a list column, in a table of ours beside the app's table: <c>workspaces.member_ids</c> has one row per member. Triggers keep it, so that it is
/// right for what the app's own SQL writes too. Long texts stand cut, so a row says "may hold this value".
/// </summary>
internal sealed class ListIndex
{
    private const int MaxCharacters = 100;

    private readonly string _table;
    private readonly string _id;
    private readonly string _column;
    private readonly string _name;
    private readonly string _index;

    public ListIndex(string table, string idColumn, string column)
    {
        (_table, _id, _column) = (Sql.Name(table), Sql.Name(idColumn), Sql.Name(column));
        _index = $"sync_list_{table}_{column}";
        _name = Sql.Name(_index);
    }

    /// <summary>Takes away what was made for columns that are no longer indexed: a trigger on a column keeps the app from dropping it.</summary>
    public static void DropOthers(SqliteSession session, IReadOnlyCollection<ListIndex> kept)
    {
        var names = new List<(string Kind, string Name)>();
        var found = session.Prepare("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'trigger') AND name GLOB 'sync_list_*' ORDER BY type DESC");
        while (found.Step()) names.Add((found.Text(0), found.Text(1)));
        var wanted = kept.SelectMany(i => i.Triggers().Select(t => t.Name).Append(i._index)).ToHashSet(StringComparer.Ordinal);
        foreach (var (kind, name) in names.Where(n => !wanted.Contains(n.Name))) session.Execute($"DROP {kind} IF EXISTS {Sql.Name(name)}");
    }

    /// <summary>Makes the table and its triggers where they are not as they should be, and fills it. Within the caller's transaction.</summary>
    public void Create(SqliteSession session)
    {
        var triggers = Triggers();
        if (triggers.All(t => IsThere(session, t))) return;
        session.Execute($"""
            DROP TABLE IF EXISTS {_name};
            CREATE TABLE {_name} (value NOT NULL, id NOT NULL, PRIMARY KEY (value, id)) WITHOUT ROWID;
            CREATE INDEX {Sql.Name(_index + "_id")} ON {_name} (id);
            INSERT OR IGNORE INTO {_name} (value, id) SELECT {Value}, r.{_id} FROM {_table} AS r, json_each({ListOf("r")}) AS e WHERE {IsScalar};
            """);
        foreach (var (name, sql) in triggers) session.Execute($"DROP TRIGGER IF EXISTS {Sql.Name(name)}; {sql}");
    }

    /// <summary>Rows whose list holds one of the values; null where a value is none that is indexed.</summary>
    public Narrowing? Narrow(QueryCondition condition, string idColumn, int parameter)
    {
        IReadOnlyList<CanonicalJson>? values = condition switch
        {
            QueryCondition.Contains c => [c.Value],
            QueryCondition.EqualTo c => [c.Value],
            QueryCondition.AnyOf c => c.Values,
            _ => null,
        };
        if (values is null || values.Any(v => v.Kind is not (JsonKind.True or JsonKind.False or JsonKind.Number or JsonKind.String))) return null;
        var list = CanonicalJson.List(values);
        return new Narrowing($"{idColumn} IN (SELECT id FROM {_name} WHERE value IN (SELECT {Value} FROM json_each(?{parameter}) AS e))", rows => rows.BindText(parameter, list));
    }

    // Text keeps a mark before it, so that the text '1' and the number 1 stay apart.
    private static string Value => $"CASE e.type WHEN 'text' THEN '=' || substr(e.value, 1, {MaxCharacters}) ELSE e.value END";
    private static string IsScalar => "e.type IN ('text', 'integer', 'real', 'true', 'false')";
    private string ListOf(string row) => $"CASE WHEN json_valid({row}.{_column}) THEN {row}.{_column} ELSE '[]' END";

    private (string Name, string Sql)[] Triggers()
    {
        var fill = $"INSERT OR IGNORE INTO {_name} (value, id) SELECT {Value}, NEW.{_id} FROM json_each({ListOf("NEW")}) AS e WHERE {IsScalar};";
        var empty = $"DELETE FROM {_name} WHERE id = OLD.{_id};";
        return
        [
            Trigger("insert", $"AFTER INSERT ON {_table}", fill),
            Trigger("update", $"AFTER UPDATE OF {_id}, {_column} ON {_table}", $"{empty} {fill}"),
            Trigger("delete", $"AFTER DELETE ON {_table}", empty),
        ];
    }

    private (string Name, string Sql) Trigger(string kind, string when, string body)
    {
        var name = $"{_index}_{kind}";
        return (name, $"CREATE TRIGGER {Sql.Name(name)} {when} BEGIN {body} END");
    }

    private static bool IsThere(SqliteSession session, (string Name, string Sql) trigger)
    {
        var find = session.Prepare("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?1").BindText(1, trigger.Name);
        var isThere = find.Step() && find.Text(0) == trigger.Sql;
        find.Reset();
        return isThere;
    }
}
