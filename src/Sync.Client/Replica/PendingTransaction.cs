using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>A transaction of this device without a receipt yet, cut into one part a record.</summary>
internal sealed class PendingTransaction
{
    private bool _isSaved;

    public PendingTransaction(Transaction transaction, string? label)
    {
        Transaction = transaction;
        Label = label;
        Handle = new WriteHandle(transaction.TxId);
        Now = DateTimeOffset.FromUnixTimeMilliseconds(transaction.ClientTimestamp);
    }

    /// <summary>Under which client id and number it is sent. Another one where the server has turned out to have another history.</summary>
    public QueuePlace Place { get; set; }

    /// <summary>Its place among all that are pending here, whoever numbered them.</summary>
    public long Order { get; set; }

    /// <summary>About what it takes in a message: enough to bound one.</summary>
    public int ApproximateBytes => Transaction.Operations.Sum(operation => 128 + operation.ValueBytes());

    /// <summary>Changes only until it is sent, where it stands on a time that the server had yet to tell.</summary>
    public Transaction Transaction { get; private set; }
    public string? Label { get; }
    public WriteHandle Handle { get; }

    /// <summary>The guess at what set-now will write. Fixed, so that a replay changes nothing by itself.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Whether undo may take it back.</summary>
    public bool IsUndoable { get; init; } = true;

    /// <summary>Whether it was there when this client started; then nobody knows whether it was sent.</summary>
    public bool IsFromBefore { get; init; }

    /// <summary>Whether the server may know of it.</summary>
    public bool MayBeSent => IsFromBefore || Handle.Status.IsSent;

    public ImmutableArray<PendingPart> Parts { get; set; } = [];

    /// <summary>Transactions whose server time it names, as this device guesses it. It is sent when they are answered.</summary>
    public HashSet<PendingTransaction> WaitsFor { get; } = [];

    /// <summary>Whether all parts could be replayed. If not, none is in the view; it is sent all the same.</summary>
    public bool IsApplied { get; set; }

    /// <summary>Whether it survives a crash.</summary>
    public bool IsSaved
    {
        get => Volatile.Read(ref _isSaved);
        set => Volatile.Write(ref _isSaved, value);
    }

    /// <summary>Whether its place survives too. Only then may it be sent: a crash must not forget a number that the server has seen.</summary>
    public bool IsPlaceSaved { get; set; }

    /// <summary>Why it could not be saved; it has been taken back then.</summary>
    public Exception? StorageFault { get; set; }

    /// <summary>Whether the replay that runs has it on its list.</summary>
    public bool IsDue { get; set; }

    /// <summary>Puts what the server's time has turned out to be where it was guessed.</summary>
    public void Rewrite(Func<Operation, Operation> rewrite)
    {
        Transaction = Transaction with { Operations = [.. Transaction.Operations.Select(rewrite)] };
        foreach (var part in Parts) part.Rewrite(rewrite);
    }

    public void NoteSaved(QueuePlace place)
    {
        IsSaved = true;
        IsPlaceSaved |= place == Place;
        Handle.NoteSaved();
    }
}

/// <summary>What one transaction does to one record. Parts of one transaction do not see each other: each operation touches one record.</summary>
internal sealed class PendingPart(PendingTransaction transaction, RecordSlot slot, ImmutableArray<Operation> operations)
{
    private ImmutableArray<Operation> _operations = operations;

    public PendingTransaction Transaction { get; } = transaction;
    public RecordSlot Slot { get; } = slot;

    /// <summary>Whether its operations apply to the record as it is before the transaction.</summary>
    public bool IsFitting { get; private set; }

    /// <summary>What its operations would make of the record; null where it does not fit.</summary>
    public Record? Tried { get; private set; }

    /// <summary>The record after the transaction: <see cref="Tried"/> if all parts fit, else as it was before.</summary>
    public Record? After { get; set; }

    public void Rewrite(Func<Operation, Operation> rewrite) => _operations = [.. _operations.Select(rewrite)];

    public void Try(Record? before)
    {
        var record = before;
        foreach (var operation in _operations)
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
