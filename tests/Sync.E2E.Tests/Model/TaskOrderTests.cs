using FsCheck;
using FsCheck.Fluent;
using TaskApp.Model;

namespace Sync.E2E.Tests.Model;

public sealed class TaskOrderTests
{
    [Test]
    public void A_move_into_a_gap_writes_one_task()
    {
        Assert.That(TaskOrder.Place("x", Column(1000, 2000, 3000), 1), Is.EqualTo([("x", 1500)]));
    }

    [TestCase(0, 0)]
    [TestCase(2, 3000)]
    public void At_an_end_a_task_stands_a_whole_gap_away(int index, int expected)
    {
        Assert.That(TaskOrder.Place("x", Column(1000, 2000), index), Is.EqualTo([("x", expected)]));
    }

    [Test]
    public void The_first_of_a_column_stands_a_gap_from_zero()
    {
        Assert.That(TaskOrder.Place("x", [], 0), Is.EqualTo([("x", TaskOrder.Gap)]));
        Assert.That(TaskOrder.Last([]), Is.EqualTo(TaskOrder.Gap));
    }

    [Test]
    public void Without_a_gap_only_the_neighbours_make_room()
    {
        var placed = TaskOrder.Place("x", Column(0, 1000, 1001, 2000, 3000), 2);

        Assert.That(placed.Select(p => p.Id), Is.EqualTo(["t001", "x", "t002"]));
    }

    [FsCheck.NUnit.Property]
    public Property A_placed_task_stands_where_it_was_put_whatever_the_numbers_were()
    {
        var cases = from numbers in Gen.Choose(-5, 5).ListOf()
                    from index in Gen.Choose(0, numbers.Count)
                    select (numbers, index);
        return Prop.ForAll(Arb.From(cases), @case =>
        {
            var column = Column([.. @case.numbers.Order()]);
            var written = TaskOrder.Place("x", column, @case.index).ToDictionary(p => p.Id, p => p.OrderIndex);
            var after = column.Select(t => (t.Id, OrderIndex: written.GetValueOrDefault(t.Id, t.OrderIndex))).Append((Id: "x", OrderIndex: written["x"]))
                .OrderBy(t => t.OrderIndex).ThenBy(t => t.Id, StringComparer.Ordinal).Select(t => t.Id);
            List<string> expected = [.. column.Select(t => t.Id)];
            expected.Insert(@case.index, "x");
            return after.SequenceEqual(expected);
        });
    }

    /// <summary>Ids rise with the position, as ties are ordered by id.</summary>
    private static TaskItem[] Column(params int[] numbers) => [.. numbers.Select((number, i) => new TaskItem($"t{i:000}", "w", "T", TaskState.Todo, number, "alice"))];
}
