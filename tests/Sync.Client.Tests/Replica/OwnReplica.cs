namespace Sync.Client.Tests;

/// <summary>A replica on its own, with the calls that tests make.</summary>
internal sealed class OwnReplica
{
    private long _subscriptions;
    private int _writes;

    public OwnReplica() => Heart = new Replica(Some.Model, Storage);

    public StorageChanges Storage { get; } = new();
    public Replica Heart { get; }

    public PendingTransaction Write(params Operation[] operations)
    {
        var pending = new PendingTransaction(Some.Transaction($"tx-{++_writes}", operations), null);
        Heart.Write(pending);
        pending.NoteSaved(pending.Place);
        return pending;
    }

    public QueryRows Open(Query query)
    {
        var rows = Heart.Open(query, out _);
        if (rows.Subscription.Id == default) Heart.Subscribe(rows, new SubscriptionId(++_subscriptions), isTrusted: false);
        return rows;
    }

    public QueryRows OpenLoaded(Query query, params Record[] records)
    {
        var rows = Open(query);
        Apply(records, [new SubscriptionDelta(rows.Subscription.Id, [.. records.Select(record => record.Id)], [], IsLoaded: true)]);
        return rows;
    }

    public Step Apply(Record[] records, SubscriptionDelta[] deltas, params ReceiptDelivery[] receipts)
    {
        var checkpoint = new ServerMessage.Checkpoint(new Token("t"), [.. records], [.. deltas], [.. receipts]);
        Assert.That(Heart.CanApply(checkpoint), Is.True);
        return Heart.Apply(checkpoint, TimeSpan.Zero, default);
    }

    public string? Title(string id) => Heart.Find(Some.Key(id))?.Fields["title"].AsString();

    public static string[] Ids(QueryRows rows) => [.. rows.Rows.Select(row => row.Id)];
}
