namespace Sync.Server.Sqlite;

/// <summary>Carries one JSON kind through one kind of column. What <see cref="TryNormalize"/> gives, <see cref="Read"/> gives back byte for byte.</summary>
internal abstract class ColumnCodec
{
    /// <summary>The value as the column gives it back; false where it cannot hold it.</summary>
    public abstract bool TryNormalize(CanonicalJson value, out CanonicalJson normal);

    /// <summary>Binds a value in normal form that is neither null nor missing.</summary>
    public abstract void Bind(Statement statement, int parameter, CanonicalJson value);

    /// <summary>Reads a column that is not null. Takes in what the app's own SQL may have written too.</summary>
    public abstract CanonicalJson Read(Statement row, int column);

    /// <summary>True where SQL's <c>=</c> finds at least all rows whose value is the same.</summary>
    public virtual bool ComparesInSql => false;

    /// <summary>The codec of a field in a column, or null where the two cannot carry each other.</summary>
    public static ColumnCodec? For(FieldKind kind, Affinity affinity) => (kind, affinity) switch
    {
        (FieldKind.String, Affinity.Text or Affinity.Blob) => TextCodec.Instance,
        (FieldKind.String, Affinity.Integer) => IntegerTextCodec.Instance,
        (FieldKind.Number, Affinity.Integer) => IntegerCodec.Instance,
        (FieldKind.Number, Affinity.Real) => RealCodec.Instance,
        (FieldKind.Number, Affinity.Numeric or Affinity.Blob) => NumericCodec.Instance,
        (FieldKind.Number, Affinity.Text) => NumberTextCodec.Instance,
        (FieldKind.Boolean, Affinity.Integer or Affinity.Numeric or Affinity.Blob) => BooleanCodec.Instance,
        (FieldKind.Instant, Affinity.Text or Affinity.Numeric or Affinity.Blob) => InstantCodec.Instance,
        (FieldKind.Date, Affinity.Text or Affinity.Numeric or Affinity.Blob) => DateCodec.Instance,
        (FieldKind.List or FieldKind.Object, Affinity.Text or Affinity.Numeric or Affinity.Blob) => new JsonCodec(kind),
        (FieldKind.Any, Affinity.Text or Affinity.Blob) => new JsonCodec(kind),
        _ => null,
    };

    /// <summary>What to declare a column as, for the message of the pair that does not fit.</summary>
    public static string DeclarationOf(FieldKind kind) => kind switch
    {
        FieldKind.Number => "NUMERIC",
        FieldKind.Boolean => "INTEGER",
        _ => "TEXT",
    };
}
