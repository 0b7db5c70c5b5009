using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>What each check of the decision answers, in the order of the checks.</summary>
public sealed class DecisionTests
{
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync(o => (o.MaxOperationsPerTransaction, o.MaxTransactionBytes) = (10, 2000));

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task An_accepted_write_is_stored_and_told_with_its_records()
    {
        var result = await _world.WriteAsync(Alice, SetTitle("j1", "New"), Set("jobs", "j1", "status", "\"done\""));

        Assert.That(result.IsAccepted);
        Assert.That(result.Receipt!.Versions, Is.EqualTo(new[] { new VersionStep(new("jobs", "j1"), 1, 3) }));
        Assert.That(result.Records["jobs", "j1"]!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"New","status":"done"}""")));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(3));
        Assert.That(result.Revision, Is.EqualTo(new Revision(2)));
    }

    [Test]
    public async Task Set_now_takes_the_servers_clock_to_the_microsecond()
    {
        _world.Time.Advance(TimeSpan.FromTicks(1234567));
        var result = await _world.WriteAsync(Alice, new Operation.SetNow(new("jobs", "j1"), FieldPath.Of("dueAt")));

        Assert.That(result.Records["jobs", "j1"]!.Fields["dueAt"], Is.EqualTo(CanonicalJson.From(result.Receipt!.Now)));
        Assert.That(result.Receipt.Now.Ticks % TimeSpan.TicksPerMicrosecond, Is.Zero);
    }

    private static readonly object[] Refusals =
    [
        new object[] { "a foreign author", (World w) => w.Tx(SetTitle("j1", "x")) with { AuthorId = "bob" }, ErrorCodes.AuthorMismatch, 403 },
        new object[] { "no operations", (World w) => w.Tx(), ErrorCodes.BadMessage, 400 },
        new object[] { "too many operations", (World w) => w.Tx([.. Enumerable.Repeat(SetTitle("j1", "x"), 11)]), ErrorCodes.TooManyOperations, 413 },
        new object[] { "too many bytes", (World w) => w.Tx(SetTitle("j1", new string('x', 2000))), ErrorCodes.TooLarge, 413 },
        new object[] { "no txId", (World w) => w.Tx(SetTitle("j1", "x")) with { TxId = "" }, ErrorCodes.IdEmpty, 400 },
        new object[] { "an endless id", (World w) => w.Tx(SetTitle(new string('i', 300), "x")), ErrorCodes.IdTooLong, 400 },
    ];

    [TestCaseSource(nameof(Refusals))]
    public async Task Is_refused_without_a_receipt(string what, object maker, string code, int status)
    {
        var commits = _world.Store.Commits.Count;
        var result = await _world.Server.WriteAsync(Alice, ((Func<World, Transaction>)maker)(_world));

        Assert.That(result.Receipt, Is.Null, what);
        Assert.That((result.Refusal!.Code, result.Refusal.Status, result.Refusal.RetryAfter), Is.EqualTo((code, status, TimeSpan.Zero)));
        Assert.That(_world.Store.Commits, Has.Count.EqualTo(commits));
    }

    [Test]
    public async Task A_user_cannot_be_taken_for_the_apps_own_code() =>
        Assert.That((await _world.WriteAsync(Caller.User("app:test"), SetTitle("j1", "x"))).Refusal!.Code, Is.EqualTo(ErrorCodes.NotAllowed));

    private static readonly object[] Rejections =
    [
        new object[] { "an unknown table", new[] { Set("nowhere", "x", "a", "1") }, ErrorCodes.UnknownTable, 400 },
        new object[] { "a table that never leaves the server", new[] { Create("grants", "g", """{"userId":"alice","area":"a"}""") }, ErrorCodes.UnknownTable, 400 },
        new object[] { "a record that is not there", new[] { SetTitle("none", "x") }, ErrorCodes.NotFound, 400 },
        new object[] { "a record that may not be read", new[] { SetTitle("hidden", "x") }, ErrorCodes.NotFound, 400 },
        new object[] { "a restore of what never was", new Operation[] { new Operation.Restore(new("jobs", "none")) }, ErrorCodes.NotFound, 400 },
        new object[] { "a delete of what may not be read", new[] { Delete("jobs", "hidden") }, ErrorCodes.NotFound, 400 },
        new object[] { "a taken id", new[] { Create("jobs", "j1", """{"workspaceId":"demo","title":"x"}""") }, ErrorCodes.AlreadyExists, 409 },
        new object[] { "a taken id that may not be read", new[] { Create("jobs", "hidden", """{"workspaceId":"demo","title":"x"}""") }, ErrorCodes.AlreadyExists, 409 },
        new object[] { "an unknown field", new[] { Set("jobs", "j1", "colour", "1") }, ErrorCodes.UnknownField, 400 },
        new object[] { "an unknown field at birth", new[] { Create("jobs", "new", """{"workspaceId":"demo","title":"x","colour":1}""") }, ErrorCodes.UnknownField, 400 },
        new object[] { "the id", new[] { Set("jobs", "j1", "id", "\"x\"") }, ErrorCodes.ReservedField, 400 },
        new object[] { "a path through a scalar", new[] { Set("jobs", "j1", "title.x", "1") }, ErrorCodes.TypeMismatch, 400 },
        new object[] { "a wrong kind", new[] { Set("jobs", "j1", "title", "1") }, ErrorCodes.InvalidRecord, 400 },
        new object[] { "a missing member", new[] { Create("jobs", "new", """{"workspaceId":"demo"}""") }, ErrorCodes.InvalidRecord, 400 },
        new object[] { "the app's own check", new[] { SetTitle("j1", "") }, "title_length", 400 },
        new object[] { "a write rule", new[] { Create("jobs", "new", """{"workspaceId":"secret","title":"x"}""") }, ErrorCodes.NotAllowed, 403 },
        new object[] { "a write rule with a code", new[] { Set("jobs", "j1", "status", "\"locked\"") }, "is_locked", 403 },
        new object[] { "a move to where the author may not write", new[] { Set("jobs", "j1", "workspaceId", "\"secret\"") }, ErrorCodes.NotAllowed, 403 },
        new object[] { "what one may read but not change", new[] { Set("workspaces", "demo", "name", "\"x\"") }, ErrorCodes.NotAllowed, 403 },
        new object[] { "a write rule that throws", new[] { SetTitle("j1", "bomb on write") }, ErrorCodes.NotAllowed, 403 },
        new object[] { "a table without a rule", new[] { Create("orphans", "o", """{"text":"x"}""") }, ErrorCodes.NotAllowed, 403 },
        new object[] { "one bad operation among good ones", new[] { SetTitle("j1", "x"), SetTitle("none", "x") }, ErrorCodes.NotFound, 400 },
    ];

    [TestCaseSource(nameof(Rejections))]
    public async Task Is_rejected_with_a_stored_receipt_and_without_effect(string what, Operation[] operations, string code, int status)
    {
        var before = await _world.FindAsync("jobs", "j1");
        var transaction = _world.Tx(operations);
        var result = await _world.Server.WriteAsync(Bob, transaction);

        Assert.That(result.Refusal, Is.Null, what);
        Assert.That((result.Receipt!.Code, result.Receipt.Status, result.IsAccepted), Is.EqualTo((code, status, false)), result.Receipt.Message);
        Assert.That(result.Records, Is.Empty);
        Assert.That(result.Revision, Is.EqualTo(Revision.None));
        Assert.That(await _world.FindAsync("jobs", "j1"), Is.SameAs(before));

        var stored = await _world.Store.FindReceiptsAsync([new("bob", transaction.TxId)], default);
        Assert.That(stored.Single().Receipt, Is.SameAs(result.Receipt));
    }

    [Test]
    public async Task Missing_and_unreadable_are_answered_alike_to_the_letter()
    {
        foreach (var make in new Func<string, Operation>[] { id => SetTitle(id, "x"), id => Delete("jobs", id), id => Set("jobs", id, "title", "1"), id => Set("jobs", id, "workspaceId", "\"demo\"") })
        {
            var missing = (await _world.WriteAsync(Alice, make("absent"))).Receipt!;
            var unreadable = (await _world.WriteAsync(Alice, make("hidden"))).Receipt!;

            var asMissing = unreadable with { TxId = missing.TxId, Message = unreadable.Message!.Replace("hidden", "absent") };
            Assert.That(ProtocolCodec.ToJson(asMissing), Is.EqualTo(ProtocolCodec.ToJson(missing)));
        }
    }

    [Test]
    public async Task A_taken_id_is_answered_alike_whether_what_has_it_and_may_not_be_read_is_there_or_was_deleted()
    {
        Operation[] creates =
        [
            Create("jobs", "hidden", """{"workspaceId":"demo","title":"x"}"""), Create("jobs", "hidden", """{"workspaceId":"elsewhere","title":"x"}"""), Create("jobs", "hidden", """{"workspaceId":"demo","title":""}"""),
            Create("jobs", "hidden", """{"workspaceId":"demo","no such field":1}"""),
        ];
        var there = new List<Receipt>();
        foreach (var create in creates) there.Add((await _world.WriteAsync(Alice, create)).Receipt!);
        await _world.WriteAsync(App, SetTitle("hidden", "changed"), Delete("jobs", "hidden"));
        var deleted = new List<Receipt>();
        foreach (var create in creates) deleted.Add((await _world.WriteAsync(Alice, create)).Receipt!);

        Assert.That(there.Take(3).Select(receipt => receipt.Code), Is.All.EqualTo(ErrorCodes.AlreadyExists));
        foreach (var (one, other) in there.Zip(deleted)) Assert.That(ProtocolCodec.ToJson(other with { TxId = one.TxId }), Is.EqualTo(ProtocolCodec.ToJson(one)));
    }

    [Test]
    public async Task An_id_that_a_deleted_record_had_is_free_for_those_who_might_read_it_and_for_the_app()
    {
        await _world.WriteAsync(Alice, Delete("jobs", "j1"));
        await _world.WriteAsync(App, Delete("jobs", "hidden"));
        var own = await _world.WriteAsync(Alice, Create("jobs", "j1", """{"workspaceId":"demo","title":"again"}"""));
        var apps = await _world.WriteAsync(App, Create("jobs", "hidden", """{"workspaceId":"demo","title":"again"}"""));

        Assert.That((own.IsAccepted, apps.IsAccepted), Is.EqualTo((true, true)), own.Receipt!.Message);
    }

    [Test]
    public async Task The_apps_own_code_skips_rules_but_never_validation()
    {
        var allowed = await _world.WriteAsync(App, SetTitle("hidden", "x"), Create("grants", "g", """{"userId":"alice","area":"a"}"""), Create("orphans", "o", """{"text":"x"}"""));
        var invalid = await _world.WriteAsync(App, SetTitle("hidden", ""));

        Assert.That(allowed.IsAccepted, allowed.Receipt?.Message);
        Assert.That(allowed.Receipt!.AuthorId, Is.EqualTo("app:test"));
        Assert.That(invalid.Receipt!.Code, Is.EqualTo("title_length"));
    }

    [Test]
    public async Task Base_versions_that_differ_are_a_conflict_with_the_current_records()
    {
        var key = new RecordKey("jobs", "j1");
        await _world.WriteAsync(Alice, SetTitle("j1", "Newer"));
        var stale = await _world.Server.WriteAsync(Alice, _world.Tx(SetTitle("j1", "x")) with { BaseVersions = [new(key, 1)] });
        var met = await _world.Server.WriteAsync(Alice, _world.Tx(SetTitle("j1", "x")) with { BaseVersions = [new(key, 2)] });

        Assert.That((stale.Receipt!.Code, stale.Receipt.Status), Is.EqualTo((ErrorCodes.VersionConflict, 409)));
        Assert.That(stale.Records["jobs", "j1"]!.Version, Is.EqualTo(2));
        Assert.That(met.IsAccepted);
    }

    [TestCase("hidden", 0, true)]
    [TestCase("absent", 0, true)]
    [TestCase("hidden", 1, false)]
    [TestCase("absent", 1, false)]
    public async Task A_base_version_of_what_may_not_be_read_counts_as_no_record(string id, long version, bool isMet)
    {
        var result = await _world.Server.WriteAsync(Alice, _world.Tx(SetTitle("j1", "x")) with { BaseVersions = [new(new("jobs", id), version)] });

        Assert.That(result.IsAccepted, Is.EqualTo(isMet));
        Assert.That(result.Receipt!.Code, Is.EqualTo(isMet ? null : ErrorCodes.VersionConflict));
        Assert.That(result.Records.Select(r => r.Id), Is.SubsetOf(new[] { "j1" }));
    }

    [Test]
    public async Task A_transaction_may_build_on_what_it_creates()
    {
        var result = await _world.WriteAsync(
            Alice,
            Create("jobs", "first", """{"workspaceId":"own","title":"x"}"""),
            Create("workspaces", "own", """{"name":"Own","ownerId":"alice","memberIds":["alice"]}"""),
            SetTitle("first", "y"));

        Assert.That(result.IsAccepted, result.Receipt!.Message);
        Assert.That(result.Receipt.Versions.Select(v => (v.Key.Id, v.Before, v.After)), Is.EqualTo(new[] { ("first", 0L, 2L), ("own", 0L, 1L) }));
    }

    [Test]
    public async Task A_right_that_a_transaction_gives_itself_does_not_count_for_what_it_changes()
    {
        await _world.WriteAsync(App, Create("workspaces", "bobs", """{"name":"B","ownerId":"bob","memberIds":[]}"""), Create("jobs", "inside", """{"workspaceId":"bobs","title":"x"}"""));

        var result = await _world.WriteAsync(Bob, Set("workspaces", "bobs", "memberIds", "[\"bob\"]"), SetTitle("inside", "y"));

        Assert.That(result.Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [Test]
    public async Task Write_rules_see_rights_as_they_were_before_the_transaction()
    {
        var allAtOnce = await _world.WriteAsync(Alice, Delete("workspaces", "demo"), Delete("jobs", "j1"), Delete("jobs", "j2"));

        Assert.That(allAtOnce.IsAccepted, allAtOnce.Receipt!.Message);
    }

    [Test]
    public async Task A_deleted_record_is_gone_and_comes_back_with_its_version_going_on()
    {
        var deleted = await _world.WriteAsync(Alice, Delete("jobs", "j1"));
        var changed = await _world.WriteAsync(Alice, SetTitle("j1", "x"));
        var foreign = await _world.WriteAsync(Carol, new Operation.Restore(new("jobs", "j1")));
        var restored = await _world.WriteAsync(Alice, new Operation.Restore(new("jobs", "j1")));

        Assert.That(deleted.Gone, Is.EqualTo(new[] { new RecordKey("jobs", "j1") }));
        Assert.That(changed.Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
        Assert.That(foreign.Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
        Assert.That(restored.Records["jobs", "j1"]!.Version, Is.EqualTo(3));
    }

    [Test]
    public async Task A_soft_delete_sets_its_field_and_reads_leave_the_record_out()
    {
        var deleted = await _world.WriteAsync(Alice, Delete("notes", "n1"));
        var read = await _world.Server.GetRecordsAsync(Alice, [new("notes", "n1")]);
        var queried = await _world.Server.QueryAsync(Alice, new Query { Table = "notes", Where = [new QueryCondition.EqualTo(FieldPath.Of("ownerId"), CanonicalJson.From("alice"))] });
        var restored = await _world.WriteAsync(Alice, new Operation.Restore(new("notes", "n1")));

        Assert.That(deleted.Records["notes", "n1"]!.Fields["deleted"], Is.EqualTo(CanonicalJson.From(deleted.Receipt!.Now)));
        Assert.That(read, Is.Empty);
        Assert.That(queried.Records, Is.Empty);
        Assert.That(restored.Records["notes", "n1"]!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"ownerId":"alice","text":"mine"}""")));
    }

    [Test]
    public async Task A_condition_that_fails_is_named_and_the_version_still_counts()
    {
        var result = await _world.WriteAsync(Alice, SetTitle("j1", "x"), Set("jobs", "j1", "title", "\"y\"", new Condition.ValueIs(CanonicalJson.From("other"))));

        Assert.That(result.Receipt!.FailedConditions, Is.EqualTo(new[] { 1 }));
        Assert.That(result.Records["jobs", "j1"]!.Fields["title"], Is.EqualTo(CanonicalJson.From("x")));
        Assert.That(result.Records["jobs", "j1"]!.Version, Is.EqualTo(3));
    }

    [Test]
    public async Task What_is_stored_is_what_the_store_can_hold()
    {
        _world.Store.OnNormalize = (key, fields) => new(CanonicalJson.Object(fields.Members.Where(m => m.Key != "status")), null);
        var result = await _world.WriteAsync(Alice, Set("jobs", "j1", "status", "null"), SetTitle("j1", "x"));
        _world.Store.OnNormalize = (key, _) => new(default, new ApplyError(ErrorCodes.BadId, "no"));
        var refused = await _world.WriteAsync(Alice, SetTitle("j1", "y"));

        Assert.That(result.Records["jobs", "j1"]!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"x"}""")));
        Assert.That(refused.Receipt!.Code, Is.EqualTo(ErrorCodes.BadId));
    }

    [Test]
    public async Task Values_are_brought_to_their_normal_form()
    {
        var result = await _world.WriteAsync(Alice, Set("jobs", "j1", "dueAt", "\"2026-01-02T05:04:05+02:00\""));

        Assert.That(result.Records["jobs", "j1"]!.Fields["dueAt"].AsString(), Is.EqualTo("2026-01-02T03:04:05.000000Z"));
    }
}
