namespace Sync.Core.Tests;

public sealed class BucketPathTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 1000).Select(i => $"task-{i}"), "", "ü", new('x', 300)];

    [Test]
    public void Every_id_is_in_the_root_and_in_one_child_of_each_of_its_buckets()
    {
        foreach (var id in Ids)
        {
            var path = BucketPath.Root;
            Assert.That(path.Contains(id), Is.True);
            while (path.HasChildren)
            {
                var holding = Enumerable.Range(0, BucketPath.Children).Where(i => path.Child(i).Contains(id)).ToArray();
                Assert.That(holding, Is.EqualTo(new[] { path.ChildOf(id) }), $"{id} in {path}");
                path = path.Child(holding[0]);
            }
            Assert.That(path.Level, Is.EqualTo(BucketPath.MaxLevel));
        }
    }

    [Test]
    public void Ids_spread_over_the_buckets() =>
        Assert.That(Ids.GroupBy(id => BucketPath.Root.ChildOf(id)).Max(bucket => bucket.Count()), Is.LessThan(48));

    [TestCase("", 0)]
    [TestCase("A", 1)]
    [TestCase("-_09azAZ", 8)]
    public void A_path_comes_back_from_its_text(string text, int level)
    {
        Assert.That(BucketPath.TryParse(text, out var path), Is.True);
        Assert.That((path.ToString(), path.Level), Is.EqualTo((text, level)));
    }

    [TestCase(null)]
    [TestCase("+")]
    [TestCase("A ")]
    [TestCase("AAAAAAAAAAA")]
    public void What_names_no_bucket_is_no_path(string? text) => Assert.That(BucketPath.TryParse(text, out _), Is.False);

    [Test]
    public void Paths_are_equal_only_where_they_name_one_bucket()
    {
        BucketPath[] paths = [BucketPath.Root, BucketPath.Root.Child(0), BucketPath.Root.Child(0).Child(0), BucketPath.Root.Child(1), BucketPath.Root.Child(0).Child(1)];

        Assert.That(paths, Is.Unique);
        Assert.That(default(BucketPath), Is.EqualTo(BucketPath.Root));
    }

    [TestCase("task-1", "2v")]
    [TestCase("ü", "Xa")]
    public void The_bucket_of_an_id_does_not_change_between_releases(string id, string start) =>
        Assert.That(BucketPath.TryParse(start, out var path) && path.Contains(id), Is.True, "It is in " + BucketPath.Root.Child(BucketPath.Root.ChildOf(id)).Child(BucketPath.Root.Child(BucketPath.Root.ChildOf(id)).ChildOf(id)));
}
