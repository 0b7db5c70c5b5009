using Dapper;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>The app's own tables as the database describes them.</summary>
internal static class Catalogue
{
    /// <summary>What could be meant by a table's name: relations of the search path and of the schemas named. Partitions are part of their table.</summary>
    private const string Relations = """
        SELECT c.oid AS "Oid", n.nspname AS "Schema", c.relname AS "Name", c.relkind::text AS "Kind",
            c.relpersistence = 'u' AS "IsUnlogged",
            row_security_active(c.oid) AS "HasRowSecurity",
            EXISTS (SELECT FROM pg_inherits AS h JOIN pg_class AS k ON k.oid = h.inhrelid WHERE h.inhparent = c.oid AND NOT k.relispartition) AS "HasHeirs",
            EXISTS (SELECT FROM pg_rewrite AS w WHERE w.ev_class = c.oid AND w.rulename <> '_RETURN') AS "HasRules",
            EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgconstraint = 0 AND g.tgenabled <> 'D' AND g.tgname NOT LIKE 'zz\_sync\_%') AS "HasTriggers",
            coalesce(array_position(current_schemas(false), n.nspname), 0) AS "PathPlace",
            ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p WHERE NOT has_table_privilege(c.oid, p)) AS "LackingPrivileges",
            ARRAY(SELECT s.oid::regclass::text FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid
                WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.deptype = 'a'
                    AND CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') ELSE false END) AS "ClosedSequences"
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname <> 'sync'
            AND (n.nspname = ANY (current_schemas(false)) OR n.nspname = ANY (@schemas))
        ORDER BY n.nspname, c.relname
        """;

    /// <summary>A domain is looked through to the type below it, whose modifier is the domain's.</summary>
    private const string Columns = """
        SELECT a.attrelid AS "Table", a.attnum AS "Number", a.attname AS "Name",
            format_type(a.atttypid, a.atttypmod) AS "Declared",
            CASE WHEN bn.nspname = 'pg_catalog' OR b.typname = 'citext' THEN b.typname ELSE '' END AS "BaseName",
            b.typtype::text AS "TypeKind", format_type(b.oid, -1) AS "SqlType", d.modifier AS "Modifier",
            CASE WHEN b.typcategory <> 'A' THEN NULL WHEN en.nspname = 'pg_catalog' OR e.typname = 'citext' THEN e.typname ELSE '' END AS "ElementName",
            e.typtype::text AS "ElementKind", CASE WHEN e.oid IS NOT NULL THEN format_type(e.oid, -1) END AS "ElementSqlType",
            (SELECT array_agg(l.enumlabel::text ORDER BY l.enumsortorder) FROM pg_enum AS l WHERE l.enumtypid IN (b.oid, e.oid)) AS "Labels",
            a.attnotnull OR d.is_not_null AS "NotNull",
            CASE WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(f.adbin, f.adrelid) COLLATE "C", d.default_value) END AS "Default",
            a.attgenerated <> '' AS "IsGenerated", a.attidentity = 'a' AS "IsAlwaysIdentity", a.attidentity <> '' AS "IsIdentity",
            coalesce(co.collisdeterministic, true) AS "IsDeterministic",
            coalesce(co.collname IN ('C', 'POSIX') OR (co.oid = 100 AND db.datcollate IN ('C', 'POSIX') AND coalesce(to_jsonb(db) ->> 'datlocprovider', 'c') <> 'i'), false) AS "IsByCodePoint",
            a.attcollation AS "Collation"
        FROM pg_attribute AS a
        CROSS JOIN LATERAL (
            WITH RECURSIVE below (oid, modifier, is_not_null, default_value, depth) AS (
                SELECT a.atttypid, a.atttypmod, false, NULL::text COLLATE "C", 0
                UNION ALL
                SELECT t.typbasetype, t.typtypmod, below.is_not_null OR t.typnotnull, coalesce(below.default_value, pg_get_expr(t.typdefaultbin, 0) COLLATE "C"), depth + 1
                FROM below JOIN pg_type AS t ON t.oid = below.oid WHERE t.typtype = 'd'
            )
            SELECT * FROM below ORDER BY depth DESC LIMIT 1
        ) AS d
        JOIN pg_type AS b ON b.oid = d.oid
        JOIN pg_namespace AS bn ON bn.oid = b.typnamespace
        LEFT JOIN pg_type AS e ON e.oid = b.typelem AND b.typcategory = 'A'
        LEFT JOIN pg_namespace AS en ON en.oid = e.typnamespace
        LEFT JOIN pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
        LEFT JOIN pg_collation AS co ON co.oid = a.attcollation
        JOIN pg_database AS db ON db.datname = current_database()
        WHERE a.attrelid = ANY (@tables) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attrelid, a.attnum
        """;

    private const string Indexes = """
        SELECT i.indrelid AS "Table", m.amname AS "Method", string_to_array(i.indkey::text, ' ')::int2[] AS "Numbers", i.indnkeyatts AS "KeyLength",
            i.indisunique OR i.indisexclusion AS "IsUnique",
            i.indisprimary AS "IsPrimary", i.indimmediate AS "IsImmediate", pg_get_expr(i.indpred, i.indrelid) AS "Predicate",
            ARRAY(SELECT o.opcname::text FROM unnest(string_to_array(i.indclass::text, ' ')::oid[]) WITH ORDINALITY AS k (oid, place) JOIN pg_opclass AS o ON o.oid = k.oid ORDER BY k.place) AS "Classes",
            (string_to_array(i.indcollation::text, ' ')::oid[])[1] AS "FirstCollation"
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS m ON m.oid = c.relam
        WHERE i.indrelid = ANY (@tables) AND i.indisvalid AND i.indisready
        """;

    private const string ForeignKeys = """
        SELECT k.conname AS "Name", k.conrelid AS "Child", k.confrelid AS "Parent",
            cn.nspname AS "ChildSchema", cc.relname AS "ChildName", pn.nspname AS "ParentSchema", pc.relname AS "ParentName",
            k.conkey AS "From", k.confkey AS "To", k.confdeltype::text AS "OnDelete", k.condeferrable AS "IsDeferrable",
            (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY f.place) FROM unnest(k.conkey) WITH ORDINALITY AS f (number, place)
                JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = f.number) AS "FromNames"
        FROM pg_constraint AS k
        JOIN pg_class AS cc ON cc.oid = k.conrelid JOIN pg_namespace AS cn ON cn.oid = cc.relnamespace
        JOIN pg_class AS pc ON pc.oid = k.confrelid JOIN pg_namespace AS pn ON pn.oid = pc.relnamespace
        WHERE k.contype = 'f' AND k.conparentid = 0
        ORDER BY cn.nspname, cc.relname, k.conname
        """;

    public static async Task<IReadOnlyList<CatalogueRelation>> FindRelationsAsync(NpgsqlConnection connection, IEnumerable<string> schemas, CancellationToken cancellationToken) =>
        [.. await connection.QueryAsync<CatalogueRelation>(new CommandDefinition(Relations, new { schemas = schemas.ToArray() }, cancellationToken: cancellationToken)).ConfigureAwait(false)];

    public static async Task<IReadOnlyList<CatalogueTable>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<CatalogueRelation> relations, CancellationToken cancellationToken)
    {
        var tables = new { tables = relations.Select(r => (long)r.Oid).ToArray() };
        var columns = (await connection.QueryAsync<CatalogueColumn>(new CommandDefinition(Columns, tables, cancellationToken: cancellationToken)).ConfigureAwait(false)).ToLookup(c => c.Table);
        var indexes = (await connection.QueryAsync<CatalogueIndex>(new CommandDefinition(Indexes, tables, cancellationToken: cancellationToken)).ConfigureAwait(false)).ToLookup(i => i.Table);
        return [.. relations.Select(r => new CatalogueTable(r, [.. columns[r.Oid]], [.. indexes[r.Oid]]))];
    }

    /// <summary>Those of all tables: an action may reach a registered table through one that is not.</summary>
    public static async Task<IReadOnlyList<CatalogueForeignKey>> ReadForeignKeysAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        [.. await connection.QueryAsync<CatalogueForeignKey>(new CommandDefinition(ForeignKeys, cancellationToken: cancellationToken)).ConfigureAwait(false)];
}

internal sealed record CatalogueRelation
{
    public required uint Oid { get; init; }
    public required string Schema { get; init; }
    public required string Name { get; init; }
    public required string Kind { get; init; }
    public required bool IsUnlogged { get; init; }
    public required bool HasRowSecurity { get; init; }
    public required bool HasHeirs { get; init; }
    public required bool HasRules { get; init; }
    public required bool HasTriggers { get; init; }

    /// <summary>Its schema's place on the search path, from 1; 0 where it is not on it.</summary>
    public required int PathPlace { get; init; }
    public required string[] LackingPrivileges { get; init; }

    /// <summary>Those of its <c>serial</c> columns that our role may not draw from.</summary>
    public required string[] ClosedSequences { get; init; }

    public string SqlName => Sql.Name(Schema, Name);
    public bool IsTable => Kind is "r" or "p";
}

internal sealed record CatalogueTable(CatalogueRelation Relation, IReadOnlyList<CatalogueColumn> Columns, IReadOnlyList<CatalogueIndex> Indexes)
{
    public string SqlName => Relation.SqlName;

    public IReadOnlyList<CatalogueColumn> PrimaryKey { get; } =
        Indexes.FirstOrDefault(i => i.IsPrimary) is { } key ? [.. key.Numbers.Take(key.KeyLength).Select(n => Columns.First(c => c.Number == n))] : [];

    /// <summary>By itself, at once and in every row.</summary>
    public bool IsUnique(CatalogueColumn column) =>
        Indexes.Any(i => i is { Method: "btree", IsUnique: true, IsImmediate: true, Predicate: null, KeyLength: 1 } && i.Numbers[0] == column.Number);

    public bool HasOtherUniqueValues(IReadOnlyList<CatalogueColumn> id) =>
        Indexes.Any(i => i.IsUnique && !i.Numbers.Take(i.KeyLength).SequenceEqual(id.Select(c => c.Number)));
}

internal sealed record CatalogueColumn
{
    public required uint Table { get; init; }
    public required short Number { get; init; }
    public required string Name { get; init; }
    public required string Declared { get; init; }

    /// <summary>The type's own name, a domain's base; empty for types that are neither built in nor known here.</summary>
    public required string BaseName { get; init; }

    /// <summary>As in <c>pg_type.typtype</c>: <c>b</c> base, <c>e</c> enum, …</summary>
    public required string TypeKind { get; init; }

    /// <summary>What text is cast to, without a length.</summary>
    public required string SqlType { get; init; }
    public required int Modifier { get; init; }
    public string? ElementName { get; init; }
    public string? ElementKind { get; init; }
    public string? ElementSqlType { get; init; }
    public string[]? Labels { get; init; }
    public required bool NotNull { get; init; }
    public string? Default { get; init; }
    public required bool IsGenerated { get; init; }
    public required bool IsAlwaysIdentity { get; init; }
    public required bool IsIdentity { get; init; }
    public required bool IsDeterministic { get; init; }
    public required bool IsByCodePoint { get; init; }

    /// <summary>Its object id; 0 where the type has none.</summary>
    public required uint Collation { get; init; }

    /// <summary>Only the database gives it a value.</summary>
    public bool IsReadOnly => IsGenerated || IsAlwaysIdentity;
}

internal sealed record CatalogueIndex
{
    public required uint Table { get; init; }
    public required string Method { get; init; }

    /// <summary>Its columns' numbers; 0 for an expression.</summary>
    public required short[] Numbers { get; init; }
    public required short KeyLength { get; init; }
    public required bool IsUnique { get; init; }
    public required bool IsPrimary { get; init; }
    public required bool IsImmediate { get; init; }
    public string? Predicate { get; init; }
    public required string[] Classes { get; init; }
    public required uint FirstCollation { get; init; }

    /// <summary>Whether equality with a value that is not null goes by this index.</summary>
    public bool ServesEquality(CatalogueColumn column) =>
        Method == "btree" && Numbers[0] == column.Number && (FirstCollation == 0 || FirstCollation == column.Collation) && (Predicate is null || Predicate == $"({Sql.Plain(column.Name)} IS NOT NULL)");

    /// <summary>Whether the elements of a list go by this index.</summary>
    public bool ServesElements(CatalogueColumn column) =>
        Method == "gin" && Predicate is null && Numbers.IndexOf(column.Number) is var place and >= 0 && Classes[place] is "array_ops" or "jsonb_ops" or "jsonb_path_ops";
}

internal sealed record CatalogueForeignKey
{
    public required string Name { get; init; }
    public required uint Child { get; init; }
    public required uint Parent { get; init; }
    public required string ChildSchema { get; init; }
    public required string ChildName { get; init; }
    public required string ParentSchema { get; init; }
    public required string ParentName { get; init; }
    public required short[] From { get; init; }
    public required short[] To { get; init; }
    public required string OnDelete { get; init; }
    public required bool IsDeferrable { get; init; }
    public required string FromNames { get; init; }

    public string SqlChild => Sql.Name(ChildSchema, ChildName);
    public string SqlParent => Sql.Name(ParentSchema, ParentName);
    public bool Acts => OnDelete is "c" or "n" or "d";

    public string Action => OnDelete switch
    {
        "c" => "CASCADE",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        "r" => "RESTRICT",
        _ => "NO ACTION",
    };
}
