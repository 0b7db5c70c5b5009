using System.Diagnostics;
using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Paths;
using Sync.AspNetCore.Tests.Site;
using Sync.Client;

namespace Sync.AspNetCore.Tests.Revocation;

/// <summary>Bob may no longer read what is on his device: it leaves view, cache and disk, to the last byte. Real clients, real sockets, SQLite on both ends.</summary>
[TestFixtureSource(typeof(LostRight), nameof(LostRight.All))]
public sealed class RevocationTests(LostRight right)
{
    private LibrarySite _library = null!;
    private Device _device = null!;

    [SetUp]
    public async Task Start()
    {
        _library = await LibrarySite.StartAsync(right);
        _device = _library.NewDevice();
    }

    [TearDown]
    public async Task Stop() => await _library.DisposeAsync();

    [Test]
    public async Task While_connected_it_goes_at_once()
    {
        var bob = await FilledAsync();
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs && docs.Freshness == Freshness.Current);

        var watch = Stopwatch.StartNew();
        await _library.TakeAsync();
        await docs.ShowsAsync(rows => rows.Count == 0);
        var shown = watch.ElapsedMilliseconds;
        await UntilAsync(bob, () => Task.FromResult(_device.Find(Library.Secret) == 0));
        await TestContext.Out.WriteLineAsync($"{right}: out of view {shown} ms, out of the files of the running app {watch.ElapsedMilliseconds} ms after the write began.");

        await AssertNothingIsLeftAsync(bob);
    }

    [Test]
    public async Task While_away_it_goes_when_the_device_comes_back()
    {
        await FilledAsync();
        await _device.CloseAsync();
        await _library.TakeAsync();

        var bob = await _device.OpenAsync();
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == 0 && docs.Freshness == Freshness.Current);

        await AssertNothingIsLeftAsync(bob);
    }

    [Test]
    public async Task While_away_it_goes_although_nobody_looks_at_it_again()
    {
        await FilledAsync();
        await _device.CloseAsync();
        await _library.TakeAsync();

        var bob = await _device.OpenAsync();
        await UntilAsync(bob, async () => await bob.Table<Doc>().FindAsync("doc-1") is null);

        await AssertNothingIsLeftAsync(bob);
    }

    [Test]
    public async Task A_write_that_waited_is_refused_like_one_to_a_record_that_never_was()
    {
        await FilledAsync();
        await _device.CloseAsync();
        var network = new TaskCompletionSource<string?>();
        var bob = await _device.OpenAsync(_ => new(network.Task));
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs);
        var write = await bob.Table<Doc>().UpdateAsync("doc-1", d => d with { Comment = "bob's own words" });
        await _library.TakeAsync();

        network.SetResult("bob");
        var receipt = await write.Receipt.Ends();
        var never = await _library.Site.WriteAsync("bob", HttpCalls.Tx(HttpCalls.Set("doc-9", "comment", "\"x\"", "docs"), author: "bob"));
        await docs.ShowsAsync(rows => rows.Count == 0);

        var item = bob.Tray.Items.Single();
        Assert.That((item.Code, item.Status), Is.EqualTo((never.Code, never.Status)));
        Assert.That(item.Message.Replace("doc-1", "doc-9", StringComparison.Ordinal), Is.EqualTo(never.Json.GetProperty("message").GetString()));
        Assert.That((receipt.Code, receipt.Versions.Length), Is.EqualTo((item.Code, 0)));
        Assert.That(item.Fields.Select(f => f.Theirs.IsMissing), Is.All.True, "What the server has is not told.");
        await AssertNothingIsLeftAsync(bob);
        Assert.That(_device.Find("bob's own words"), Is.Not.Zero, "What he wrote himself stays his.");
    }

    [Test]
    public async Task What_undo_would_bring_back_goes_with_it()
    {
        var bob = await FilledAsync();
        await using (var before = DocsOf(bob))
        {
            await before.ShowsAsync(rows => rows.Count == LibrarySite.Docs);
            await (await bob.WriteAsync("Clear", tx => tx.Table<Doc>().Set("doc-1", d => d.Text, "").Delete("doc-2"))).Receipt.Ends();
            await before.ShowsAsync(rows => rows is [{ Text: "" }, _]);
        }
        await _device.CloseAsync();
        Assert.That(_device.Find($"1: {Library.Secret}"), Is.Not.Zero, "It is what undo would write.");
        bob = await _device.OpenAsync();
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs - 1 && docs.Freshness == Freshness.Current);

        await _library.TakeAsync();
        await docs.ShowsAsync(rows => rows.Count == 0);

        await AssertNothingIsLeftAsync(bob);
    }

    [Test]
    public async Task Given_again_it_comes_back_whole()
    {
        var bob = await FilledAsync();
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs);
        await _library.TakeAsync();
        await docs.ShowsAsync(rows => rows.Count == 0);
        await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-2", d => d.Text, "changed meanwhile").Create(new("doc-4", "plans", "made meanwhile")));

        await _library.GiveAgainAsync();
        var rows = await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs + 1);

        Assert.That(rows.Select(d => d.Text), Is.EqualTo(new[] { $"1: {Library.Secret}", "changed meanwhile", $"3: {Library.Secret}", "made meanwhile" }));
    }

    [Test]
    public async Task Taken_and_given_again_while_away_nothing_is_missing()
    {
        await FilledAsync();
        await _device.CloseAsync();
        await _library.TakeAsync();
        await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-2", d => d.Text, "changed meanwhile").Delete("doc-3"));
        await _library.GiveAgainAsync();

        var bob = await _device.OpenAsync();
        await using var docs = DocsOf(bob);
        var rows = await docs.ShowsAsync(rows => rows.Count == 2 && docs.Freshness == Freshness.Current);

        Assert.That(rows.Select(d => d.Text), Is.EqualTo(new[] { $"1: {Library.Secret}", "changed meanwhile" }));
    }

    /// <summary>The app as it runs on a device whose disk has the docs from an earlier run.</summary>
    private async Task<SyncClient> FilledAsync()
    {
        var before = await _device.OpenAsync();
        await using (var docs = DocsOf(before)) await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs && docs.Freshness == Freshness.Current);
        await _device.CloseAsync();
        Assert.That(_device.Find(Library.Secret), Is.GreaterThanOrEqualTo(LibrarySite.Docs), "It is on the disk to begin with.");
        return await _device.OpenAsync();
    }

    private async Task AssertNothingIsLeftAsync(SyncClient bob)
    {
        for (var i = 1; i <= LibrarySite.Docs; i++)
        {
            Assert.That(bob.Table<Doc>().Find($"doc-{i}"), Is.Null, "in the view");
            Assert.That(await bob.Table<Doc>().FindAsync($"doc-{i}"), Is.Null, "in the cache");
        }
        await _device.CloseAsync();
        Assert.That(_device.Find(Library.Secret), Is.Zero, "on the disk");
    }

    /// <summary>Looks again after each round trip.</summary>
    private static async Task UntilAsync(SyncClient client, Func<Task<bool>> isSo)
    {
        var patience = Patience.Token;
        while (!await isSo())
        {
            patience.ThrowIfCancellationRequested();
            await (await client.WriteAsync(tx => tx.Table<Memo>().Set("bobs", n => n.Count, 1))).Receipt.Ends();
        }
    }

    private static LiveQuery<Doc> DocsOf(SyncClient client) => client.Table<Doc>().Where(d => d.ProjectId, "plans").OrderBy(d => d.Id).Live();
}
