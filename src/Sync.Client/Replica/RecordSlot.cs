namespace Sync.Client;

/// <summary>
/// One record as this device knows it: what the server confirmed, the pending parts that touch it, and what comes of both. There is a slot
/// as long as any of that is there, or a subscription holds the record.
/// </summary>
internal sealed class RecordSlot(TableCache table, string id)
{
    public TableCache Table { get; } = table;
    public string Id { get; } = id;
    public RecordKey Key => new(Table.Name, Id);

    public Record? Confirmed { get; set; }

    /// <summary>Confirmed with the pending parts replayed; a tombstone where one of them deletes it. Set by <see cref="Replay"/> only.</summary>
    public Record? View { get; set; }

    /// <summary>Oldest first; null where none ever was.</summary>
    public List<PendingPart>? Pending { get; set; }

    /// <summary>How many subscriptions hold the record.</summary>
    public int Holders { get; set; }

    /// <summary>Whether the confirmed record is on disk as well.</summary>
    public bool IsStored { get; set; }

    /// <summary>Whether something was pending when the app was last told.</summary>
    public bool WasPending { get; set; }

    /// <summary>Whether the step that runs has it on its list.</summary>
    public bool IsTouched { get; set; }

    public bool HasPending => Pending is { Count: > 0 };
    public bool IsEmpty => Confirmed is null && View is null && Holders == 0 && !HasPending;

    /// <summary>The record that the app sees; null where there is none, or a deleted one.</summary>
    public Record? Visible => View is { } view && !Table.IsDeleted(view) ? view : null;

    /// <summary>The view as rows of live queries show it: one object as long as what the type shows stays the same.</summary>
    public Row? Row { get; private set; }

    public Row? ShowRow()
    {
        if (Visible is not { } visible) return Row = null;
        if (Row is { } row && (ReferenceEquals(row.Record, visible) || Table.ShowsSame(row.Record, visible))) return row;
        return Row = new Row(visible);
    }
}
