using Sync.AspNetCore.Tests.Site;
using Sync.Client;
using Sync.Server;

namespace Sync.AspNetCore.Tests.Paths;

/// <summary>Another model than the tasks, by real clients over real sockets into a store: nothing on the way knows the word task.</summary>
[TestFixtureSource(typeof(Stores), nameof(Stores.All))]
public sealed class NotesTests(StoreChoice store)
{
    private TestSite _site = null!;
    private SyncClient _alice = null!;
    private SyncClient _bob = null!;

    [SetUp]
    public async Task Start()
    {
        store.Open();
        _site = await TestSite.StartAsync(Notes.Model, builder => store.Use(builder).AddPermissions<Notebook, NotebookPermissions>().AddPermissions<Note, NotePermissions>());
        _alice = await _site.ClientAsync("alice");
        _bob = await _site.ClientAsync("bob");
        await Accepted(_alice.Table<Notebook>().CreateAsync(new("recipes", "Recipes", "alice", ["bob"])));
        await Accepted(_alice.Table<Note>().CreateAsync(new("soup", "recipes", "Soup", "alice", Tags: ["warm"])));
    }

    [TearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        store.Close();
    }

    [Test]
    public async Task A_note_of_one_is_seen_by_the_other()
    {
        await using var bobs = NotesOf(_bob, "recipes");

        var rows = await bobs.ShowsAsync(rows => rows.Count == 1);

        Assert.That(rows[0] with { Tags = null }, Is.EqualTo(new Note("soup", "recipes", "Soup", "alice")));
        Assert.That(rows[0].Tags, Is.EqualTo(new[] { "warm" }));
    }

    [Test]
    public async Task Tags_that_two_people_add_at_once_are_both_kept()
    {
        await using var alices = NotesOf(_alice, "recipes");
        await using var bobs = NotesOf(_bob, "recipes");
        await alices.ShowsAsync(rows => rows.Count == 1);
        await bobs.ShowsAsync(rows => rows.Count == 1);

        var alicesWrite = await _alice.Table<Note>().UpdateAsync("soup", n => n with { Tags = [.. n.Tags!, "quick"] });
        var bobsWrite = await _bob.Table<Note>().UpdateAsync("soup", n => n with { Tags = [.. n.Tags!, "cheap"] });
        await Task.WhenAll(alicesWrite.Receipt, bobsWrite.Receipt).Ends();

        var seenByAlice = await alices.ShowsAsync(rows => rows is [{ Tags.Count: 3 }]);
        var seenByBob = await bobs.ShowsAsync(rows => rows is [{ Tags.Count: 3 }]);
        Assert.That(seenByAlice[0].Tags, Is.EquivalentTo(new[] { "warm", "quick", "cheap" }));
        Assert.That(seenByBob[0].Tags, Is.EqualTo(seenByAlice[0].Tags));
    }

    [Test]
    public async Task Fields_that_two_people_change_at_once_both_survive()
    {
        await using var alices = NotesOf(_alice, "recipes");
        await using var bobs = NotesOf(_bob, "recipes");
        await alices.ShowsAsync(rows => rows.Count == 1);
        await bobs.ShowsAsync(rows => rows.Count == 1);

        await _alice.Table<Note>().UpdateAsync("soup", n => n with { IsPinned = true });
        await _bob.WriteAsync("Edit", tx => tx.Table<Note>().Set("soup", n => n.Content, "Cut, cook, eat.").SetNow("soup", n => n.UpdatedAt));

        var seen = await alices.ShowsAsync(rows => rows is [{ IsPinned: true, Content.Length: > 0, UpdatedAt: not null }]);
        await bobs.ShowsAsync(rows => rows is [{ IsPinned: true, Content.Length: > 0 }]);
        Assert.That(seen[0].Content, Is.EqualTo("Cut, cook, eat."));
    }

    [Test]
    public async Task A_list_of_tags_serves_a_query_by_one_tag()
    {
        await using var warm = _bob.Table<Note>().WhereContains(n => n.Tags, "warm").Live();
        await warm.ShowsAsync(rows => rows.Count == 1);

        await Accepted(_alice.Table<Note>().CreateAsync(new("tea", "recipes", "Tea", "alice", Tags: ["warm", "quick"])));
        await warm.ShowsAsync(rows => rows.Count == 2);
        await Accepted(_alice.WriteAsync(tx => tx.Table<Note>().ListRemove("soup", n => n.Tags, "warm")));

        var rows = await warm.ShowsAsync(rows => rows.Count == 1);
        Assert.That(rows[0].Id, Is.EqualTo("tea"));
    }

    [Test]
    public async Task Sharing_brings_the_notes_and_its_end_takes_them_away()
    {
        var carol = await _site.ClientAsync("carol");
        await using var carols = NotesOf(carol, "recipes");
        await carols.WhenCurrentAsync(Patience.Token);
        Assert.That(carols.Items, Is.Empty);

        await using var alices = _alice.Table<Notebook>().ById("recipes").Live();
        await alices.ShowsAsync(rows => rows.Count == 1);
        await _alice.Table<Notebook>().UpdateAsync("recipes", n => n with { SharedWith = [.. n.SharedWith, "carol"] });
        await carols.ShowsAsync(rows => rows is [{ Title: "Soup" }]);

        await _alice.Table<Notebook>().UpdateAsync("recipes", n => n with { SharedWith = ["bob"] });
        await carols.ShowsAsync(rows => rows.Count == 0);
        Assert.That(carol.Table<Note>().Find("soup"), Is.Null);
    }

    [Test]
    public async Task A_refused_write_says_why_and_leaves_the_view()
    {
        await using var bobs = _bob.Table<Notebook>().ById("recipes").Live();
        await bobs.ShowsAsync(rows => rows.Count == 1);

        var write = await _bob.Table<Notebook>().UpdateAsync("recipes", n => n with { OwnerId = "bob" });
        var receipt = await write.Receipt.Ends();

        Assert.That((receipt.IsAccepted, receipt.Status, receipt.Code), Is.EqualTo((false, 403, "only_the_owner")));
        await bobs.ShowsAsync(rows => rows is [{ OwnerId: "alice" }]);
    }

    [Test]
    public async Task A_deleted_note_goes_and_a_restored_one_comes_back()
    {
        await using var bobs = NotesOf(_bob, "recipes");
        await bobs.ShowsAsync(rows => rows.Count == 1);

        await Accepted(_alice.Table<Note>().DeleteAsync("soup"));
        await bobs.ShowsAsync(rows => rows.Count == 0);
        await Accepted(_alice.Table<Note>().RestoreAsync("soup"));

        await bobs.ShowsAsync(rows => rows is [{ Title: "Soup" }]);
    }

    private static LiveQuery<Note> NotesOf(SyncClient client, string notebook) => client.Table<Note>().Where(n => n.NotebookId, notebook).OrderBy(n => n.Title).Live();

    private static async Task Accepted(ValueTask<WriteHandle> writing)
    {
        var receipt = await (await writing).Receipt.Ends();
        Assert.That(receipt.IsAccepted, Is.True, $"{receipt.Code}: {receipt.Message}");
    }
}
