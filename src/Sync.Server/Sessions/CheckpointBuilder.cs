using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>Makes one checkpoint of what waits: each body once, everything in one order, so that equal content has equal bytes.</summary>
internal static class CheckpointBuilder
{
    /// <param name="loaded">The subscriptions that join the stream with it, each with whether the client keeps what it claimed.</param>
    public static ServerMessage.Checkpoint Build(
        Token token, List<PendingRow> rows, Dictionary<Subscription, bool> loaded, Dictionary<Subscription, Digest> digests, List<ReadyReceipt> receipts)
    {
        receipts.Sort((a, b) => a.Delivery.Seq.CompareTo(b.Delivery.Seq));
        return new(token, Bodies(rows, receipts), Deltas(rows, loaded, digests), [.. receipts.Select(r => r.Delivery)]);
    }

    private static ImmutableArray<Record> Bodies(List<PendingRow> rows, List<ReadyReceipt> receipts)
    {
        if (receipts.Count == 0 && rows is [{ Record: { } only }]) return [only];
        var newest = new Dictionary<RecordKey, Record>();
        foreach (var row in rows)
        {
            if (row.Record is { } record) Keep(record);
        }
        foreach (var receipt in receipts)
        {
            foreach (var record in receipt.Bodies) Keep(record);
        }
        return [.. newest.Values.OrderBy(r => r.Key)];

        void Keep(Record record)
        {
            if (!newest.TryGetValue(record.Key, out var known) || known.Version < record.Version) newest[record.Key] = record;
        }
    }

    private static ImmutableArray<SubscriptionDelta> Deltas(List<PendingRow> rows, Dictionary<Subscription, bool> loaded, Dictionary<Subscription, Digest> digests)
    {
        if (loaded.Count == 0 && digests.Count == 0 && rows is [var only]) return [Delta(only.Subscription, rows)];
        var subscriptions = rows.GroupBy(r => r.Subscription).ToDictionary(g => g.Key, g => g.ToList());
        foreach (var subscription in loaded.Keys.Concat(digests.Keys)) subscriptions.TryAdd(subscription, []);
        return [.. subscriptions.OrderBy(s => s.Key.Id.Value).Select(s => Delta(s.Key, s.Value) with
        {
            IsLoaded = loaded.ContainsKey(s.Key),
            IsKept = loaded.GetValueOrDefault(s.Key),
            Digest = digests.TryGetValue(s.Key, out var digest) ? digest : null,
        })];
    }

    private static SubscriptionDelta Delta(Subscription subscription, List<PendingRow> rows) => new(subscription.Id, Ids(rows, isOut: false), Ids(rows, isOut: true));

    private static ImmutableArray<string> Ids(List<PendingRow> rows, bool isOut)
    {
        if (rows is [var only]) return only.Record is null == isOut ? [only.Id] : [];
        return [.. rows.Where(r => r.Record is null == isOut).Select(r => r.Id).Order(StringComparer.Ordinal)];
    }
}

/// <summary>A receipt with the bodies that go with it.</summary>
internal sealed record ReadyReceipt(PendingWrite Write, ReceiptDelivery Delivery, ImmutableArray<Record> Bodies);
