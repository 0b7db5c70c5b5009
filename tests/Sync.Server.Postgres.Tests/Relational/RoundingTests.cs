using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Sync.Server.Postgres.Tests;

/// <summary>A value that has more digits than its column is brought to what the database itself would make of it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RoundingTests
{
    private const int Values = 2000;

    private static readonly string[] Edges =
    [
        "1.005", "-1.005", "1.015", "2.675", "0.005", "-0.005", "0.0049999999999999999", "999999.994", "149", "150", "-150", "50", "-50", "49.999", "0", "1e-30", "0.1", "16777217", "1e23", "9007199254740993",
        "5.6843418860808015e-14", "1.1754943508222875e-38", "1e-46", "3.4028235e38",
    ];

    private static readonly string[] Columns = ["numeric", "numeric(8,2)", "numeric(9,-2)", "numeric(20,10)", "real", "double precision"];
    private static readonly string[] Times = ["timestamptz", "timestamptz(3)", "timestamptz(0)", "timestamp(1)", "timestamp(5)"];

    [TestCaseSource(nameof(Columns))]
    public async Task Numbers_are_rounded_as_the_database_rounds(string type)
    {
        var doubles = Gen.Sample(ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite), Values).Select(d => d.ToString("R", CultureInfo.InvariantCulture));
        var decimals = Gen.Sample(ArbMap.Default.GeneratorFor<decimal>(), Values).Select(d => d.ToString(CultureInfo.InvariantCulture));
        await AssertSameAsDatabaseAsync<decimal?>(type, Edges.Concat(doubles).Concat(decimals).Select(CanonicalJson.Parse));
    }

    [TestCaseSource(nameof(Times))]
    public async Task Instants_are_rounded_as_the_database_rounds(string type)
    {
        string[] edges = ["1999-12-31T23:59:59.9995", "2000-01-01T00:00:00.0005", "1999-12-31T23:59:59.5", "2000-01-01T00:00:00.5", "1969-12-31T23:59:59.4999995", "2026-07-01T12:00:00.45", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"];
        var instants = Gen.Sample(ArbMap.Default.GeneratorFor<DateTime>(), Values).Concat(edges.Select(e => DateTime.Parse(e, CultureInfo.InvariantCulture)))
            .Select(d => CanonicalJson.From(new DateTimeOffset(DateTime.SpecifyKind(d, DateTimeKind.Utc))));
        await AssertSameAsDatabaseAsync<DateTimeOffset?>(type, instants);
    }

    [Test]
    public async Task Times_of_day_are_rounded_as_the_database_rounds() =>
        await AssertSameAsDatabaseAsync<TimeOnly?>("time(2)", Gen.Sample(Gen.Choose(0, 86_399_000), Values).Select(ms => CanonicalJson.From(new TimeOnly(ms * TimeSpan.TicksPerMillisecond).ToString("HH:mm:ss.fffffff", CultureInfo.InvariantCulture))));

    private static async Task AssertSameAsDatabaseAsync<T>(string type, IEnumerable<CanonicalJson> values)
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE rows (id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, value {type})");
        var table = await database.FindTableAsync(Models.OfRows<T>());
        var held = new List<(CanonicalJson Given, CanonicalJson Normal)>();
        foreach (var value in values.Distinct())
        {
            var (fields, error) = table.Normalize(new RecordKey("rows", "a"), Some.Fields(value), default);
            if (error is null) held.Add((value, fields["value"]));
        }

        Assert.That(held, Has.Count.GreaterThan(20));
        var insert = new SqlDraft();
        insert.Append($"INSERT INTO rows (id, value) SELECT lpad(v.place::text, 6, '0'), v.text::{type} FROM unnest({insert.AddTexts(held.Select(h => Text(h.Given, h.Normal)))}) WITH ORDINALITY AS v (text, place)");
        await database.RunAsync([insert]);
        Assert.That((await database.ReadAllAsync(table)).Select(r => r.Fields["value"].ToString()), Is.EqualTo(held.Select(h => h.Normal.ToString())));
    }

    /// <summary>The database refuses a float that is nearest to 0; to us it is 0.</summary>
    private static string Text(CanonicalJson given, CanonicalJson normal) => given.AsString() ?? (Math.Abs(given.AsDouble()!.Value) < 1e-38 ? normal : given).ToString();
}
