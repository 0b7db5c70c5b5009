namespace Sync.Server.Sqlite;

/// <summary>Conditions as SQL over the app's columns, as far as SQL can be sure to leave out nothing. SQLite chooses the index.</summary>
internal static class RowNarrowing
{
    private const int MaxParameters = Query.MaxValues;

    public static IReadOnlyList<Narrowing> Of(RelationalShape shape, IReadOnlyList<QueryCondition> conditions)
    {
        var narrowings = new List<Narrowing>();
        var parameter = 1;
        foreach (var condition in conditions)
        {
            if (Of(shape, condition, ref parameter) is { } narrowing) narrowings.Add(narrowing);
        }

        return narrowings;
    }

    private static Narrowing? Of(RelationalShape shape, QueryCondition condition, ref int parameter)
    {
        var values = condition switch
        {
            QueryCondition.EqualTo c => [c.Value],
            QueryCondition.AnyOf { Values.Length: <= MaxParameters } c => c.Values,
            _ => (IReadOnlyList<CanonicalJson>?)null,
        };
        if (condition.Path.IsId) return values is null ? null : Equal(Sql.Name(shape.Id.Name), shape.IdCodec, values, ref parameter);
        if (condition.Path.Segments.Length != 1 || shape.Columns.FirstOrDefault(c => c.JsonName == condition.Path.Root) is not { } column) return null;
        if (shape.ListIndexOf(column) is { } list) return list.Narrow(condition, Sql.Name(shape.Id.Name), parameter) is { } found ? Counted(found, ref parameter) : null;
        return values is not null && column.Codec.ComparesInSql ? Equal(column.SqlName, column.Codec, values, ref parameter) : null;
    }

    private static Narrowing Equal(string column, ColumnCodec codec, IReadOnlyList<CanonicalJson> values, ref int parameter)
    {
        var first = parameter;
        var normal = new List<CanonicalJson>();
        foreach (var value in values)
        {
            if (!value.IsMissingOrNull && codec.TryNormalize(value, out var held)) normal.Add(held);
        }

        var orNull = values.Any(v => v.IsMissingOrNull);
        if (codec is TextCodec && normal.Count > 1)
        {
            parameter++;
            var list = CanonicalJson.List(normal);
            return new Narrowing(OrNull($"{column} IN (SELECT value FROM json_each(?{first}))", column, orNull), rows => rows.BindText(first, list));
        }

        parameter += normal.Count;
        var sql = normal.Count == 1 ? $"{column} = ?{first}" : $"{column} IN ({Sql.Parameters(first, normal.Count)})";
        return new Narrowing(OrNull(sql, column, orNull), rows =>
        {
            for (var i = 0; i < normal.Count; i++) codec.Bind(rows, first + i, normal[i]);
        });
    }

    private static string OrNull(string sql, string column, bool orNull) => orNull ? $"({sql} OR {column} IS NULL)" : sql;

    private static Narrowing Counted(Narrowing narrowing, ref int parameter)
    {
        parameter++;
        return narrowing;
    }
}
