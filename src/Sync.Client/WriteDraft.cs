using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What an app's build function came to: its operations, or the records that have to be read from disk before it can be judged.</summary>
internal sealed class WriteDraft
{
    private readonly Exception? _fault;
    private readonly ImmutableArray<Operation> _operations = [];

    private WriteDraft(ImmutableArray<Operation> operations, Exception? fault, IReadOnlyCollection<RecordKey> toRead) => (_operations, _fault, ToRead) = (operations, fault, toRead);

    /// <summary>Records that memory lacks and disk may have. A record that the transaction creates is not looked for.</summary>
    public IReadOnlyCollection<RecordKey> ToRead { get; }

    /// <exception cref="InvalidWriteException">A record would not pass the model's checks.</exception>
    /// <exception cref="RecordNotHeldException">A record is not on the device.</exception>
    public ImmutableArray<Operation> Operations => _fault is null ? _operations : throw _fault;

    public static WriteDraft Build(SyncModel model, ClientHeart heart, Action<TransactionBuilder> build, DateTimeOffset now)
    {
        var missing = new HashSet<RecordKey>();
        var transaction = new TransactionBuilder(model, Look, now);
        Exception? fault = null;
        try
        {
            build(transaction);
            if (transaction.Operations.Count > 0) WriteCheck.Pass(model, transaction, heart.FindForWriting);
        }
        catch (Exception refused) when (refused is RecordNotHeldException or InvalidWriteException)
        {
            fault = refused;
        }
        missing.ExceptWith(transaction.Operations.OfType<Operation.Create>().Select(create => create.Key));
        return new WriteDraft([.. transaction.Operations], fault, missing);

        Record? Look(RecordKey key)
        {
            var record = heart.FindForWriting(key);
            if (record is null && heart.MayBeOnDisk(key)) missing.Add(key);
            return record;
        }
    }
}
