namespace Sync.Core.Tests;

public sealed class NormalizeTests
{
    [TestCase("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000000Z")]
    [TestCase("2026-01-02T03:04:05", "2026-01-02T03:04:05.000000Z")]
    [TestCase("2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.123456Z")]
    [TestCase("2026-01-02", "2026-01-02T00:00:00.000000Z")]
    [TestCase("soon", "soon")]
    public void Instants_get_one_form_and_what_is_none_is_left_alone(string given, string expected) => Assert.Multiple(() =>
    {
        Assert.That(Models.Tasks.Normalize(FieldPath.Of("updatedAt"), CanonicalJson.From(given)).AsString(), Is.EqualTo(expected));
        Assert.That(Models.People.Normalize(FieldPath.Of("seenAt"), CanonicalJson.From(given)).AsString(), Is.EqualTo(expected));
        Assert.That(Models.Tasks.Normalize(FieldPath.Of("title"), CanonicalJson.From(given)).AsString(), Is.EqualTo(given));
    });

    [Test, NonParallelizable]
    public void An_instant_without_an_offset_is_UTC_wherever_the_machine_stands()
    {
        var zone = Environment.GetEnvironmentVariable("TZ");
        try
        {
            Environment.SetEnvironmentVariable("TZ", "Asia/Tokyo");
            TimeZoneInfo.ClearCachedData();
            Assume.That(TimeZoneInfo.Local.BaseUtcOffset, Is.Not.EqualTo(TimeSpan.Zero), "this machine takes its time zone from elsewhere");
            Assert.That(Models.Tasks.Normalize(FieldPath.Of("updatedAt"), CanonicalJson.From("2026-01-02T03:04:05")).AsString(), Is.EqualTo("2026-01-02T03:04:05.000000Z"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TZ", zone);
            TimeZoneInfo.ClearCachedData();
        }
    }

    [Test]
    public void Dates_stay_as_they_are() =>
        Assert.That(Models.Tasks.Normalize(FieldPath.Of("dueDate"), CanonicalJson.From("2026-01-02")).AsString(), Is.EqualTo("2026-01-02"));

    [Test]
    public void Values_inside_operations_get_their_form_too()
    {
        var key = new RecordKey("tasks", "t1");
        var path = FieldPath.Of("updatedAt");
        CanonicalJson odd = CanonicalJson.From("2026-01-02T03:04:05+02:00"), even = CanonicalJson.From("2026-01-02T01:04:05.000000Z");
        CanonicalJson OddFields(CanonicalJson value) => CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>("updatedAt", value));

        Assert.Multiple(() =>
        {
            Assert.That(Models.Tasks.Normalize(new Operation.Set(key, path, odd, new Condition.ValueIs(odd))), Is.EqualTo(new Operation.Set(key, path, even, new Condition.ValueIs(even))));
            Assert.That(Models.Tasks.Normalize(new Operation.Unset(key, path, new Condition.ValueIs(odd))), Is.EqualTo(new Operation.Unset(key, path, new Condition.ValueIs(even))));
            Assert.That(Models.Tasks.Normalize(new Operation.Create(key, OddFields(odd))), Is.EqualTo(new Operation.Create(key, OddFields(even))));
            Assert.That(Models.Tasks.Normalize(new Operation.Delete(key, new Condition.ValueIs(OddFields(odd)))), Is.EqualTo(new Operation.Delete(key, new Condition.ValueIs(OddFields(even)))));
        });
    }

    [Test]
    public void Values_inside_queries_get_their_form_too()
    {
        var query = new Query { Table = "people", Where = [new QueryCondition.EqualTo(FieldPath.Of("teamId"), CanonicalJson.From("AAAAAAAA-0000-0000-0000-000000000001"))] };
        Assert.That(((QueryCondition.EqualTo)Models.People.Normalize(query).Where[0]).Value.AsString(), Is.EqualTo("aaaaaaaa-0000-0000-0000-000000000001"));
    }
}
