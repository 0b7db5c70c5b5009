using System.Collections.Immutable;
using Sync.Server;

namespace Sync.Testing;

/// <summary>All that was ever written at a client or by the app, and what is known of its fate.</summary>
internal sealed class WriteBook
{
    private readonly Dictionary<TransactionId, WrittenTransaction> _byId = [];
    private readonly List<WrittenTransaction> _all = [];

    public IReadOnlyList<WrittenTransaction> All => _all;

    public WrittenTransaction Begin(string author, int device, ImmutableArray<Operation> operations)
    {
        var written = new WrittenTransaction(author, device, operations);
        _all.Add(written);
        return written;
    }

    /// <summary>The client has told the transaction's id, so it is saved.</summary>
    public void Saved(WrittenTransaction written, string txId)
    {
        written.TxId = txId;
        _byId[new TransactionId(written.Author, txId)] = written;
    }

    public void OpenAgain(int device)
    {
        foreach (var written in _all.Where(written => written.Device == device)) (written.IsOpenAgain, written.IsSettled) = (true, false);
    }

    public WrittenTransaction? Find(TransactionId id) => _byId.GetValueOrDefault(id);

    /// <summary>
    /// What was written under this id; null where its client died before it told, or it was not written here. An undo may say it anew until it is sent, with the times that
    /// the server has told by then.
    /// </summary>
    public ImmutableArray<Operation>? OperationsOf(CommitEntry entry) => UndoIds.IsOne(entry.Id.TxId) ? StepText.Operations(entry.Operations) : _byId.GetValueOrDefault(entry.Id)?.Operations;
}

/// <summary>One transaction as the app handed it over.</summary>
internal sealed class WrittenTransaction(string author, int device, ImmutableArray<Operation> operations)
{
    public string Author { get; } = author;

    /// <summary>On whose storage it lies.</summary>
    public int Device { get; } = device;
    public ImmutableArray<Operation> Operations { get; } = operations;

    /// <summary>Null until the client has said that it is saved.</summary>
    public string? TxId { get; set; }

    /// <summary>What the client was told.</summary>
    public Receipt? Receipt { get; set; }

    /// <summary>It could not be saved and was taken back.</summary>
    public bool HasFailed { get; set; }

    /// <summary>The client has shown that nothing of it is pending any more.</summary>
    public bool IsSettled { get; set; }

    /// <summary>It was committed in a history that is no more.</summary>
    public bool IsVoid { get; set; }

    /// <summary>It waited when its user undid something: it may have been withdrawn, and its client may have died before it said so.</summary>
    public bool MayBeWithdrawn { get; set; }

    /// <summary>Somebody has taken it out of the tray.</summary>
    public bool IsDealtWith { get; set; }

    /// <summary>Its client was refused by its storage and has taken its queue from there again: what was answered may be pending once more.</summary>
    public bool IsOpenAgain { get; set; }

    public bool MayBePending => !HasFailed && !IsSettled && (Receipt is null || IsOpenAgain);
}
