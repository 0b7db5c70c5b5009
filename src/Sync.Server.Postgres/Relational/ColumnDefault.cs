using System.Text.RegularExpressions;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>What a column that may not be empty gets where a record lacks its field.</summary>
internal abstract partial record ColumnDefault
{
    private ColumnDefault() { }

    public virtual CanonicalJson ValueAt(DateTimeOffset now) => default;

    /// <summary>Nothing: the database refuses the record.</summary>
    public sealed record None : ColumnDefault
    {
        public static None Instance { get; } = new();
    }

    /// <summary>What only the database can tell, a sequence or a random value: the column is left out of the insert.</summary>
    public sealed record ByDatabase : ColumnDefault
    {
        public static ByDatabase Instance { get; } = new();
    }

    public sealed record Literal(CanonicalJson Value) : ColumnDefault
    {
        public override CanonicalJson ValueAt(DateTimeOffset now) => Value;
    }

    public sealed record Now(ColumnCodec Codec) : ColumnDefault
    {
        public override CanonicalJson ValueAt(DateTimeOffset now) => Codec.TryNormalize(CanonicalJson.From(now), out var value) ? value : default;
    }

    public sealed record Today : ColumnDefault
    {
        public override CanonicalJson ValueAt(DateTimeOffset now) =>
            CanonicalJson.From(now.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    public static async Task<ColumnDefault> OfAsync(NpgsqlConnection connection, CatalogueColumn column, ColumnCodec codec, CancellationToken cancellationToken)
    {
        if (column.IsIdentity) return ByDatabase.Instance;
        if (!column.NotNull || column.Default is not { } expression) return None.Instance;
        if (codec is DateCodec && Current().IsMatch(expression)) return new Today();
        if (codec is InstantCodec && Current().IsMatch(expression)) return new Now(codec);
        if (!LiteralText().IsMatch(expression)) return ByDatabase.Instance;

        var value = await connection.ScalarAsync($"SELECT {codec.Read("d.c")} FROM (SELECT ({expression})::{column.Declared}) AS d (c)", cancellationToken).ConfigureAwait(false);
        if (value is not string text) return None.Instance;
        return codec.TryNormalize(codec.FromText(System.Text.Encoding.UTF8.GetBytes(text)), out var normal) ? new Literal(normal) : ByDatabase.Instance;
    }

    /// <summary>As <c>pg_get_expr</c> writes constants: <c>0</c>, <c>'in'::text</c>, <c>'{}'::text[]</c>, <c>ARRAY[]::text[]</c>, <c>'-1'::integer</c>, <c>true</c>.</summary>
    [GeneratedRegex("""^\(*(?:[+-]?\d+(?:\.\d+)?|'(?:[^'\\]|'')*'|true|false|ARRAY\[\])\)*(?:::[\w\s".()\[\],]+)?$""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LiteralText();

    /// <summary>Also behind <c>AT TIME ZONE 'utc'</c>, which a column without a zone needs.</summary>
    [GeneratedRegex("""^\(*(?:now\(\)|CURRENT_TIMESTAMP(?:\(\d\))?|CURRENT_DATE|transaction_timestamp\(\)|statement_timestamp\(\)|clock_timestamp\(\)|timezone\('utc'::text, now\(\)\)|(?:now\(\)|CURRENT_TIMESTAMP) AT TIME ZONE 'utc'::text)\)*(?:::[\w\s".()]+)?$""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Current();
}
