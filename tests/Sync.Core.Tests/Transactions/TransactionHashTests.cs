namespace Sync.Core.Tests;

public sealed class TransactionHashTests
{
    private static readonly Transaction Sent = SomeMessages.Transaction;

    [Test]
    public void The_same_content_has_the_same_hash_whoever_sends_it_and_when() =>
        Assert.That((Sent with { TxId = "other", AuthorId = null, ClientTimestamp = 0, Operations = [.. Sent.Operations], BaseVersions = [.. Sent.BaseVersions.Reverse()] }).HashContent(), Is.EqualTo(Sent.HashContent()));

    [Test]
    public void Every_other_content_has_another_hash()
    {
        Transaction[] others =
        [
            Sent with { Operations = Sent.Operations.RemoveAt(0) },
            Sent with { Operations = [.. Sent.Operations.Reverse()] },
            Sent with { BaseVersions = [] },
            Sent with { BaseVersions = [.. Sent.BaseVersions.Select(b => b with { Version = b.Version + 1 })] },
            .. Sent.Operations.Select((operation, i) => Sent with { Operations = Sent.Operations.SetItem(i, new Operation.Set(operation.Key, FieldPath.Of("else"), CanonicalJson.From(i))) }),
        ];

        Assert.That(others.Append(Sent).Select(t => Convert.ToHexString(t.HashContent())).Distinct().Count(), Is.EqualTo(others.Length + 1));
    }

    [Test]
    public void The_hash_does_not_change_between_releases() =>
        Assert.That(Convert.ToHexString(new Transaction { TxId = "x", Operations = [new Operation.Set(Some.Key, FieldPath.Of("title"), CanonicalJson.From("x"))] }.HashContent()),
            Is.EqualTo(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("""{"operations":[{"id":"task-1","key":"title","table":"tasks","type":"set","value":"x"}]}"""u8))));
}
