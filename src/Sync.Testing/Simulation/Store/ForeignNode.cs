using System.Collections.Immutable;
using Sync.Server;

namespace Sync.Testing;

/// <summary>Another node of the same database, in the plainest words: applies operations to what is there and commits them as the app.</summary>
internal static class ForeignNode
{
    /// <summary>Null where they do not apply.</summary>
    public static CommitBatch? BatchOf(Ledger ledger, ImmutableArray<Operation> operations, int number, DateTimeOffset now)
    {
        var after = new Dictionary<RecordKey, Record>();
        var carriedOut = new List<Operation>();
        foreach (var operation in operations)
        {
            var table = ledger.Model.Find(operation.Key.Table)!;
            var current = after.GetValueOrDefault(operation.Key) ?? ledger.Newest(operation.Key);
            var translated = table.Translate(table.Normalize(operation), current);
            if (Operations.Apply(current, translated, now).Record is not { } record || (!record.IsDeleted && table.Validate(record) is not null)) return null;
            after[operation.Key] = record;
            carriedOut.Add(translated);
        }
        if (after.Count == 0) return null;

        var transaction = new Transaction { TxId = $"elsewhere-{number}", AuthorId = "app:elsewhere", Operations = operations };
        RecordChange[] changes = [.. after.Select(pair => new RecordChange(ledger.Newest(pair.Key), pair.Value))];
        var receipt = new Receipt
        {
            TxId = transaction.TxId,
            AuthorId = transaction.AuthorId,
            IsAccepted = true,
            Now = now,
            Versions = [.. changes.Select(change => new VersionStep(change.Key, change.Before?.Version ?? 0, change.After.Version))],
        };
        var entry = new CommitEntry(new TransactionId("app:elsewhere", transaction.TxId), transaction.HashContent(), receipt, changes,
            CanonicalJson.List(carriedOut.Select(ProtocolCodec.ToJson)), Client: null, Mark: (ulong)number);
        return new CommitBatch([entry], changes.ToDictionary(change => change.Key, change => change.Before?.Version ?? 0), []);
    }
}
