using Microsoft.Extensions.Time.Testing;
using Sync.AspNetCore.Tests.Paths;
using Sync.AspNetCore.Tests.Site;
using Sync.Client;

namespace Sync.AspNetCore.Tests.Revocation;

/// <summary>A sign-in ends in the middle of a connection: by its own expiry, or because the app says so. The clock is the server's, and only the test moves it.</summary>
public sealed class SignInEndTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(20);
    private static readonly string ShortToken = $"bob|{(Start + Lifetime).ToUnixTimeSeconds()}";

    private FakeTimeProvider _time = null!;
    private LibrarySite _library = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _library = await LibrarySite.StartAsync(time: _time = new FakeTimeProvider(Start));
    }

    [TearDown]
    public async Task StopAsync() => await _library.DisposeAsync();

    [Test]
    public async Task When_it_expires_the_client_asks_for_a_new_token_and_comes_back()
    {
        var asked = 0;
        var bob = await _library.NewDevice().OpenAsync(_ => new(asked++ == 0 ? ShortToken : "bob"));
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs && docs.Freshness == Freshness.Current);

        _time.Advance(Lifetime + TimeSpan.FromMilliseconds(10));
        await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-1", d => d.Text, "after"));
        await docs.ShowsAsync(rows => rows[0].Text == "after");

        Assert.That(asked, Is.EqualTo(2));
        await bob.BecomesAsync(ConnectionState.Live);
    }

    [Test]
    public async Task When_it_expires_and_the_app_has_no_other_token_the_client_stays_refused()
    {
        var asked = 0;
        var bob = await _library.NewDevice().OpenAsync(_ => new(asked++ == 0 ? ShortToken : null));
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs && docs.Freshness == Freshness.Current);

        _time.Advance(Lifetime + TimeSpan.FromMilliseconds(10));
        await bob.BecomesAsync(ConnectionState.Refused);
        await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-1", d => d.Text, "after"));

        Assert.That(docs.Items.Select(d => d.Text), Has.None.EqualTo("after"));
        Assert.That(_library.Site.Serving, Is.Zero);
    }

    [Test]
    public async Task When_the_app_ends_it_the_client_asks_for_a_new_token_and_comes_back()
    {
        var asked = 0;
        var bob = await _library.NewDevice().OpenAsync(_ => { asked++; return new("bob"); });
        await using var docs = DocsOf(bob);
        await docs.ShowsAsync(rows => rows.Count == LibrarySite.Docs && docs.Freshness == Freshness.Current);

        await _library.Site.Server.EndSessionsAsync("bob");
        await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-1", d => d.Text, "after"));
        await docs.ShowsAsync(rows => rows[0].Text == "after");

        Assert.That(asked, Is.EqualTo(2));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Nothing_is_told_and_nothing_is_taken_in_once_it_has_ended(bool byExpiry)
    {
        await using var bob = await RawSession.OpenAsync(_library.Site, ShortToken);
        await bob.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"));
        await bob.ReadUntilAsync(frame => frame.Contains("doc-1", StringComparison.Ordinal));

        await EndAsync(byExpiry);
        await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-1", d => d.Text, "written after the end"));
        await bob.ReadToEndAsync();
        Assert.That((bob.CloseCode, bob.Transcript.Contains("after the end", StringComparison.Ordinal)), Is.EqualTo(((int?)4401, false)));

        // It has not answered the goodbye yet.
        await bob.PushAsync(1, """{"type":"set","table":"docs","id":"doc-2","key":"text","value":"pushed after the end"}""");
        for (var i = 0; i < 20; i++) await _library.WriteAsync(tx => tx.Table<Memo>().Set("bobs", n => n.Count, 1));
        await bob.AnswerCloseAsync();
        await UntilServedAsync();
        Assert.That((await _library.Site.Server.Table<Doc>().GetAsync(Caller.App("test"), "doc-2"))!.Text, Does.Not.Contain("after the end"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_peer_that_does_not_read_is_cut_off_all_the_same(bool byExpiry)
    {
        await using var bob = await RawSession.OpenAsync(_library.Site, ShortToken);
        await bob.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"));
        await bob.ReadUntilAsync(frame => frame.Contains("doc-1", StringComparison.Ordinal));
        for (var i = 0; i < 40; i++) await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-1", d => d.Text, new string('x', 200_000)));

        await EndAsync(byExpiry);
        await _library.WriteAsync(tx => tx.Table<Doc>().Set("doc-1", d => d.Text, "written after the end"));

        for (var i = 0; i < 50; i++) _time.Advance(TimeSpan.FromMilliseconds(100));
        await UntilServedAsync();
        await bob.ReadToEndAsync();
        Assert.That(bob.Transcript, Does.Not.Contain("after the end"));
    }

    private async Task EndAsync(bool byExpiry)
    {
        if (byExpiry) _time.Advance(Lifetime + TimeSpan.FromMilliseconds(10));
        else await _library.Site.Server.EndSessionsAsync("bob");
    }

    /// <summary>Waits, round trip by round trip and while the clock stands still, until the server has let go of every connection.</summary>
    private async Task UntilServedAsync()
    {
        var patience = Patience.Token;
        while (_library.Site.Serving > 0)
        {
            patience.ThrowIfCancellationRequested();
            await _library.WriteAsync(tx => tx.Table<Memo>().Set("bobs", n => n.Count, 1));
        }
    }

    private static LiveQuery<Doc> DocsOf(SyncClient client) => client.Table<Doc>().Where(d => d.ProjectId, "plans").OrderBy(d => d.Id).Live();
}
