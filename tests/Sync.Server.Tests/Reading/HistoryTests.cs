using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Reading;

/// <summary>Histories through the front door, under the rules of now.</summary>
public sealed class HistoryTests
{
    private static readonly RecordKey J1 = new("jobs", "j1");

    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync(o => (o.MaxHistoryEntriesPerPage, o.MaxHistoryEntriesScanned) = (5, 40));

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task Who_changed_what_and_when_newest_first()
    {
        await _world.WriteAsync(Bob, SetTitle("j1", "Uno"), Set("jobs", "j2", "title", "\"Dos\""), Set("jobs", "j1", "status", "\"done\""));

        var page = (await _world.Server.HistoryAsync(Alice, J1)).Page;

        Assert.That(page.Entries.Select(e => $"{e.AuthorId} {e.TxId} {e.Kind}"), Is.EqualTo(new[] { "bob tx-2 Changed", "app:test tx-1 Created" }));
        Assert.That(page.Entries[0].Now, Is.EqualTo(_world.Time.GetUtcNow()));
        Assert.That(page.Entries[0].Fields.Select(Told), Is.EqualTo(new[] { "status: - > \"done\"", "title: \"One\" > \"Uno\"" }));
        Assert.That(page.Entries[0].Operations, Has.Length.EqualTo(2).And.All.Matches<Operation>(o => o.Key == J1));
        Assert.That((page.Entries[0].Before!.Version, page.Entries[0].After!.Version), Is.EqualTo((1, 3)));
        Assert.That(page.Entries[1].Before, Is.Null);
        Assert.That(page.Entries[1].Fields.Select(Told), Is.EqualTo(new[] { "title: - > \"One\"", "workspaceId: - > \"demo\"" }));
        Assert.That((page.Cursor, page.IsTrimmed), Is.EqualTo(((string?)null, false)));
    }

    [Test]
    public async Task Nested_fields_are_told_apart()
    {
        await _world.WriteAsync(App, Create("orphans", "o", """{"text":"x"}"""));
        await _world.WriteAsync(App, Set("jobs", "j1", "tags", """["a"]"""));
        await _world.WriteAsync(App, Set("jobs", "j1", "tags", """["a","b"]"""));

        Assert.That((await _world.Server.HistoryAsync(Alice, J1)).Page.Entries[0].Fields.Select(Told), Is.EqualTo(new[] { """tags: ["a"] > ["a","b"]""" }));
        Assert.That(FieldChange.Between(CanonicalJson.Parse("""{"a":{"b":1,"c":2},"d":{"":1}}"""), CanonicalJson.Parse("""{"a":{"b":1,"c":3},"d":{"":2}}""")).Select(Told),
            Is.EqualTo(new[] { "a.c: 2 > 3", """d: {"":1} > {"":2}""" }));
    }

    [TestCase("jobs", "hidden", ErrorCodes.NotFound)]
    [TestCase("jobs", "never", ErrorCodes.NotFound)]
    [TestCase("grants", "x", ErrorCodes.UnknownTable)]
    [TestCase("nowhere", "x", ErrorCodes.UnknownTable)]
    public async Task What_may_not_be_read_has_the_answer_of_what_never_was(string table, string id, string code)
    {
        var result = await _world.Server.HistoryAsync(Alice, new(table, id));

        var message = code == ErrorCodes.NotFound ? $"There is no {table}/{id}, or you may not read it." : SyncModel.UnknownTable(table).Message;
        Assert.That(result.Error, Is.EqualTo(new ApplyError(code, message)));
        Assert.That(result.Page.Entries, Is.Empty);
    }

    [Test]
    public async Task A_deleted_record_has_a_history_for_those_who_might_restore_it()
    {
        await _world.WriteAsync(Alice, Delete("jobs", "j1"));

        var mine = (await _world.Server.HistoryAsync(Bob, J1)).Page;
        var others = await _world.Server.HistoryAsync(Carol, J1);

        Assert.That(mine.Entries.Select(e => $"{e.AuthorId} {e.Kind}"), Is.EqualTo(new[] { "alice Deleted", "app:test Created" }));
        Assert.That((mine.Entries[0].Before!.Version, mine.Entries[0].After), Is.EqualTo((1, (Record?)null)));
        Assert.That(others.Error!.Code, Is.EqualTo(ErrorCodes.NotFound));

        await _world.WriteAsync(Alice, new Operation.Restore(J1));
        await _world.WriteAsync(Alice, Delete("jobs", "j1"));
        await _world.WriteAsync(Alice, Create("jobs", "j1", """{"workspaceId":"demo","title":"New"}"""));
        Assert.That((await _world.Server.HistoryAsync(Bob, J1)).Page.Entries.Select(e => e.Kind).Take(3), Is.EqualTo(new[] { HistoryKind.Created, HistoryKind.Deleted, HistoryKind.Restored }));
    }

    [Test]
    public async Task A_soft_delete_is_a_deletion_and_its_end_a_restoration()
    {
        await _world.WriteAsync(Alice, Delete("notes", "n1"));
        await _world.WriteAsync(Alice, new Operation.Restore(new("notes", "n1")));

        Assert.That((await _world.Server.HistoryAsync(Alice, new("notes", "n1"))).Page.Entries.Select(e => e.Kind), Is.EqualTo(new[] { HistoryKind.Restored, HistoryKind.Deleted, HistoryKind.Created }));
    }

    [Test]
    public async Task Each_side_of_an_entry_is_judged_by_the_rules_of_now()
    {
        await _world.WriteAsync(App, Set("jobs", "hidden", "title", "\"Still hidden\""));
        await _world.WriteAsync(App, Set("jobs", "hidden", "workspaceId", "\"demo\""), Set("jobs", "hidden", "title", "\"Shown\""));
        await _world.WriteAsync(Alice, Set("jobs", "hidden", "title", "\"Shown more\""));

        var page = (await _world.Server.HistoryAsync(Alice, new("jobs", "hidden"))).Page;
        var all = (await _world.Server.HistoryAsync(App, new("jobs", "hidden"))).Page;

        Assert.That(page.Entries.Select(e => $"{e.Before?.Fields["title"]} > {e.After?.Fields["title"]}"), Is.EqualTo(new[] { "\"Shown\" > \"Shown more\"", " > \"Shown\"" }));
        Assert.That((page.Entries[1].Fields.Length, page.Entries[1].Operations.Length), Is.EqualTo((0, 0)));
        Assert.That(page.Cursor, Is.Null);
        Assert.That(all.Entries, Has.Length.EqualTo(4));
        Assert.That(all.Entries[1].Operations, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task A_value_that_passed_through_a_hidden_state_is_not_in_the_operations()
    {
        await _world.WriteAsync(App, Set("jobs", "j1", "workspaceId", "\"secret\""), Set("jobs", "j1", "title", "\"for carol\""), Set("jobs", "j1", "workspaceId", "\"demo\""), SetTitle("j1", "for all"));

        var entry = (await _world.Server.HistoryAsync(Alice, J1)).Page.Entries[0];

        Assert.That(entry.Fields.Select(Told), Is.EqualTo(new[] { "title: \"One\" > \"for all\"" }));
        Assert.That(entry.Operations, Is.Empty);
        Assert.That((await _world.Server.HistoryAsync(App, J1)).Page.Entries[0].Operations, Has.Length.EqualTo(4));
    }

    [Test]
    public async Task Pages_are_filled_from_what_may_be_read_and_their_cursors_go_on()
    {
        for (var i = 0; i < 12; i++)
        {
            await _world.WriteAsync(App, Set("jobs", "j1", "workspaceId", "\"secret\""));
            await _world.WriteAsync(App, SetTitle("j1", $"hidden {i}"));
            await _world.WriteAsync(App, SetTitle("j1", $"{i}"), Set("jobs", "j1", "workspaceId", "\"demo\""));
            await _world.WriteAsync(App, Set("jobs", "j1", "status", $"\"{i}\""));
        }

        var pages = new List<HistoryPage>();
        do pages.Add((await _world.Server.HistoryAsync(Alice, J1, pages.LastOrDefault()?.Cursor, limit: 4)).Page);
        while (pages[^1].Cursor is not null);

        var texts = pages.SelectMany(p => p.Entries).Select(e => $"{e.Before?.Fields} {e.After?.Fields}");
        Assert.That(pages.Select(p => p.Entries.Length), Is.EqualTo(new[] { 4, 4, 4, 4, 4, 4, 4, 4, 4, 1 }));
        Assert.That(texts, Has.None.Contains("hidden").And.None.Contains("secret").And.Exactly(37).Items);
        Assert.That(pages.Select(p => p.Cursor).SkipLast(1), Is.Unique.And.All.Length.EqualTo(pages[0].Cursor!.Length));
    }

    [Test]
    public async Task A_page_looks_at_a_bounded_number_of_entries_and_then_ends_with_a_cursor()
    {
        await _world.WriteAsync(App, Set("jobs", "j1", "workspaceId", "\"secret\""));
        for (var i = 0; i < 60; i++) await _world.WriteAsync(App, SetTitle("j1", $"hidden {i}"));
        await _world.WriteAsync(App, Set("jobs", "j1", "workspaceId", "\"demo\""));

        var first = (await _world.Server.HistoryAsync(Alice, J1)).Page;
        var second = (await _world.Server.HistoryAsync(Alice, J1, first.Cursor)).Page;

        Assert.That((first.Entries.Length, first.Cursor is null), Is.EqualTo((1, false)));
        Assert.That((second.Entries.Length, second.Cursor), Is.EqualTo((2, (string?)null)));
    }

    [Test]
    public async Task A_page_has_at_most_what_the_server_allows()
    {
        for (var i = 0; i < 10; i++) await _world.WriteAsync(Bob, SetTitle("j1", $"{i}"));

        Assert.That((await _world.Server.HistoryAsync(Alice, J1, limit: 1000)).Page.Entries, Has.Length.EqualTo(5));
        Assert.That((await _world.Server.HistoryAsync(Alice, J1, limit: 0)).Error!.Code, Is.EqualTo(ErrorCodes.BadMessage));
    }

    [Test]
    public async Task A_cursor_is_of_its_record_alone()
    {
        await _world.WriteAsync(Bob, SetTitle("j1", "1"), SetTitle("j2", "2"));
        var cursor = (await _world.Server.HistoryAsync(Alice, J1, limit: 1)).Page.Cursor!;

        Assert.That((await _world.Server.HistoryAsync(Alice, J1, cursor)).Page.Entries.Single().Kind, Is.EqualTo(HistoryKind.Created));
        foreach (var (key, wrong) in new[] { (new RecordKey("jobs", "j2"), cursor), (J1, "1"), (J1, ""), (J1, cursor[..^1]), (J1, "AAAAAAAAAAAAAAAAAAAAAA"), (new("jobs", "never"), cursor) })
            Assert.That((await _world.Server.HistoryAsync(Alice, key, wrong)).Error?.Code, Is.EqualTo(ErrorCodes.BadCursor), $"{key} {wrong}");
    }

    [Test]
    public async Task A_cursor_tells_no_revision()
    {
        using var seal = new TokenSeal(_world.Server.Rooms.StoreInfo.TokenKey);
        await _world.WriteAsync(Bob, SetTitle("j1", "1"));

        var cursor = (await _world.Server.HistoryAsync(Alice, J1, limit: 1)).Page.Cursor!;

        seal.TryOpen(new Token(cursor), out var revision, out _);
        Assert.That(cursor, Has.Length.EqualTo(22));
        Assert.That(revision.Value, Is.Not.InRange(1, 10));
    }

    [Test]
    public async Task What_was_deleted_along_names_who_deleted_its_parent()
    {
        await _world.DisposeAsync();
        _world = await World.StartAsync(store: new TestStore([new StoreCascade("workspaces", "jobs", FieldPath.Of("workspaceId"), CascadeAction.Delete)]));
        await _world.WriteAsync(Carol, Delete("workspaces", "secret"));

        var entry = (await _world.Server.HistoryAsync(App, new("jobs", "hidden"))).Page.Entries[0];

        Assert.That((entry.AuthorId, entry.Kind), Is.EqualTo(("carol", HistoryKind.Deleted)));
        Assert.That(entry.Operations.Single(), Is.EqualTo(Delete("jobs", "hidden")));
    }

    [Test]
    public async Task A_record_whose_first_entries_are_gone_says_so_on_its_last_page()
    {
        await _world.DisposeAsync();
        _world = await World.StartAsync(store: new TestStore(inner: new InMemoryStore(new Random(1).NextBytes, maxLogEntries: 3)));
        for (var i = 0; i < 5; i++) await _world.WriteAsync(Bob, SetTitle("j1", $"{i}"));

        var first = (await _world.Server.HistoryAsync(Alice, J1, limit: 2)).Page;
        var last = (await _world.Server.HistoryAsync(Alice, J1, first.Cursor, limit: 2)).Page;
        var none = (await _world.Server.HistoryAsync(Alice, new("jobs", "j2"))).Page;

        Assert.That((first.Entries.Length, first.IsTrimmed), Is.EqualTo((2, false)));
        Assert.That((last.Entries.Length, last.Cursor, last.IsTrimmed), Is.EqualTo((1, (string?)null, true)));
        Assert.That((none.Entries.Length, none.Cursor, none.IsTrimmed), Is.EqualTo((0, (string?)null, true)));
    }

    [Test]
    public async Task A_right_that_is_lost_while_a_history_is_read_is_lost()
    {
        var isFirst = true;
        _world.Store.OnHistory = async () =>
        {
            if (!isFirst) return;
            isFirst = false;
            await _world.WriteAsync(App, Set("workspaces", "demo", "memberIds", """["alice"]"""));
        };

        Assert.That((await _world.Server.HistoryAsync(Bob, J1)).Error?.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [Test]
    public async Task What_another_node_has_written_is_caught_up_with_before_a_history_is_judged()
    {
        await using var other = await _world.StartAnotherAsync();
        await other.WriteAsync(App, _world.Tx(Set("workspaces", "demo", "memberIds", """["alice"]""")));

        Assert.That((await _world.Server.HistoryAsync(Bob, J1)).Error?.Code, Is.EqualTo(ErrorCodes.NotFound));
        Assert.That((await _world.Server.HistoryAsync(Alice, new("workspaces", "demo"))).Page.Entries, Has.Length.EqualTo(2));
    }

    private static string Told(FieldChange change) => $"{change.Path}: {(change.Before.IsMissing ? "-" : change.Before)} > {(change.After.IsMissing ? "-" : change.After)}";
}
