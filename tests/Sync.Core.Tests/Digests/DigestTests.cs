using FsCheck;
using FsCheck.Fluent;

namespace Sync.Core.Tests;

public sealed class DigestTests
{
    private static readonly Record First = Some.Record("""{"title":"x"}""");

    [Test]
    public void The_order_plays_no_part() =>
        Prop.ForAll(Arb.From(Records()), records => Digest.Of(records) == Digest.Of(records.Reverse())).QuickCheckThrowOnFailure();

    [Test]
    public void What_is_put_in_and_taken_out_was_never_there() =>
        Prop.ForAll(Arb.From(Records()), Arb.From(Records()), (kept, gone) =>
            gone.Aggregate(kept.Concat(gone).Aggregate(Digest.Empty, (d, r) => d.Add(r)), (d, r) => d.Remove(r)) == Digest.Of(kept)).QuickCheckThrowOnFailure();

    [Test]
    public void Id_version_and_content_all_count()
    {
        var hashes = new[]
        {
            RecordHash.Of(First),
            RecordHash.Of(new Record(new("tasks", "task-2"), First.Version, First.Fields)),
            RecordHash.Of(new Record(First.Key, First.Version + 1, First.Fields)),
            RecordHash.Of(new Record(First.Key, First.Version, CanonicalJson.EmptyObject)),
        };

        Assert.That(hashes, Is.Unique);
    }

    [Test]
    public void The_same_record_twice_is_not_nothing() => Assert.That(Digest.Empty.Add(First).Add(First), Is.Not.EqualTo(Digest.Empty).And.Not.EqualTo(Digest.Empty.Add(First)));

    [Test]
    public void The_table_plays_no_part() => Assert.That(RecordHash.Of(new Record(new("users", First.Id), First.Version, First.Fields)), Is.EqualTo(RecordHash.Of(First)));

    [TestCase("task-1", 3, """{"title":"Write report"}""", "dpH5DE0qzD9zWU8zOX8dOw")]
    [TestCase("ü", 1, "{}", "AJVywMwz-zajIHVbDjLz7Q")]
    public void The_hash_of_a_record_does_not_change_between_releases(string id, long version, string fields, string hash) =>
        Assert.That(RecordHash.Of(new Record(new("tasks", id), version, CanonicalJson.Parse(fields))).ToString(), Is.EqualTo(hash));

    [TestCase("")]
    [TestCase("ASNFZ4mrze_-3LqYdlQyE")]
    [TestCase("ASNFZ4mrze_-3LqYdlQyEAA")]
    [TestCase("ASNFZ4mrze/-3LqYdlQyEA")]
    [TestCase("ASNFZ4mrze_-3LqYdlQyEB", Description = "Bits that belong to no byte.")]
    [TestCase("ASNFZ4mrze_-3LqYdlQy A")]
    public void A_hash_has_one_text(string text) => Assert.That(RecordHash.TryParse(text, out _), Is.False);

    [Test]
    public void A_hash_comes_back_from_its_text()
    {
        var hash = RecordHash.Of(First);

        Assert.That(RecordHash.TryParse(hash.ToString(), out var read), Is.True);
        Assert.That(read, Is.EqualTo(hash));
        Assert.That(hash.ToString(), Has.Length.EqualTo(RecordHash.Characters));
    }

    private static Gen<Record[]> Records() =>
        (from id in Gen.Choose(0, 50) from version in Gen.Choose(1, 9) from fields in Some.Records select new Record(new("tasks", $"t{id}"), version, fields?.Fields ?? CanonicalJson.EmptyObject)).ArrayOf();
}
