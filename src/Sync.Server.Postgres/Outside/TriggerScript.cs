namespace Sync.Server.Postgres;

/// <summary>
/// The SQL of the triggers that let an app's own SQL take part: a row's version goes up with each change, and each transaction leaves one log entry, numbered when it commits. A server's own
/// commits mark themselves and pass the triggers by.
/// </summary>
internal static class TriggerScript
{
    /// <summary>Ours are known by it. It makes the version trigger the last of those before a row is written, so that it sees what the app's own have made of the row.</summary>
    public const string Prefix = "zz_sync_";

    private const string NotOwn = "WHEN (current_setting('sync.own', true) IS DISTINCT FROM 'on')";

    public static string Install(RelationalTable table)
    {
        var (version, capture) = (Function(table, "version"), Function(table, "capture"));
        return $"""
            {Remove(table)}
            CREATE FUNCTION {version}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $sync$
            BEGIN
                IF TG_OP = 'UPDATE' AND {table.IdText("OLD")} = {table.IdText("NEW")} THEN
                    NEW.{table.VersionColumn} := OLD.{table.VersionColumn};
                    IF NEW *<> OLD THEN NEW.{table.VersionColumn} := greatest(OLD.{table.VersionColumn}, 1) + 1; END IF;
                ELSE
                    NEW.{table.VersionColumn} := coalesce((SELECT b.version FROM sync.tombstones AS b WHERE b.record_table = {Sql.Text(table.Name)} AND b.id = {table.IdText("NEW")}), 0) + 1;
                END IF;
                RETURN NEW;
            END $sync$;
            CREATE FUNCTION {capture}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $sync$
            BEGIN
                IF TG_OP = 'INSERT' THEN PERFORM sync.capture({Sql.Text(table.Name)}, TG_OP, NULL, NULL, NULL, {table.IdText("NEW")}, {Side(table, "NEW")});
                ELSIF TG_OP = 'DELETE' THEN PERFORM sync.capture({Sql.Text(table.Name)}, TG_OP, {table.IdText("OLD")}, {Side(table, "OLD")}, {table.HiddenOf("OLD") ?? "NULL"}, NULL, NULL);
                ELSIF NEW *<> OLD THEN PERFORM sync.capture({Sql.Text(table.Name)}, TG_OP, {table.IdText("OLD")}, {Side(table, "OLD")}, {table.HiddenOf("OLD") ?? "NULL"}, {table.IdText("NEW")}, {Side(table, "NEW")});
                END IF;
                RETURN NULL;
            END $sync$;
            CREATE TRIGGER {Prefix}version BEFORE INSERT OR UPDATE ON {table.SqlName} FOR EACH ROW {NotOwn} EXECUTE FUNCTION {version}();
            CREATE TRIGGER {Prefix}capture AFTER INSERT OR UPDATE OR DELETE ON {table.SqlName} FOR EACH ROW {NotOwn} EXECUTE FUNCTION {capture}();
            CREATE CONSTRAINT TRIGGER {Prefix}number AFTER INSERT OR UPDATE OR DELETE ON {table.SqlName} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {NotOwn} EXECUTE FUNCTION sync.number_outside();
            CREATE TRIGGER {Prefix}truncate BEFORE TRUNCATE ON {table.SqlName} EXECUTE FUNCTION sync.refuse_truncate();
            """;
    }

    public static string Remove(RelationalTable table) => $"""
        DROP TRIGGER IF EXISTS {Prefix}version ON {table.SqlName};
        DROP TRIGGER IF EXISTS {Prefix}capture ON {table.SqlName};
        DROP TRIGGER IF EXISTS {Prefix}number ON {table.SqlName};
        DROP TRIGGER IF EXISTS {Prefix}truncate ON {table.SqlName};
        DROP FUNCTION IF EXISTS {Function(table, "version")}();
        DROP FUNCTION IF EXISTS {Function(table, "capture")}();
        """;

    private static string Function(RelationalTable table, string what) => Sql.Name(DocumentTable.Schema, DocumentTable.TableNameOf(what, table.Name));

    /// <summary>Columns that the record type does not have are left out: they never reach the log.</summary>
    private static string Side(RelationalTable table, string alias)
    {
        // Of arrays, because a function takes a hundred arguments only.
        var (names, texts) = (table.Texts.Select(text => Sql.Text(text.JsonName)), table.Texts.Select(text => text.Text(alias)));
        return $"jsonb_build_object('version', greatest({alias}.{table.VersionColumn}, 1), 'row', jsonb_object(ARRAY[{string.Join(", ", names)}]::text[], ARRAY[{string.Join(", ", texts)}]::text[]))";
    }
}
