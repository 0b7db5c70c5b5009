using System.Collections.Immutable;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>
/// Where the live records of one registered table are kept, as SQL: nothing here is executed. Tombstones are kept apart.
/// In all SQL the table's alias is <c>t</c> where nothing else is said, and ids come as text.
/// </summary>
internal abstract class StoredTable(TableModel model)
{
    public TableModel Model { get; } = model;
    public string Name => Model.Name;

    /// <summary>Quoted, with its schema.</summary>
    public abstract string SqlName { get; }

    /// <summary>Quoted.</summary>
    public abstract string VersionColumn { get; }

    /// <summary>True where the table is the app's own: others may hold its rows locked.</summary>
    public abstract bool IsRelational { get; }

    /// <summary>True where a row may come to differ from what was written to it: it is read back in the commit.</summary>
    public virtual bool SetsValuesItself => false;

    /// <summary>Quoted names of the tables that this one refers to by a foreign key: they are inserted into first and deleted from last.</summary>
    public virtual IReadOnlyCollection<string> Parents => [];

    /// <summary>True where values besides the id must be unique at every moment: deletes must come before inserts.</summary>
    public virtual bool HasOtherUniqueValues => false;

    /// <summary>Where its rows may refer to others at the end of a transaction only (<c>DEFERRABLE</c>).</summary>
    public virtual bool MayDeferReferences => false;

    /// <summary>Expressions of type text over <c>t</c> from which <see cref="ReadFields"/> makes a record's fields.</summary>
    public abstract ImmutableArray<string> Content { get; }

    /// <summary>The fields of a row, whose <see cref="Content"/> begins at a column.</summary>
    public abstract CanonicalJson ReadFields(NpgsqlDataReader row, int column);

    /// <summary>A row's id as text.</summary>
    public abstract string IdText(string alias);

    /// <summary>Holds for the row whose id a text says. The text <see cref="CanBeId"/>.</summary>
    public abstract string HasId(string alias, string text);

    /// <summary>Holds for the rows whose ids are among these, of type text[].</summary>
    public abstract string IsOneOf(string alias, string texts);

    /// <summary>False where no row can have this id: it is not what the column gives back.</summary>
    public abstract bool CanBeId(string id);

    /// <summary>Conditions over <c>t</c>, joined by and, that let at least all records through that are asked for; empty where none can be said.</summary>
    /// <param name="conditions">As they come.</param>
    /// <param name="sql">Takes the parameters.</param>
    /// <param name="isExact">True where they let no other records through.</param>
    public abstract string Where(IReadOnlyList<QueryCondition> conditions, SqlDraft sql, out bool isExact);

    /// <summary>The query's order with ties by id, over <c>t</c>; null where SQL cannot say it exactly.</summary>
    public abstract string? OrderBy(Query query);

    /// <summary>
    /// A condition over <c>t</c> that holds for exactly what a rule's lookup of <c>v.value</c> finds, where <c>v.value</c> is what <see cref="LookupText"/> makes of the looked-up value.
    /// Null where SQL cannot say it.
    /// </summary>
    public abstract string? Lookup(FieldPath field);

    /// <summary>The text that stands for a looked-up value in <see cref="Lookup"/>; null where that value cannot be looked up by SQL.</summary>
    public abstract string? LookupText(FieldPath field, CanonicalJson value);

    /// <summary>Writes new rows. <paramref name="restored"/> are the ids of those that come back from a tombstone whole: they take the columns that it keeps.</summary>
    public abstract IEnumerable<SqlDraft> Insert(IReadOnlyList<Record> records, IReadOnlyCollection<string> restored);

    /// <summary>Changes rows: only columns that differ between the two sides are written.</summary>
    public abstract IEnumerable<SqlDraft> Update(IReadOnlyList<RecordChange> changes);

    public abstract IEnumerable<SqlDraft> Delete(IReadOnlyList<Record> before);

    /// <summary>An expression of type text over <c>t</c>: the columns that a record does not show, for its tombstone. Null where there are none.</summary>
    public virtual string? Hidden => null;

    public abstract NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now);
}
