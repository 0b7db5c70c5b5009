namespace Sync.Server.Tests.Sessions;

public sealed class IdSetTests
{
    [TestCase("a")]
    [TestCase("018f3b1e-7a5c-7c3e-9d5a-0123456789ab")]
    [TestCase("018F3B1E-7A5C-7C3E-9D5A-0123456789AB")]
    [TestCase("{018f3b1e-7a5c-7c3e-9d5a-0123456789ab}")]
    [TestCase("018f3b1e7a5c7c3e9d5a0123456789ab")]
    [TestCase("00000000-0000-0000-0000-000000000000")]
    [TestCase("é～😀")]
    public void An_id_comes_out_as_it_went_in(string id)
    {
        var set = new IdSet();
        Assert.That(set.Add(id));
        Assert.That(set.Add(id), Is.False);
        Assert.That((set.Contains(id), set.Contains(id.ToUpperInvariant()) && id != id.ToUpperInvariant(), set.Count), Is.EqualTo((true, false, 1)));
        Assert.That(set.Without(new IdSet()), Is.EqualTo(new[] { id }));
    }

    [Test]
    public void The_longest_id_there_may_be_is_held()
    {
        var ids = new[] { new string('x', 256), new string('x', 255), "x" };
        var set = new IdSet();
        foreach (var id in ids) set.Add(id);
        Assert.That(set.Without(new IdSet()), Is.EqualTo(ids));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void It_does_what_a_set_of_strings_does_and_keeps_the_order_in_which_they_came(int seed)
    {
        var random = new Random(seed);
        var ids = Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? new Guid(i, 2, 3, new byte[8]).ToString() : $"task-{i}").ToArray();
        var (set, expected) = (new IdSet(), new List<string>());
        for (var i = 0; i < 20_000; i++)
        {
            // First it grows, then it shrinks.
            var id = ids[random.Next(ids.Length)];
            if (random.Next(20_000) > i)
            {
                Assert.That(set.Add(id), Is.EqualTo(!expected.Contains(id)));
                if (!expected.Contains(id)) expected.Add(id);
            }
            else Assert.That(set.Remove(id), Is.EqualTo(expected.Remove(id)));
            if (i % 500 == 0) Assert.That(set.Without(new IdSet()), Is.EqualTo(expected));
        }
        Assert.That((set.Count, ids.Count(set.Contains)), Is.EqualTo((expected.Count, expected.Count)));
        Assert.That(set.Without(set), Is.Empty);
    }
}
