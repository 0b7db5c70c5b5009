using FsCheck;
using FsCheck.Fluent;

namespace Sync.Core.Tests;

public sealed class OperationPropertyTests
{
    [Test]
    public void Undoing_an_operation_gives_back_the_fields_to_the_letter() => Check(1);

    [Test]
    public void Undoing_a_run_of_operations_newest_first_gives_back_the_fields_to_the_letter() => Check(6);

    [Test]
    public void What_is_applied_is_canonical_and_raises_the_version_by_one() => Prop.ForAll(Arb.From(Some.Records), Arb.From(Some.AnyOperations), (record, operation) =>
    {
        var result = Operations.Apply(record, operation, Some.Now);
        if (result.Record is not { } after) return result.Error is not null;
        return after.Version == (record?.Version ?? 0) + 1 && CanonicalJson.Parse(after.Fields.Utf8.Span) == after.Fields;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void Any_value_written_out_and_read_in_is_the_same_value() =>
        Prop.ForAll(Arb.From(Some.Values), value => CanonicalJson.Parse(value.Utf8.Span) == value).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void A_list_holds_what_a_plain_list_of_values_would_hold() => Prop.ForAll(
        Arb.From(Some.Values.ListOf()), Arb.From(Some.Values), Arb.From(Some.Values), (elements, value, anchor) =>
    {
        var record = new Record(Some.Key, 1, CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>("l", CanonicalJson.List(elements))));
        var expected = elements.Where(e => e != value).ToList();
        var at = expected.IndexOf(anchor);
        var keeps = anchor == value && elements.Contains(value);
        expected.Insert(keeps ? elements.IndexOf(value) : at < 0 ? expected.Count : at + 1, value);
        var path = FieldPath.Of("l");
        var inserted = Operations.Apply(record, new Operation.ListInsert(Some.Key, path, value, new ListPosition.After(anchor)), Some.Now).Record!;
        var removed = Operations.Apply(record, new Operation.ListRemove(Some.Key, path, value), Some.Now).Record!;
        return inserted.Get(path).Elements.SequenceEqual(expected) && removed.Get(path).Elements.SequenceEqual(elements.Where(e => e != value));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static void Check(int operations) => Prop.ForAll(Arb.From(Some.Records), Arb.From(Some.AnyOperations.ArrayOf(operations)), (start, run) =>
    {
        var record = start;
        var inverses = new Stack<Operation>();
        foreach (var operation in run)
        {
            if (Operations.Apply(record, operation, Some.Now).Record is not { } after) continue;
            foreach (var inverse in Operations.Invert(record, operation, after).Reverse()) inverses.Push(inverse);
            record = after;
        }
        while (inverses.TryPop(out var inverse)) record = Operations.Apply(record, inverse, Some.Now).Record ?? throw new InvalidOperationException($"{inverse} was refused");
        var isGone = record is null or { IsDeleted: true };
        return start is null or { IsDeleted: true } ? isGone || start is { IsDeleted: true } : record!.Fields == start.Fields && !record.IsDeleted;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
