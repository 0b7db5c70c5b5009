namespace Sync.Server.Postgres.Tests;

/// <summary>Tables that feed rules and have a key of several columns.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class CompositeKeyTests
{
    private sealed record Membership(string Id, string? WorkspaceId, string? UserId, string? Role);
    private sealed record NumberedMembership(string Id, long? WorkspaceId, string? Role);

    private const string Table = "CREATE TABLE memberships (user_id uuid, workspace_id text, version bigint NOT NULL DEFAULT 1, role text, note text, PRIMARY KEY (workspace_id, user_id)); CREATE INDEX ON memberships (user_id);";
    private const string User = "f47ac10b-58cc-4372-a567-0e02b2c3d479";

    private static readonly SyncModel Model = SyncModel.Create(m => m.Table("memberships", Models.TypeOf<Membership>()).Index(s => s.UserId).ServerOnly());
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Test]
    public async Task An_id_is_the_list_of_the_keys_texts_in_the_keys_order()
    {
        await using var database = await AppDatabase.WithAsync(Table + $"INSERT INTO memberships VALUES ('{User}', E'w \"1\" \\\\ \\n 😀', 1, 'admin')");
        var table = await database.FindTableAsync(Model);
        var record = (await database.ReadAllAsync(table)).Single();
        var id = CanonicalJson.List(CanonicalJson.From("w \"1\" \\ \n 😀"), CanonicalJson.From(User)).ToString();
        Assert.That(record.Id, Is.EqualTo(id));
        Assert.That(table.CanBeId(id));
        Assert.That((await database.ReadAsync(table, RecordRows.Select(table, [id]))).Single().Fields["role"].AsString(), Is.EqualTo("admin"));
        Assert.That(await database.ReadAsync(table, RecordRows.Select(table, [new QueryCondition.AnyOf(FieldPath.Id, [CanonicalJson.From(id), CanonicalJson.From("x")])], out _)), Has.Count.EqualTo(1));
        Assert.That(await database.ReadAsync(table, RecordRows.Select(table, [new QueryCondition.GreaterThan(FieldPath.Id, CanonicalJson.From("["), false)], out _)), Has.Count.EqualTo(1));
    }

    [TestCase("w1")]
    [TestCase("[\"w1\"]")]
    [TestCase("[\"w1\", \"f47ac10b-58cc-4372-a567-0e02b2c3d479\"]")]
    [TestCase("[\"w1\",\"F47AC10B-58CC-4372-A567-0E02B2C3D479\"]")]
    [TestCase("[\"w1\",\"f47ac10b-58cc-4372-a567-0e02b2c3d479\",\"x\"]")]
    [TestCase("[\"w1\",1]")]
    [TestCase("[\"w1\",1,\"f47ac10b-58cc-4372-a567-0e02b2c3d479\"]")]
    [TestCase("[\"w1\",\"x\'); DROP TABLE memberships; --\"]")]
    public async Task Anything_else_is_no_id(string id)
    {
        await using var database = await AppDatabase.WithAsync(Table);
        var table = await database.FindTableAsync(Model);
        Assert.That(table.CanBeId(id), Is.False);
        Assert.That(table.Normalize(new RecordKey("memberships", id), CanonicalJson.EmptyObject, Now).Error?.Code, Is.EqualTo(ErrorCodes.BadId));
        Assert.That(await database.ReadAsync(table, RecordRows.Select(table, [id])), Is.Empty);
        Assert.That(await database.ReadAsync(table, RecordRows.Select(table, [new QueryCondition.EqualTo(FieldPath.Id, CanonicalJson.From(id))], out _)), Is.Empty);
    }

    [Test]
    public async Task Fields_of_the_key_come_from_the_id_and_never_differ_from_it()
    {
        await using var database = await AppDatabase.WithAsync(Table);
        var table = await database.FindTableAsync(Model);
        var key = new RecordKey("memberships", $"[\"w1\",\"{User}\"]");
        var normal = table.Normalize(key, CanonicalJson.Parse("""{"role":"admin"}"""), Now);
        Assert.That(normal.Fields.ToString(), Is.EqualTo($$"""{"role":"admin","userId":"{{User}}","workspaceId":"w1"}"""));
        Assert.That(table.Normalize(key, CanonicalJson.Parse("""{"workspaceId":"w2"}"""), Now).Error?.Code, Is.EqualTo(ErrorCodes.BadId));

        var before = new Record(key, 1, normal.Fields);
        await database.RunAsync(table.Insert([before], []));
        Assert.That(await database.ReadAllAsync(table), Is.EqualTo(new[] { before }).Using<Record>(Some.AreSame));
        database.Execute("UPDATE memberships SET note = 'hidden'");
        var after = new Record(key, 2, table.Normalize(key, CanonicalJson.Parse("""{"role":"guest"}"""), Now).Fields);
        await database.RunAsync(table.Update([new RecordChange(before, after)]));
        Assert.That(await database.ReadAllAsync(table), Is.EqualTo(new[] { after }).Using<Record>(Some.AreSame));

        await database.RunAsync([Tombstones.Put(table, [new Record(key, 3, after.Fields, isDeleted: true)]), .. table.Delete([after])]);
        Assert.That(await database.ReadAllAsync(table), Is.Empty);
        await database.RunAsync(table.Insert([after], [key.Id]));
        Assert.That(await database.Connection.ScalarAsync("SELECT note FROM memberships", default), Is.EqualTo("hidden"));
    }

    [Test]
    public async Task A_number_in_a_key_is_a_number_in_its_field()
    {
        await using var database = await AppDatabase.WithAsync("CREATE TABLE memberships (workspace_id bigint, user_id text, version bigint NOT NULL DEFAULT 1, role text, PRIMARY KEY (workspace_id, user_id))");
        var table = await database.FindTableAsync(SyncModel.Create(m => m.Table("memberships", Models.TypeOf<NumberedMembership>()).ServerOnly()));
        var normal = table.Normalize(new RecordKey("memberships", """["5","u"]"""), CanonicalJson.EmptyObject, Now);
        Assert.That(normal.Fields.ToString(), Is.EqualTo("""{"workspaceId":5}"""));
    }

    [Test]
    public async Task A_key_that_makes_no_ids_is_refused()
    {
        await using var database = await AppDatabase.WithAsync("CREATE TABLE memberships (workspace_id text, user_id text, at timestamptz, version bigint NOT NULL DEFAULT 1, role text, PRIMARY KEY (workspace_id, at)); CREATE INDEX ON memberships (user_id)");
        Assert.That((await database.FindAsync(Model)).Problems, Has.Exactly(1).Contains("memberships\".at is timestamp with time zone, which makes no ids"));
    }

    [Test]
    public async Task A_store_commits_and_reads_them()
    {
        await using var database = await AppDatabase.WithAsync(Table);
        await using var store = new PostgresTransactionStore(new Database(database.ConnectionString, new PostgresStoreOptions()), new PostgresStoreOptions(), TimeProvider.System);
        await store.OpenAsync(Model, default);
        var key = new RecordKey("memberships", $"[\"w1\",\"{User}\"]");
        var created = new Record(key, 1, store.Normalize(key, CanonicalJson.Parse("""{"role":"admin"}"""), Now).Fields);
        await CommitAsync(1, new RecordChange(null, created), 0);
        await CommitAsync(2, new RecordChange(created, new Record(key, 2, created.Fields, isDeleted: true)), 1);
        Assert.That((await store.LoadAsync([key], default)).Records[key].IsDeleted);
        var again = new Record(key, 3, created.Fields);
        await CommitAsync(3, new RecordChange(new Record(key, 2, created.Fields, isDeleted: true), again), 2, new ExpectedLookup("memberships", FieldPath.Of("userId"), CanonicalJson.From(User), []));
        await CommitAsync(4, new RecordChange(again, new Record(key, 4, store.Normalize(key, CanonicalJson.Parse("""{"role":"x"}"""), Now).Fields)), 3, new ExpectedLookup("memberships", FieldPath.Of("userId"), CanonicalJson.From(User), [(key.Id, 3)]));
        var found = await store.QueryAsync(new StoreQuery(new Query { Table = "memberships" }, [], 10), default);
        Assert.That(found.Records.Single().Version, Is.EqualTo(4));

        async Task CommitAsync(int number, RecordChange change, long expected, params ExpectedLookup[] lookups)
        {
            var receipt = new Receipt { TxId = $"t{number}", AuthorId = "u", IsAccepted = true, Now = Now };
            var entry = new CommitEntry(new TransactionId("u", $"t{number}"), new byte[32], receipt, [change], CanonicalJson.EmptyList, null, (ulong)number);
            Assert.That(await store.CommitAsync(new CommitBatch([entry], new Dictionary<RecordKey, long> { [key] = expected }, lookups), default), Is.InstanceOf<CommitAnswer.Committed>());
        }
    }
}
