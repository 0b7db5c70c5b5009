namespace Sync.Server.Postgres;

/// <summary>Which field goes into which type of column.</summary>
internal static class ColumnCodecs
{
    private const int HeaderBytes = 4;

    /// <summary>The codec of a field in a column, or null where the two cannot carry each other.</summary>
    public static ColumnCodec? For(FieldKind kind, CatalogueColumn column) => (kind, column.BaseName) switch
    {
        (FieldKind.List or FieldKind.Object or FieldKind.Any, "jsonb") => new JsonCodec(kind, isBinary: true),
        (FieldKind.List or FieldKind.Object or FieldKind.Any, "json") => new JsonCodec(kind, isBinary: false),
        (FieldKind.List, _) when column.ElementName is not null => ElementOf(column) is { } element ? new ArrayCodec(element) : null,
        _ => Scalar(kind, column.BaseName, column.TypeKind, column.SqlType, column),
    };

    /// <summary>The codec of ids, which are strings; null where the type makes none.</summary>
    public static ColumnCodec? ForId(CatalogueColumn column) => For(FieldKind.String, column) switch
    {
        TextCodec { IsBlind: true } => null,
        TextCodec or UuidCodec or IntegerTextCodec => For(FieldKind.String, column),
        _ => null,
    };

    /// <summary>What to declare a column as.</summary>
    public static string DeclarationOf(FieldKind kind) => kind switch
    {
        FieldKind.Number => "numeric",
        FieldKind.Boolean => "boolean",
        FieldKind.Instant => "timestamptz",
        FieldKind.Date => "date",
        FieldKind.List or FieldKind.Object or FieldKind.Any => "jsonb",
        _ => "text",
    };

    private static ColumnCodec? Scalar(FieldKind kind, string name, string typeKind, string sqlType, CatalogueColumn column) => (kind, name) switch
    {
        (FieldKind.String, _) when typeKind == "e" => new EnumCodec(sqlType, column.Labels ?? []),
        (FieldKind.String, "text") => Text(column, sqlType, null, isPadded: false),
        (FieldKind.String, "citext") => new TextCodec(sqlType, null, isPadded: false, isBlind: true, isByCodePoint: false),
        (FieldKind.String, "varchar") => Text(column, sqlType, LengthOf(column), isPadded: false),
        (FieldKind.String, "bpchar") => Text(column, sqlType, LengthOf(column), isPadded: true),
        (FieldKind.String, "uuid") => UuidCodec.Instance,
        (FieldKind.String, "int2") => new IntegerTextCodec(sqlType, short.MinValue, short.MaxValue),
        (FieldKind.String, "int4") => new IntegerTextCodec(sqlType, int.MinValue, int.MaxValue),
        (FieldKind.String, "int8") => new IntegerTextCodec(sqlType, long.MinValue, long.MaxValue),
        (FieldKind.String, "bytea") => BytesCodec.Instance,
        (FieldKind.String, "time") => new TimeOfDayCodec(FractionDigitsOf(column)),
        (FieldKind.String or FieldKind.Date, "date") => DateCodec.Instance,
        (FieldKind.Instant, "timestamptz") => new InstantCodec(hasZone: true, FractionDigitsOf(column)),
        (FieldKind.Instant, "timestamp") => new InstantCodec(hasZone: false, FractionDigitsOf(column)),
        (FieldKind.Number, "int2") => new IntegerCodec(sqlType, short.MinValue, short.MaxValue),
        (FieldKind.Number, "int4") => new IntegerCodec(sqlType, int.MinValue, int.MaxValue),
        (FieldKind.Number, "int8") => new IntegerCodec(sqlType, long.MinValue, long.MaxValue),
        (FieldKind.Number, "numeric") => Numeric(column),
        (FieldKind.Number, "float4") => new FloatCodec(isSingle: true),
        (FieldKind.Number, "float8") => new FloatCodec(isSingle: false),
        (FieldKind.Boolean, "bool") => BooleanCodec.Instance,
        _ => null,
    };

    /// <summary>Elements go by their own type: the type tells which kind they are.</summary>
    private static ColumnCodec? ElementOf(CatalogueColumn column)
    {
        if (column.ElementKind == "d") return null;
        FieldKind? kind = column.ElementName switch
        {
            "int2" or "int4" or "int8" or "numeric" or "float4" or "float8" => FieldKind.Number,
            "bool" => FieldKind.Boolean,
            "timestamptz" or "timestamp" => FieldKind.Instant,
            "date" => FieldKind.Date,
            "text" or "varchar" or "bpchar" or "citext" or "uuid" or "time" => FieldKind.String,
            _ => column.ElementKind == "e" ? FieldKind.String : null,
        };
        return kind is { } known ? Scalar(known, column.ElementName!, column.ElementKind!, column.ElementSqlType!, column) : null;
    }

    private static TextCodec Text(CatalogueColumn column, string sqlType, int? maxLength, bool isPadded) =>
        new(sqlType, maxLength, isPadded, isBlind: !column.IsDeterministic, column.IsByCodePoint);

    private static int? LengthOf(CatalogueColumn column) => column.Modifier < 0 ? null : column.Modifier - HeaderBytes;

    private static int FractionDigitsOf(CatalogueColumn column) => column.Modifier < 0 ? 6 : column.Modifier;

    private static NumericCodec Numeric(CatalogueColumn column)
    {
        if (column.Modifier < 0) return new NumericCodec(null, 0);
        var modifier = column.Modifier - HeaderBytes;
        return new NumericCodec((modifier >> 16) & 0xFFFF, ((modifier & 0x7FF) ^ 1024) - 1024);
    }
}
