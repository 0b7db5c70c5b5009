namespace Sync.Server;

/// <summary>Writes that the app's own code builds through typed tables: the building runs again until all that it looks at is loaded.</summary>
internal sealed class BuiltWrites(SyncModel model, Judge judge, TransactionProcessor processor, SyncServerOptions options, TimeProvider time, FillRandom random)
{
    private const int MaxRounds = 8;

    public async ValueTask<WriteResult> WriteAsync(Caller caller, Action<TransactionBuilder> build, CancellationToken cancellationToken)
    {
        var (transaction, refusal) = await BuildAsync(caller, caller, build, cancellationToken).ConfigureAwait(false);
        if (refusal is not null) return new WriteResult { Refusal = refusal };
        return transaction.Operations.IsEmpty
            ? new WriteResult { Receipt = new Receipt { TxId = transaction.TxId, AuthorId = caller.UserId, IsAccepted = true } }
            : await processor.SubmitAsync(caller, transaction, null, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="reader">By whose rights the building looks at records.</param>
    public async ValueTask<(Transaction Transaction, Refusal? Refusal)> BuildAsync(Caller reader, Caller author, Action<TransactionBuilder> build, CancellationToken cancellationToken)
    {
        var held = new Dictionary<RecordKey, Record?>();
        for (var round = 0; round < MaxRounds; round++)
        {
            var asked = new HashSet<RecordKey>();
            var builder = new TransactionBuilder(model, key => FindOrAsk(key, held, asked), time.GetUtcNow(), author.IsApp);
            var notHeld = Run(build, builder);
            if (asked.Count == 0)
                return (TransactionOf(builder.Operations), notHeld is null ? null : new Refusal(ErrorCodes.NotFound, $"There is no {notHeld.Key}, or you may not read it."));

            asked.UnionWith(held.Keys);
            var readable = await judge.ReadAsync(reader, asked, cancellationToken).ConfigureAwait(false);
            held = asked.ToDictionary(key => key, _ => (Record?)null);
            foreach (var record in readable.Records) held[record.Key] = record;
        }
        return (TransactionOf([]), new Refusal(ErrorCodes.Busy, $"The transaction asked for more records each of {MaxRounds} times that it was built.", options.BusyRetryAfter));
    }

    private static Record? FindOrAsk(RecordKey key, Dictionary<RecordKey, Record?> held, HashSet<RecordKey> asked)
    {
        if (!held.TryGetValue(key, out var record)) asked.Add(key);
        return record;
    }

    private static RecordNotHeldException? Run(Action<TransactionBuilder> build, TransactionBuilder builder)
    {
        try
        {
            build(builder);
            return null;
        }
        catch (RecordNotHeldException notHeld)
        {
            return notHeld;
        }
    }

    private Transaction TransactionOf(IReadOnlyList<Operation> operations) =>
        new() { TxId = NewTxId(), Operations = [.. operations], ClientTimestamp = time.GetUtcNow().ToUnixTimeMilliseconds() };

    private string NewTxId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
