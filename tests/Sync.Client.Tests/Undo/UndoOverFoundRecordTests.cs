using System.Collections.Immutable;

namespace Sync.Client.Tests;

/// <summary>A record that this device made turns out to be there already, by somebody else.</summary>
public sealed class UndoOverFoundRecordTests
{
    [Test]
    public void What_the_disk_has_of_others_is_not_taken_for_what_was_created_here()
    {
        var replica = new Replica(Some.Model, new StorageChanges(), 100);
        replica.Load(new StoredState { ClientId = "c", IsWriter = true }, [], TimeSpan.Zero);
        replica.Write(new PendingTransaction(Transaction("tx", [new Operation.Create(Some.Key("t"), Some.Json("""{"listId":"a","title":"mine","order":1}"""))]), null));

        replica.Disk.Fill(replica.Disk.Begin(), [new Record(Some.Key("t"), 1, Some.Json("""{"listId":"a","title":"theirs","order":2}"""))], TimeSpan.Zero);
        replica.TakeBack(replica.Undo.Top(isRedo: false)!, operations => Transaction("undo", operations), Some.Now, out var work);

        var conditions = work.Written.SelectMany(written => written.Transaction.Operations).OfType<Operation.Delete>().Select(delete => delete.If);
        Assert.That(conditions.OfType<Condition.ValueIs>().Select(condition => condition.Value["title"].AsString()), Is.EqualTo(["mine"]));
    }

    private static Transaction Transaction(string txId, ImmutableArray<Operation> operations) =>
        new() { TxId = txId, AuthorId = "alice", Operations = operations, ClientTimestamp = Some.Now.ToUnixTimeMilliseconds() };
}
