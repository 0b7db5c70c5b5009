using System.Collections.Immutable;
using System.Security.Cryptography;
using Sync.Server;

namespace Sync.Testing;

/// <summary>Stands where the server's loop stands: turns operations into the batches that a store gets.</summary>
internal sealed class StoreDriver(ITransactionStore store, string name = "tx") : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private ulong _mark = 1000;
    private int _txCount;

    public ITransactionStore Store { get; } = store;

    public DateTimeOffset Now { get; private set; } = Start;

    /// <param name="home">Where to.</param>
    /// <param name="patience">Gives up.</param>
    /// <param name="name">Tells its transactions from those of another driver over the same home.</param>
    public static async Task<StoreDriver> OpenAsync(TransactionStoreHome home, CancellationToken patience, string name = "tx")
    {
        var driver = new StoreDriver(home.Create(), name);
        await driver.Store.OpenAsync(ConformanceModel.Model, patience);
        return driver;
    }

    /// <summary>Writes one transaction and expects it to be committed.</summary>
    public async Task<Revision> WriteAsync(CancellationToken patience, params Operation[] operations)
    {
        var batch = await DecideAsync(patience, Draft(operations));
        return Expect.Committed(await Store.CommitAsync(batch, patience));
    }

    public SuiteTransaction Draft(params Operation[] operations) => new("ann", $"{name}-{++_txCount}", [.. operations]);

    /// <summary>What the server would hand over: each transaction applied to what the ones before it left.</summary>
    public async Task<CommitBatch> DecideAsync(CancellationToken patience, params SuiteTransaction[] drafts)
    {
        var keys = drafts.SelectMany(d => d.Operations).Select(o => o.Key).Distinct().ToList();
        var snapshot = await Store.LoadAsync(keys, patience);
        var records = keys.ToDictionary(k => k, k => snapshot.Records.GetValueOrDefault(k));
        var expected = records.ToDictionary(r => r.Key, r => r.Value?.Version ?? 0);
        return new CommitBatch([.. drafts.Select(d => Entry(d, records))], expected, []);
    }

    public async Task<Record?> FindAsync(RecordKey key, CancellationToken patience) =>
        (await Store.LoadAsync([key], patience)).Records.GetValueOrDefault(key);

    public async Task<IReadOnlyList<Record>> QueryAsync(Query query, CancellationToken patience)
    {
        var result = await Store.QueryAsync(new StoreQuery(query, [], 10_000), patience);
        return result.Records;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private CommitEntry Entry(SuiteTransaction draft, Dictionary<RecordKey, Record?> records)
    {
        Now = Now.AddSeconds(1);
        var changes = draft.IsAccepted ? Changes(draft, records) : [];
        var operations = CanonicalJson.List(draft.Operations.Select(ProtocolCodec.ToJson));
        var receipt = new Receipt
        {
            TxId = draft.TxId,
            AuthorId = draft.AuthorId,
            IsAccepted = draft.IsAccepted,
            Now = Now,
            Versions = [.. changes.Select(c => new VersionStep(c.Key, c.Before?.Version ?? 0, c.After.Version))],
            Code = draft.IsAccepted ? null : ErrorCodes.NotAllowed,
            Message = draft.IsAccepted ? null : "Not allowed.",
            Status = draft.IsAccepted ? 200 : 403,
        };
        return new CommitEntry(new(draft.AuthorId, draft.TxId), SHA256.HashData(operations.Utf8.Span), receipt, changes, operations, draft.Client, _mark++);
    }

    private List<RecordChange> Changes(SuiteTransaction draft, Dictionary<RecordKey, Record?> records)
    {
        var before = draft.Operations.Select(o => o.Key).Distinct().ToDictionary(k => k, k => records[k]);
        foreach (var operation in draft.Operations)
        {
            var applied = Operations.Apply(records[operation.Key], operation, Now);
            records[operation.Key] = applied.Record ?? throw new ConformanceException($"The case itself is wrong: {operation} was refused with {applied.Error}.");
        }

        foreach (var key in before.Keys) records[key] = Normal(records[key]!);
        return [.. before.Select(b => new RecordChange(b.Value, records[b.Key]!))];
    }

    private Record Normal(Record record)
    {
        if (record.IsDeleted) return record;
        var normal = Store.Normalize(record.Key, record.Fields, Now);
        return normal.Error is { } error
            ? throw new ConformanceException($"{record.Key} cannot be stored: {error.Code}, {error.Message}")
            : new Record(record.Key, record.Version, normal.Fields);
    }
}

/// <summary>A transaction before it is decided.</summary>
internal sealed record SuiteTransaction(string AuthorId, string TxId, ImmutableArray<Operation> Operations, bool IsAccepted = true, ClientPosition? Client = null);
