using Sync.Testing;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>More columns than a function of PostgreSQL takes arguments, and types outside of the search path.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class WideTableTests
{
    private sealed record Wide(
        string Id,
        int? F0, int? F1, int? F2, int? F3, int? F4, int? F5, int? F6, int? F7, int? F8, int? F9,
        int? F10, int? F11, int? F12, int? F13, int? F14, int? F15, int? F16, int? F17, int? F18, int? F19,
        int? F20, int? F21, int? F22, int? F23, int? F24, int? F25, int? F26, int? F27, int? F28, int? F29,
        int? F30, int? F31, int? F32, int? F33, int? F34, int? F35, int? F36, int? F37, int? F38, int? F39,
        int? F40, int? F41, int? F42, int? F43, int? F44, int? F45, int? F46, int? F47, int? F48, int? F49,
        int? F50, int? F51, int? F52, int? F53, int? F54, int? F55, int? F56, int? F57, int? F58, int? F59,
        int? F60, int? F61, int? F62, int? F63, int? F64, int? F65, int? F66, int? F67, int? F68, int? F69,
        int? F70, int? F71, int? F72, int? F73, int? F74, int? F75, int? F76, int? F77, int? F78, int? F79,
        int? F80, int? F81, int? F82, int? F83, int? F84, int? F85, int? F86, int? F87, int? F88, int? F89,
        int? F90, int? F91, int? F92, int? F93, int? F94, int? F95, int? F96, int? F97, int? F98, int? F99,
        int? F100, int? F101, int? F102, int? F103, int? F104, int? F105, int? F106, int? F107, int? F108, int? F109,
        int? F110, int? F111, int? F112, int? F113, int? F114, int? F115, int? F116, int? F117, int? F118, int? F119);

    private static readonly SyncModel Model = SyncModel.Create(m => m.Table("wide", Models.TypeOf<Wide>()));

    [Test, CancelAfter(60_000)]
    public async Task A_table_may_have_more_columns_than_a_function_has_arguments(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        var columns = string.Join(", ", Enumerable.Range(0, 120).Select(i => $"f{i} int, hidden{i} int"));
        await using var driver = await SomeStore.OpenAsync(database, $"CREATE TABLE wide (id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, {columns})", model: Model);
        await using (var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString)) await PostgresTriggers.InstallAsync(source, Model, cancellationToken: patience);

        var key = new RecordKey("wide", "a");
        var fields = CanonicalJson.Object(Enumerable.Range(0, 120).Select(i => KeyValuePair.Create($"f{i}", CanonicalJson.From(i))));
        await driver.WriteAsync(patience, new Operation.Create(key, fields));
        database.Execute("UPDATE wide SET f7 = 1000, hidden8 = 8; DELETE FROM wide; ");
        await driver.WriteAsync(patience, new Operation.Restore(key));
        var record = (await driver.Store.LoadAsync([key], patience)).Records[key];
        Assert.That(record.Fields, Is.EqualTo(CanonicalJson.Object(fields.Members.Append(new("f7", CanonicalJson.From(1000))))));
        Assert.That(database.Scalar("SELECT hidden8 FROM wide"), Is.EqualTo(8));
    }

    [Test]
    public async Task A_table_and_its_types_may_stand_outside_of_the_search_path()
    {
        await using var database = await AppDatabase.WithAsync("CREATE SCHEMA \"My App\"; CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TYPE \"My App\".\"Mo od\" AS ENUM ('sad', 'it''s'); CREATE TABLE \"My App\".\"Rows\" (id ext.citext, value \"My App\".\"Mo od\" NOT NULL DEFAULT 'it''s', version bigint NOT NULL);"
            + "ALTER TABLE \"My App\".\"Rows\" ALTER id TYPE text, ADD PRIMARY KEY (id), ADD name ext.citext; CREATE INDEX ON \"My App\".\"Rows\" (value)");
        var table = await database.FindTableAsync(Models.OfRows<string>(isIndexed: true), new PostgresStoreOptions().Table("rows", "\"My App\".\"Rows\""));
        var key = new RecordKey("rows", "a");
        Assert.That(table.Normalize(key, CanonicalJson.EmptyObject, default).Fields["value"].AsString(), Is.EqualTo("it's"));
        var record = new Record(key, 1, Some.Fields(CanonicalJson.From("sad")));
        await database.RunAsync(table.Insert([record], []));
        var condition = new QueryCondition.AnyOf(FieldPath.Of("value"), [CanonicalJson.From("sad"), CanonicalJson.From("it's")]);
        Assert.That(await database.ReadAsync(table, RecordRows.Select(table, [condition], out _)), Has.Count.EqualTo(1));
    }
}
