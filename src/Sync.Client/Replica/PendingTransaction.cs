using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>A transaction of this device without a receipt yet, cut into one part a record.</summary>
internal sealed class PendingTransaction
{
    public PendingTransaction(QueuePlace place, Transaction transaction, string? label, WriteHandle handle)
    {
        Place = place;
        Transaction = transaction;
        Label = label;
        Handle = handle;
        Now = DateTimeOffset.FromUnixTimeMilliseconds(transaction.ClientTimestamp);
    }

    public QueuePlace Place { get; }
    public long Seq => Place.Seq;

    /// <summary>About what it takes in a message: enough to bound one.</summary>
    public int ApproximateBytes => Transaction.Operations.Sum(operation => 128 + operation.ValueBytes());

    public Transaction Transaction { get; }
    public string? Label { get; }
    public WriteHandle Handle { get; }

    /// <summary>The guess at what set-now will write. Fixed, so that a replay changes nothing by itself.</summary>
    public DateTimeOffset Now { get; }

    public ImmutableArray<PendingPart> Parts { get; set; } = [];

    /// <summary>Whether all parts could be replayed. If not, none is in the view; it is sent all the same.</summary>
    public bool IsApplied { get; set; }

    /// <summary>Only what is saved may be sent: a crash must not forget a number that the server has seen.</summary>
    public bool IsSaved { get; set; }

    /// <summary>Why it could not be saved; it has been taken back then.</summary>
    public Exception? StorageFault { get; set; }

    /// <summary>Whether the replay that runs has it on its list.</summary>
    public bool IsDue { get; set; }
}

/// <summary>What one transaction does to one record. Parts of one transaction do not see each other: each operation touches one record.</summary>
internal sealed class PendingPart(PendingTransaction transaction, RecordSlot slot, ImmutableArray<Operation> operations)
{
    public PendingTransaction Transaction { get; } = transaction;
    public RecordSlot Slot { get; } = slot;

    /// <summary>Whether its operations apply to the record as it is before the transaction.</summary>
    public bool IsFitting { get; private set; }

    /// <summary>What its operations would make of the record; null where it does not fit.</summary>
    public Record? Tried { get; private set; }

    /// <summary>The record after the transaction: <see cref="Tried"/> if all parts fit, else as it was before.</summary>
    public Record? After { get; set; }

    public void Try(Record? before)
    {
        var record = before;
        foreach (var operation in operations)
        {
            var result = Operations.Apply(record, Slot.Table.Translate(operation, record), Transaction.Now);
            if (result.Error is not null)
            {
                (IsFitting, Tried) = (false, null);
                return;
            }
            record = result.Record;
        }
        (IsFitting, Tried) = (true, record);
    }
}
