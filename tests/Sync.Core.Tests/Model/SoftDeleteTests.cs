namespace Sync.Core.Tests;

public sealed class SoftDeleteTests
{
    private static readonly RecordKey s_key = new("people", "p1");
    private static readonly FieldPath s_field = FieldPath.Of("deleted");
    private static readonly Record s_there = Models.PersonRecord("""{"name":"Ada"}""", version: 4);
    private static readonly Record s_gone = Models.PersonRecord("""{"deleted":"2026-01-02T03:04:05.000000Z","name":"Ada"}""", version: 5);

    [Test]
    public void A_delete_is_carried_out_as_the_time_in_its_field() =>
        Assert.That(Models.People.Translate(new Operation.Delete(s_key), s_there), Is.EqualTo(new Operation.SetNow(s_key, s_field)));

    [Test]
    public void A_restore_takes_the_time_away_again() =>
        Assert.That(Models.People.Translate(new Operation.Restore(s_key), s_gone), Is.EqualTo(new Operation.Unset(s_key, s_field)));

    [Test]
    public void A_conditional_delete_is_judged_before_it_is_translated()
    {
        var holds = new Operation.Delete(s_key, new Condition.VersionIs(4));
        var fails = new Operation.Delete(s_key, new Condition.VersionIs(3));
        Assert.That(Models.People.Translate(holds, s_there), Is.EqualTo(new Operation.SetNow(s_key, s_field)));
        var result = Operations.Apply(s_there, Models.People.Translate(fails, s_there), Some.Now);
        Assert.That((result.ConditionFailed, result.Record!.Fields, result.Record.IsDeleted), Is.EqualTo((true, s_there.Fields, false)));
    }

    [Test]
    public void All_else_stays_as_it_is() => Assert.Multiple(() =>
    {
        Assert.That(Models.People.Translate(new Operation.Restore(s_key), s_there), Is.EqualTo(new Operation.Restore(s_key)));
        Assert.That(Models.People.Translate(new Operation.Delete(s_key), null), Is.EqualTo(new Operation.Delete(s_key)));
        Assert.That(Models.Tasks.Translate(new Operation.Delete(Some.Key), Models.RecordOf(Models.Tasks, Models.Task)), Is.EqualTo(new Operation.Delete(Some.Key)));
    });

    [Test]
    public void A_record_with_the_time_set_counts_as_deleted() => Assert.Multiple(() =>
    {
        Assert.That(Models.People.IsDeleted(s_gone), Is.True);
        Assert.That(Models.People.IsDeleted(s_there), Is.False);
        Assert.That(Models.People.IsDeleted(new Record(s_key, 6, s_there.Fields, isDeleted: true)), Is.True);
    });
}
