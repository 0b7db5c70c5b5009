using System.Buffers;

namespace Sync.Server.Postgres;

/// <summary>
/// Carries one JSON kind through one type of column, as text both ways: what <see cref="TryNormalize"/> gives, <see cref="ToText"/> and a cast to <see cref="SqlType"/> put into the
/// column, and <see cref="Read"/> and <see cref="FromText"/> give back byte for byte.
/// </summary>
internal abstract class ColumnCodec(string sqlType)
{
    /// <summary>What text is cast to.</summary>
    public string SqlType { get; } = sqlType;

    /// <summary>An expression of type text over a column. The same whatever the session is set to.</summary>
    public virtual string Read(string column) => $"{column}::text";

    /// <summary>The value of what <see cref="Read"/> gave. Takes in what the app's own SQL may have written too.</summary>
    public abstract CanonicalJson FromText(ReadOnlyMemory<byte> utf8);

    /// <summary>Appends <see cref="FromText"/> to a record that is being put together. Of most types it is the text itself.</summary>
    public virtual void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> json) => json.Write(FromText(utf8.ToArray()).Utf8.Span);

    /// <summary>True where the database writes the value into JSON as a record has it, but for white space.</summary>
    public virtual bool IsItselfInJson => false;

    /// <summary>The value as the column gives it back; false where it cannot hold it.</summary>
    public abstract bool TryNormalize(CanonicalJson value, out CanonicalJson normal);

    /// <summary>A value in normal form that is neither null nor missing, as text that casts to <see cref="SqlType"/>.</summary>
    public abstract string ToText(CanonicalJson value);

    /// <summary>What rows are ordered by, as values are; null where SQL cannot say it.</summary>
    public abstract string? Order(string column);

    /// <summary>Holds where the column is one of these values, none of which is null.</summary>
    public abstract SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql);

    /// <summary>Holds where the column stands so to a value that is not null: <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</summary>
    public abstract SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql);

    /// <summary>Holds where the column is a list with this element.</summary>
    public virtual SqlCondition Contains(string column, CanonicalJson element, SqlDraft sql) => SqlCondition.False;

    /// <summary>Holds where the column has no value.</summary>
    public virtual SqlCondition Empty(string column) => new($"{column} IS NULL");

    /// <summary>A condition that what is looked up is the text <paramref name="text"/>, or in the list; null where SQL cannot say it.</summary>
    public abstract string? Lookup(string column, string text);

    /// <summary>The text for <see cref="Lookup"/>; null for a value that it cannot find.</summary>
    public abstract string? LookupText(CanonicalJson value);

    public bool IsNormal(CanonicalJson value) => !value.IsMissingOrNull && TryNormalize(value, out var normal) && normal == value;
}

/// <summary>A condition that lets at least all rows through that are asked for; empty where none can be said.</summary>
/// <param name="IsExact">It lets no others through.</param>
internal readonly record struct SqlCondition(string Text, bool IsExact = true)
{
    public static SqlCondition False { get; } = new("false");
    public static SqlCondition Unknown { get; } = new("", IsExact: false);
}
