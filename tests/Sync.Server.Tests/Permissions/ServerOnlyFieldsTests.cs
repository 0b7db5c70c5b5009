using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sync.Server.Sqlite;
using Sync.Server.Tests.Sessions;
using Sync.Testing;
using static Sync.Server.Tests.Permissions.Secrets;

namespace Sync.Server.Tests.Permissions;

/// <summary>A field that never leaves the server, on each way on which a record does.</summary>
[TestFixture("memory"), TestFixture("documents"), TestFixture("relational")]
public sealed class ServerOnlyFieldsTests(string store)
{
    private static readonly CanonicalJson SeenA = CanonicalJson.Parse("""{"ownerId":"alice","name":"A"}""");
    private static readonly RecordKey A = new("accounts", "a");

    private Secrets _secrets = null!;

    [SetUp]
    public async Task StartAsync() => _secrets = await Secrets.StartAsync(store);

    [TearDown]
    public ValueTask StopAsync() => _secrets.DisposeAsync();

    [Test]
    public async Task The_apps_own_code_sees_the_field_and_a_user_does_not()
    {
        Assert.That((await _secrets.WholeAsync("a"))!.Fields["passwordHash"].AsString(), Is.EqualTo(Marker));
        Assert.That((await _secrets.SeenAsync("a"))!.Fields, Is.EqualTo(SeenA));

        var table = _secrets.Server.Table<Account>();
        Assert.That((await table.GetAsync(App, "a"))!.Score, Is.EqualTo(7));
        Assert.That(await table.GetAsync(Alice, "a"), Is.EqualTo(new Account("a", "alice", "A")));
        Assert.That((await table.WhereAsync(App, a => a.OwnerId, "alice")).Select(a => a.PasswordHash), Is.EqualTo(new[] { Marker, Marker }));
        Assert.That((await table.WhereAsync(Alice, a => a.OwnerId, "alice")).Select(a => a.PasswordHash), Is.EqualTo(new string?[] { null, null }));
        Assert.That((await table.WhereAsync(App, a => a.ResetToken, Marker)).Select(a => a.Id), Is.EqualTo(new[] { "a", "b" }), "it is indexed, for the app");
    }

    [Test]
    public async Task A_users_query_by_the_field_is_refused_as_one_by_an_unknown_field_is()
    {
        foreach (var name in HiddenNames.Concat(["origin.ip", "resetToken.x"]))
        {
            var path = FieldPath.Parse(name);
            Query[] queries =
            [
                new() { Table = "accounts", Where = [new QueryCondition.EqualTo(path, CanonicalJson.From(Marker))] },
                new() { Table = "accounts", Where = [Owned, new QueryCondition.GreaterThan(path, CanonicalJson.From("a"), false)] },
                new() { Table = "accounts", Where = [Owned], OrderBy = [new SortField(path)] },
            ];
            foreach (var query in queries)
            {
                var refused = (await _secrets.Server.QueryAsync(Alice, query)).Error!;
                Assert.That(refused.Code, Is.EqualTo(ErrorCodes.UnknownField), name);
                var unknown = (await _secrets.Server.QueryAsync(Alice, Renamed(query))).Error!;
                Assert.That(refused.Message.Replace(name, "colour", StringComparison.Ordinal), Is.EqualTo(unknown.Message), name);
            }
        }
    }

    private static readonly object[] Writes =
    [
        new object[] { "set", (string name) => World.Set("accounts", "a", name, "\"x\"") },
        new object[] { "set under it", (string name) => World.Set("accounts", "a", $"{name}.ip", "\"x\"") },
        new object[] { "set if it has a value", (string name) => World.Set("accounts", "a", name, "\"x\"", new Condition.ValueIs(CanonicalJson.From(Marker))) },
        new object[] { "unset", (string name) => new Operation.Unset(A, FieldPath.Parse(name)) },
        new object[] { "unset if absent", (string name) => new Operation.Unset(A, FieldPath.Parse(name), Condition.Absent.Instance) },
        new object[] { "set-now", (string name) => new Operation.SetNow(A, FieldPath.Parse(name)) },
        new object[] { "listInsert", (string name) => new Operation.ListInsert(A, FieldPath.Parse(name), CanonicalJson.From("x"), ListPosition.AtEnd) },
        new object[] { "listRemove", (string name) => new Operation.ListRemove(A, FieldPath.Parse(name), CanonicalJson.From(Marker)) },
        new object[] { "create", (string name) => World.Create("accounts", "new", $$"""{"ownerId":"alice","name":"N","{{name}}":null}""") },
    ];

    [TestCaseSource(nameof(Writes))]
    public async Task A_users_operation_on_the_field_is_refused_as_one_on_an_unknown_field_is(string what, object maker)
    {
        var make = (Func<string, Operation>)maker;
        foreach (var name in HiddenNames)
        {
            var refused = (await _secrets.WriteAsync(Alice, make(name))).Receipt!;
            var unknown = (await _secrets.WriteAsync(Alice, make("colour"))).Receipt!;
            Assert.That((refused.Code, refused.Status), Is.EqualTo((ErrorCodes.UnknownField, 400)), $"{what} {name}");
            Assert.That(refused.Message!.Replace(name, "colour", StringComparison.Ordinal), Is.EqualTo(unknown.Message), what);
        }
        Assert.That((await _secrets.WholeAsync("a"))!.Version, Is.EqualTo(1));
    }

    [Test]
    public async Task The_apps_own_code_writes_the_field_through_typed_tables()
    {
        var result = await _secrets.Server.WriteAsync(App, tx => tx.Table<Account>()
            .Create(new Account("c", "alice", "C", PasswordHash: "long enough", Score: 3))
            .Update("a", a => a with { Score = a.Score + 1 })
            .Set("b", a => a.ResetToken, "other"));
        Assert.That(result.IsAccepted, result.Receipt?.Message);
        Assert.That((await _secrets.WholeAsync("c"))!.Fields["passwordHash"].AsString(), Is.EqualTo("long enough"));
        Assert.That((await _secrets.WholeAsync("a"))!.Fields["score"], Is.EqualTo(CanonicalJson.From(8)));
    }

    [Test]
    public async Task A_record_that_a_user_creates_has_the_fields_default()
    {
        var result = await _secrets.Server.WriteAsync(Alice, tx => tx.Table<Account>().Create(new Account("c", "alice", "C")));
        Assert.That(result.IsAccepted, result.Receipt?.Message);
        var made = (await _secrets.Server.Table<Account>().GetAsync(App, "c"))!;
        Assert.That((made.PasswordHash, made.Score, made.Flags, made.ResetToken), Is.EqualTo(((string?)null, 0, (IReadOnlyList<string>?)null, (string?)null)));

        var set = await _secrets.Server.WriteAsync(Alice, tx => tx.Table<Account>().Create(new Account("d", "alice", "D", Score: 5)));
        Assert.That(set.Receipt!.Code, Is.EqualTo(ErrorCodes.UnknownField), "what was set is not dropped without a word");
    }

    [Test]
    public async Task A_create_over_a_tombstone_does_not_get_what_was_hidden()
    {
        await _secrets.WriteAsync(App, World.Delete("accounts", "a"));
        await _secrets.WriteAsync(Alice, World.Create("accounts", "a", """{"ownerId":"alice","name":"Again"}"""));
        var again = (await _secrets.WholeAsync("a"))!;
        Assert.That((again.Version, again.Fields["passwordHash"].IsMissing), Is.EqualTo((3L, true)));
    }

    [Test]
    public async Task A_restore_by_a_user_brings_the_field_back_unseen()
    {
        await _secrets.WriteAsync(Alice, World.Delete("accounts", "a"));
        var restored = await _secrets.WriteAsync(Alice, new Operation.Restore(A));
        Assert.That(restored.Records[A]!.Fields, Is.EqualTo(SeenA));
        Assert.That((await _secrets.WholeAsync("a"))!.Fields["passwordHash"].AsString(), Is.EqualTo(Marker));
    }

    [Test]
    public async Task A_delete_on_condition_of_all_fields_is_compared_with_what_the_user_sees()
    {
        var whole = (await _secrets.WholeAsync("a"))!.Fields;
        var guessed = await _secrets.WriteAsync(Alice, new Operation.Delete(A, new Condition.ValueIs(whole)));
        Assert.That(guessed.Receipt!.FailedConditions.AsEnumerable(), Is.EqualTo(new[] { 0 }), "a guess at what is hidden never holds");
        Assert.That((await _secrets.SeenAsync("a"))!.Version, Is.EqualTo(2));

        var seen = await _secrets.WriteAsync(Alice, new Operation.Delete(A, new Condition.ValueIs(SeenA)));
        Assert.That(seen.Receipt!.FailedConditions, Is.Empty);
        Assert.That(await _secrets.SeenAsync("a"), Is.Null);
    }

    [Test]
    public async Task The_apps_own_delete_is_compared_with_all_fields()
    {
        var partly = await _secrets.WriteAsync(App, new Operation.Delete(A, new Condition.ValueIs(SeenA)));
        Assert.That(partly.Receipt!.FailedConditions.AsEnumerable(), Is.EqualTo(new[] { 0 }));
        var wholly = await _secrets.WriteAsync(App, new Operation.Delete(A, new Condition.ValueIs((await _secrets.WholeAsync("a"))!.Fields)));
        Assert.That(wholly.Receipt!.FailedConditions, Is.Empty);
    }

    [Test]
    public async Task Rules_and_checks_see_the_field()
    {
        Assert.That((await _secrets.WriteAsync(App, World.Set("accounts", "a", "passwordHash", "\"abc\""))).Receipt!.Code, Is.EqualTo("weak_hash"));

        await _secrets.WriteAsync(App, World.Set("accounts", "a", "score", "-1"));
        Assert.That((await _secrets.WriteAsync(Alice, World.Set("accounts", "a", "name", "\"N\""))).Receipt!.Code, Is.EqualTo("frozen"));

        await _secrets.WriteAsync(App, World.Set("accounts", "b", "flags", "[\"gone\"]"));
        Assert.That(await _secrets.SeenAsync("b"), Is.Null);

        await _secrets.WriteAsync(App, World.Set("accounts", "a", "score", "2000"));
        Assert.That((await _secrets.Server.QueryAsync(Alice, OwnedByAlice)).Records, Is.Empty, "a condition of Readable on it reaches the store");
    }

    [Test]
    public async Task What_a_write_answers_is_without_the_field()
    {
        var result = await _secrets.WriteAsync(Alice, World.Set("accounts", "a", "name", "\"N\""));
        Assert.That(TextOf(result.Records) + TextOf(result.Written), Does.Not.Contain(Marker).And.Contain("\"N\""));

        var conflict = await _secrets.WriteAsync(Alice, [new BaseVersion(A, 1)], World.Set("accounts", "a", "name", "\"M\""));
        Assert.That(conflict.Receipt!.Code, Is.EqualTo(ErrorCodes.VersionConflict));
        Assert.That(TextOf(conflict.Records), Does.Not.Contain(Marker).And.Contain("\"N\""));

        var group = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _secrets.WriteAsync(Alice, World.Set("accounts", "a", "name", $"\"N{i}\"")).AsTask()));
        Assert.That(group.Select(r => TextOf(r.Written)), Has.None.Contains(Marker));
    }

    [Test]
    public async Task What_is_wrong_with_a_hidden_field_is_not_told_by_its_name()
    {
        await using var secrets = await Secrets.StartAsync("documents", async file =>
        {
            var services = new ServiceCollection();
            services.AddSyncServer(SyncModel.Create(m => m.Table("accounts", SecretsJson.Default.OldAccount).Index(a => a.OwnerId))).UseSqlite(file.Path);
            await using var old = services.BuildServiceProvider().GetRequiredService<SyncServer>();
            await old.StartAsync(CancellationToken.None);
            await old.WriteAsync(App, new Transaction { TxId = "old", Operations = [World.Create("accounts", "old", """{"ownerId":"alice","name":"Old","rank":null}""")] });
        });

        var app = await secrets.Server.WriteAsync(App, new Transaction { TxId = "app", Operations = [World.Set("accounts", "old", "name", "\"N\"")] });
        Assert.That((app.Receipt!.Code, app.Receipt.Message), Is.EqualTo((ErrorCodes.InvalidRecord, "A record of \"accounts\" does not fit: \"rank\" must be a value, and it is null.")));

        var user = await secrets.Server.WriteAsync(Alice, new Transaction { TxId = "user", Operations = [World.Set("accounts", "old", "name", "\"N\"")] });
        Assert.That((user.Receipt!.Code, user.Receipt.Message), Is.EqualTo((ErrorCodes.InvalidRecord, "A record of \"accounts\" does not fit its type.")));
    }

    [Test]
    public async Task Sessions_never_hear_of_the_field()
    {
        await using var alice = Connect();
        var all = alice.Session.Subscribe(OwnedByAlice);
        var window = alice.Session.Subscribe(OwnedByAlice with { OrderBy = [new SortField(FieldPath.Of("name"))], Limit = 1 });
        await alice.UntilAsync(s => s.Ids(all).Count == 2 && s.Ids(window).Count == 1);

        await _secrets.WriteAsync(App, World.Set("accounts", "a", "name", "\"Live\""));
        await alice.UntilAsync(s => s.Row(all, "a").Fields["name"].AsString() == "Live");
        await _secrets.WriteAsync(App, World.Delete("accounts", "b"), World.Create("accounts", "c", $$"""{"ownerId":"alice","name":"C",{{Hidden}}}"""));
        await alice.UntilAsync(s => s.Ids(all).SequenceEqual(["a", "c"]));

        alice.Session.Push(World.Set("accounts", "a", "name", "\"Mine\""));
        alice.Session.Push(World.Set("accounts", "a", "passwordHash", "\"mine\""));
        await alice.UntilAsync(s => s.Receipts.Count == 2);
        Assert.That(alice.Session.Receipts[1].Receipt.Code, Is.EqualTo(ErrorCodes.UnknownField));

        _secrets.Server.VerifyNow();
        await alice.UntilAsync(s => s.Checkpoints.Count(c => c.Subscriptions.Any(d => d.Digest is not null)) > 0);
        var refused = alice.Session.Subscribe(new Query { Table = "accounts", Where = [new QueryCondition.EqualTo(FieldPath.Of("resetToken"), CanonicalJson.From(Marker))] });
        await alice.UntilAsync(s => s.Received.OfType<ServerMessage.Error>().Any(e => e.Sub.Value == refused));
        Assert.That(alice.Session.Received.OfType<ServerMessage.Error>().Single().Code, Is.EqualTo(ErrorCodes.UnknownField));

        Assert.That(alice.Session.Row(all, "a").Fields["name"].AsString(), Is.EqualTo("Mine"));
        Assert.That(HiddenNames.Where(name => name != "resetToken" && name != "passwordHash" && alice.Session.Transcript.Contains(name, StringComparison.Ordinal)), Is.Empty);
        Assert.That(alice.Session.Transcript, Does.Not.Contain(Marker));
    }

    [Test]
    public async Task A_change_of_the_field_shows_as_a_new_version_alone()
    {
        await using var alice = Connect();
        var all = alice.Session.Subscribe(OwnedByAlice);
        await alice.UntilAsync(s => s.Ids(all).Count == 2);
        await _secrets.WriteAsync(App, World.Set("accounts", "a", "passwordHash", $"\"{Marker}2\""));
        await alice.UntilAsync(s => s.Row(all, "a").Version == 2);
        Assert.That(alice.Session.Row(all, "a").Fields, Is.EqualTo(SeenA));
    }

    [Test]
    public async Task A_history_is_told_without_the_field()
    {
        await _secrets.WriteAsync(App, World.Set("accounts", "a", "passwordHash", $"\"{Marker}2\""));
        await _secrets.WriteAsync(App, World.Set("accounts", "a", "score", "8"), World.Set("accounts", "a", "name", "\"N\""));

        var seen = (await _secrets.Server.HistoryAsync(Alice, A)).Page.Entries;
        Assert.That(seen.Select(e => e.After!.Version), Is.EqualTo(new[] { 4L, 1L }), "what changed hidden fields alone is nobody's business");
        Assert.That(seen[0].Fields.Select(f => f.Path.ToString()), Is.EqualTo(new[] { "name" }));
        Assert.That(seen[0].Operations, Is.EqualTo(new[] { World.Set("accounts", "a", "name", "\"N\"") }));
        Assert.That(seen.SelectMany(e => new[] { e.Before, e.After }).OfType<Record>().Select(r => r.Fields.ToString()), Has.None.Contains(Marker));
        Assert.That(seen.SelectMany(e => e.Operations).Select(o => ProtocolCodec.ToJson(o).ToString()), Has.None.Contains(Marker));

        Assert.That((await _secrets.Server.HistoryAsync(App, A)).Page.Entries.Select(e => e.Operations.Length), Is.EqualTo(new[] { 2, 1, 1 }), "the app's own code sees all");
    }

    [Test]
    public async Task A_claim_is_compared_with_what_was_sent()
    {
        Record[] held = [(await _secrets.SeenAsync("a"))!, (await _secrets.SeenAsync("b"))!];
        await using var equal = Connect();
        var same = equal.Session.Subscribe(OwnedByAlice, held);
        await equal.UntilAsync(s => s.Ids(same).Count == 2);
        Assert.That(equal.Session.Checkpoints.SelectMany(c => c.Records), Is.Empty, "the client held all of it");
        Assert.That(equal.Session.Received.OfType<ServerMessage.Compare>(), Is.Empty);

        await _secrets.WriteAsync(App, World.Set("accounts", "b", "name", "\"Late\""));
        await using var late = Connect();
        var part = late.Session.Subscribe(OwnedByAlice, held);
        await late.UntilAsync(s => s.Ids(part).Count == 2 && s.Row(part, "b").Fields["name"].AsString() == "Late");
        Assert.That(late.Session.Needless, Is.Empty);
        Assert.That(equal.Session.Transcript + late.Session.Transcript, Does.Not.Contain(Marker));
    }

    [Test]
    public async Task The_guides_dialect_hears_of_versions_alone()
    {
        await using var alice = Connect(hello: false);
        alice.Session.Send("""{"type":"subscribe","key":"accounts:a"}""");
        await alice.UntilAsync(s => s.Transcript.Contains("\"version\":1", StringComparison.Ordinal));
        await _secrets.WriteAsync(App, World.Set("accounts", "a", "passwordHash", $"\"{Marker}2\""));
        await alice.UntilAsync(s => s.Transcript.Contains("\"version\":2", StringComparison.Ordinal));
        Assert.That(alice.Session.Transcript, Does.Not.Contain(Marker));
    }

    private static QueryCondition Owned { get; } = new QueryCondition.EqualTo(FieldPath.Of("ownerId"), CanonicalJson.From("alice"));

    private static Query OwnedByAlice { get; } = new() { Table = "accounts", Where = [Owned] };

    private static Query Renamed(Query query) => query with
    {
        Where = [.. query.Where.Select(c => c.Path == FieldPath.Of("ownerId") ? c : new QueryCondition.EqualTo(FieldPath.Of("colour"), CanonicalJson.Null))],
        OrderBy = [.. query.OrderBy.Select(_ => new SortField(FieldPath.Of("colour")))],
    };

    private static string TextOf(RecordMap records)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        ProtocolCodec.WriteRecordMap(buffer, records);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private Connected Connect(bool hello = true)
    {
        var (client, server) = InMemoryConnection.CreatePair(null);
        var session = new TestSession(client, _secrets.Server.RunSessionAsync(server, Alice, CancellationToken.None));
        if (hello) session.Send(new ClientMessage.Hello(ProtocolCodec.Version, $"client-{Guid.NewGuid():N}", Token.None));
        return new Connected(session);
    }

    /// <summary>A session over a store that may answer on another thread.</summary>
    private sealed record Connected(TestSession Session) : IAsyncDisposable
    {
        public async Task UntilAsync(Func<TestSession, bool> holds)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!Holds())
            {
                Assert.That(patience.IsCancellationRequested, Is.False, $"it did not come to this:\n{Session.Transcript}");
                await Task.Delay(1, CancellationToken.None);
            }

            bool Holds()
            {
                _ = Session.Received;
                return holds(Session);
            }
        }

        public ValueTask DisposeAsync() => Session.DisposeAsync();
    }
}
