namespace Sync.Core.Tests;

public sealed class HashedRowsTests
{
    private static readonly Record[] Records = [.. Enumerable.Range(0, 500).Select(i => new Record(new("tasks", $"task-{i}"), 1 + i % 3, Some.Json($$"""{"n":{{i}}}""")))];

    private readonly HashedRows _rows = new(Records);

    [Test]
    public void Its_digest_is_that_of_its_records() => Assert.That(_rows.Digest, Is.EqualTo(Digest.Of(Records)));

    [Test]
    public void A_bucket_holds_the_records_that_belong_to_it()
    {
        foreach (var path in new[] { BucketPath.Root, BucketPath.Root.Child(0), BucketPath.Root.Child(63), BucketPath.Root.Child(17).Child(5) })
            Assert.That(_rows.In(path).ToArray().Select(r => r.Record), Is.EquivalentTo(Records.Where(r => path.Contains(r.Id))), path.ToString());
    }

    [Test]
    public void The_digests_of_the_children_are_those_of_their_records()
    {
        foreach (var path in new[] { BucketPath.Root, BucketPath.Root.Child(3) })
            Assert.That(_rows.DigestsOfChildren(path), Is.EqualTo(Enumerable.Range(0, BucketPath.Children).Select(i => Digest.Of(Records.Where(r => path.Child(i).Contains(r.Id))))));
    }

    [Test]
    public void A_row_is_found_by_its_id()
    {
        foreach (var record in Records) Assert.That(_rows.Find(record.Id)?.Record, Is.SameAs(record));
        Assert.That(_rows.Find("task-500"), Is.Null);
        Assert.That(new HashedRows([]).Find("task-1"), Is.Null);
    }
}
