namespace Sync.Server;

/// <summary>Writes that the app's own code builds through typed tables: the building runs again until all that it looks at is loaded.</summary>
internal sealed class BuiltWrites(SyncModel model, Judge judge, TransactionProcessor processor, SyncServerOptions options, TimeProvider time, FillRandom random)
{
    private const int MaxRounds = 8;

    public async ValueTask<WriteResult> WriteAsync(Caller caller, Action<TransactionBuilder> build, CancellationToken cancellationToken)
    {
        var held = new Dictionary<RecordKey, Record?>();
        for (var round = 0; round < MaxRounds; round++)
        {
            var asked = new HashSet<RecordKey>();
            var builder = new TransactionBuilder(model, key => FindOrAsk(key, held, asked), time.GetUtcNow(), caller.IsApp);
            var notHeld = Run(build, builder);
            if (asked.Count == 0)
            {
                return notHeld is null
                    ? await SubmitAsync(caller, builder.Operations, cancellationToken).ConfigureAwait(false)
                    : new WriteResult { Refusal = new Refusal(ErrorCodes.NotFound, $"There is no {notHeld.Key}, or you may not read it.") };
            }

            asked.UnionWith(held.Keys);
            var readable = await judge.ReadAsync(caller, asked, cancellationToken).ConfigureAwait(false);
            held = asked.ToDictionary(key => key, _ => (Record?)null);
            foreach (var record in readable.Records) held[record.Key] = record;
        }
        return new WriteResult { Refusal = new Refusal(ErrorCodes.Busy, $"The transaction asked for more records each of {MaxRounds} times that it was built.", options.BusyRetryAfter) };
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

    private ValueTask<WriteResult> SubmitAsync(Caller caller, IReadOnlyList<Operation> operations, CancellationToken cancellationToken)
    {
        var txId = NewTxId();
        return operations.Count == 0
            ? new(new WriteResult { Receipt = new Receipt { TxId = txId, AuthorId = caller.UserId, IsAccepted = true } })
            : processor.SubmitAsync(caller, new Transaction { TxId = txId, Operations = [.. operations], ClientTimestamp = time.GetUtcNow().ToUnixTimeMilliseconds() }, null, cancellationToken);
    }

    private string NewTxId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
