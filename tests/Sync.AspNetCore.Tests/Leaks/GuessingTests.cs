using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Revocation;
using Sync.AspNetCore.Tests.Site;
using Sync.Server;

namespace Sync.AspNetCore.Tests.Leaks;

/// <summary>What a signed-in stranger finds out by asking: nothing. Each question is asked twice, of what there is and may not be read and of what never was.</summary>
public sealed class GuessingTests : LeakScene
{
    [SetUp]
    public async Task TakeAsync()
    {
        await Library.TakeAsync();
        await Library.WriteAsync(tx =>
        {
            tx.Table<Person>().Create(new("ann", "all", "Ann", PasswordHash: "hash-1"));
            tx.Table<ApiKey>().Create(new("key-1", "bob", "the value of the key"));
        });
    }

    [TestCase("""{"field":"passwordHash","op":"eq","value":"hash-1"}""")]
    [TestCase("""{"field":"passwordHash","op":"in","value":["hash-1"]}""")]
    [TestCase("""{"field":"passwordHash","op":"lt","value":"hash-2"}""")]
    [TestCase("""{"field":"teamId","op":"eq","value":"all"},{"field":"passwordHash","op":"eq","value":"hash-1"}""")]
    public async Task Filter_on_hidden_field(string where)
    {
        var hit = await AskedAsync(session => session.SubscribeAsync(1, "persons", where));
        var miss = await AskedAsync(session => session.SubscribeAsync(1, "persons", where.Replace("hash-", "bush-", StringComparison.Ordinal)));
        var unknown = await AskedAsync(session => session.SubscribeAsync(1, "persons", where.Replace("passwordHash", "noSuchField", StringComparison.Ordinal)));

        Assert.That(Alike(hit, "passwordHash"), Is.EqualTo(Alike(miss, "passwordHash")).And.EqualTo(Alike(unknown, "noSuchField")));
        Assert.That(hit[0], Does.Contain("error").And.Not.Contain("Ann"));
    }

    [Test]
    public async Task Filter_on_hidden_records()
    {
        var there = await AskedAsync(session => session.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans")));
        var never = await AskedAsync(session => session.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "never")));
        var windowed = await AskedAsync(session => session.SayAsync("""{"type":"subscribe","sub":1,"query":{"table":"docs","where":[{"field":"projectId","op":"in","value":["plans","never"]}],"limit":1}}"""));

        Assert.That(Alike(there, "plans"), Is.EqualTo(Alike(never, "never")));
        Assert.That(string.Join('\n', windowed), Does.Not.Contain("doc-"));
    }

    [Test]
    public async Task Precondition_on_hidden_field()
    {
        async Task<string> TextAsync(string value, string field) =>
            (await Site.WriteAsync("bob", HttpCalls.Tx($$$"""{"type":"set","table":"persons","id":"ann","key":"{{{field}}}","value":"x","if":{"value":"{{{value}}}"}}""", author: "bob"))).Text.Replace(field, "(field)", StringComparison.Ordinal);

        Assert.That(await TextAsync("hash-1", "passwordHash"), Is.EqualTo(await TextAsync("bush-1", "passwordHash")).And.EqualTo(await TextAsync("x", "noSuchField")));
    }

    [Test]
    public async Task Guess_subscribe()
    {
        var there = await AskedAsync(session => session.SubscribeAsync(1, "docs", RawSession.Eq("id", "doc-1")), ChangeAsync);
        var never = await AskedAsync(session => session.SubscribeAsync(1, "docs", RawSession.Eq("id", "doc-x")), ChangeAsync);

        Assert.That(Alike(there, "doc-1"), Is.EqualTo(Alike(never, "doc-x")));

        Task ChangeAsync() => SetTextAsync("doc-1", "changed");
    }

    [Test]
    public async Task Version_notices_to_anyone_who_guesses_a_key()
    {
        await using var byGuide = await RawSession.OpenByGuideAsync(Site, "bob");
        foreach (var key in new[] { "docs:doc-1", "docs:doc-x", "apikeys:key-1", "nowhere:x", "projects:plans", "memos:bobs" }) await byGuide.SubscribeByGuideAsync(key);
        await byGuide.ReadUntilAsync(frame => frame.Contains("memos:bobs", StringComparison.Ordinal));

        await SetTextAsync("doc-1", "changed");
        await Library.WriteAsync(tx => tx.Table<ApiKey>().Set("key-1", k => k.Value, "changed"));
        await Library.WriteAsync(tx => tx.Table<Project>().Set("plans", p => p.TeamId, "others"));
        await Library.WriteAsync(tx => tx.Table<Memo>().Set("bobs", n => n.Count, 7));
        await byGuide.ReadUntilAsync(frame => frame.Contains("\"version\":2", StringComparison.Ordinal));

        Assert.That(byGuide.Frames, Has.All.Contain("memos:bobs").And.All.Not.Contain("doc-").And.All.Not.Contain("key-1").And.All.Not.Contain("plans"));
    }

    [Test]
    public async Task Guess_get_records()
    {
        var hidden = await Site.GetRecordsAsync("bob", ("docs", "doc-1"), ("apikeys", "key-1"), ("projects", "plans"));
        var never = await Site.GetRecordsAsync("bob", ("docs", "doc-x"), ("nowhere", "key-1"), ("projects", "never"));

        Assert.That((hidden.Status, hidden.Text), Is.EqualTo((never.Status, never.Text)));
    }

    [Test]
    public async Task Hidden_table_by_name()
    {
        var hidden = await AskedAsync(session => session.SubscribeAsync(1, "apikeys", RawSession.Eq("userId", "bob")));
        var never = await AskedAsync(session => session.SubscribeAsync(1, "nowhere", RawSession.Eq("userId", "bob")));
        var write = await Site.WriteAsync("bob", HttpCalls.Tx(HttpCalls.Set("key-1", "value", "\"x\"", "apikeys"), "tx", author: "bob"));
        var elsewhere = await Site.WriteAsync("bob", HttpCalls.Tx(HttpCalls.Set("key-1", "value", "\"x\"", "nowhere"), "tx-2", author: "bob"));
        var history = await HistoryAsync("apikeys", "key-1");

        Assert.That(Alike(hidden, "apikeys"), Is.EqualTo(Alike(never, "nowhere")));
        Assert.That(write.Text.Replace("apikeys", "nowhere", StringComparison.Ordinal), Is.EqualTo(elsewhere.Text));
        Assert.That(history.Replace("apikeys", "nowhere", StringComparison.Ordinal), Is.EqualTo(await HistoryAsync("nowhere", "key-1")));
    }

    [Test]
    public async Task Author_spoof()
    {
        await using var bob = await OpenAsync();
        await bob.SayAsync("""{"type":"push","transactions":[{"seq":1,"txId":"spoofed","authorId":"ann","operations":[{"type":"set","table":"docs","id":"doc-1","key":"text","value":"by ann"}]}]}""");
        var pushed = await bob.ReadUntilAsync(frame => frame.Contains("author_mismatch", StringComparison.Ordinal));
        var posted = await Site.WriteAsync("bob", HttpCalls.Tx(HttpCalls.Set("menu", "text", "\"by ann\"", "docs"), author: "ann"));
        await Site.WriteAsync("bob", HttpCalls.Tx(HttpCalls.Set("menu", "text", "\"by himself\"", "docs"), author: null));

        var written = (await Site.Server.HistoryAsync(Caller.App("test"), new RecordKey("docs", "menu"))).Page.Entries;
        Assert.That((posted.Status, posted.Code), Is.EqualTo((403, "author_mismatch")));
        Assert.That(pushed, Does.Not.Contain("\"accepted\":true"));
        Assert.That(written.Select(e => e.AuthorId), Is.EqualTo(new[] { "bob", "app:test" }));
        Assert.That((await Site.Server.HistoryAsync(Caller.App("test"), new RecordKey("docs", "doc-1"))).Page.Entries, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Resume_token_of_other_user()
    {
        await using var ann = await RawSession.OpenAsync(Site, "ann", "ann-device");
        await ann.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"));
        var annsToken = TokenOf(await ann.ReadUntilAsync(frame => frame.Contains("\"loaded\":true", StringComparison.Ordinal)));
        await using var bob = await OpenAsync();
        var bobsToken = TokenOf(bob.Frames.Last(frame => frame.Contains("\"token\"", StringComparison.Ordinal)));
        await SetTextAsync("doc-1", "changed since");

        var withAnns = await ResumeAsync(annsToken);
        var withHis = await ResumeAsync(bobsToken);

        Assert.That(Alike(withAnns, annsToken), Is.EqualTo(Alike(withHis, bobsToken)));
        Assert.That(string.Join('\n', withAnns), Does.Not.Contain("doc-").And.Not.Contain("changed since").And.Not.Contain(Tests.Site.Library.Secret));

        // A claim of three docs, which the server has a look at.
        Task<string[]> ResumeAsync(string token) => AskedAsync(
            session => session.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"), $$""","token":"{{token}}","count":3,"digest":"ASNFZ4mrze_-3LqYdlQyEA" """),
            hello: $$""","token":"{{token}}" """);
    }

    [Test]
    public async Task Queue_and_receipts_of_other_user()
    {
        await using var ann = await RawSession.OpenAsync(Site, "ann", "ann-device");
        await ann.SayAsync("""{"type":"push","transactions":[{"seq":1,"txId":"anns","operations":[{"type":"set","table":"docs","id":"doc-1","key":"text","value":"by ann"}]}]}""");
        await ann.ReadUntilAsync(frame => frame.Contains("\"accepted\":true", StringComparison.Ordinal));

        await using var bob = await OpenAsync("ann-device");
        await bob.SayAsync("""{"type":"push","transactions":[{"seq":1,"txId":"anns","operations":[{"type":"set","table":"docs","id":"doc-1","key":"text","value":"by ann"}]}]}""");
        await ReadToMarkAsync(bob);

        Assert.That(bob.Transcript, Does.Not.Contain("\"accepted\":true").And.Not.Contain("doc-1").And.Not.Contain("by ann"));
        Assert.That((await Site.Server.HistoryAsync(Caller.App("test"), new RecordKey("docs", "doc-1"))).Page.Entries, Has.Length.EqualTo(2));
    }

    /// <summary>What a session hears when it asks something, up to a mark behind <paramref name="then"/>.</summary>
    private async Task<string[]> AskedAsync(Func<RawSession, Task> ask, Func<Task>? then = null, string hello = "")
    {
        await using var session = await OpenAsync(more: hello);
        var read = session.Frames.Count;
        await ask(session);
        await session.ReadUntilAsync(frame => frame.Contains("\"sub\":1,", StringComparison.Ordinal) || frame.Contains("\"sub\":1}", StringComparison.Ordinal));
        if (then is not null) await then();
        await ReadToMarkAsync(session);
        return [.. session.Frames.Skip(read)];
    }

    private async Task<string> HistoryAsync(string table, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Site.Address}/history?table={table}&id={id}");
        request.Headers.Authorization = new("Bearer", "bob");
        using var response = await Site.Http.SendAsync(request, Patience.Token);
        return await response.Content.ReadAsStringAsync();
    }

    private static string TokenOf(string frame)
    {
        var start = frame.IndexOf("\"token\":\"", StringComparison.Ordinal) + 9;
        return frame[start..frame.IndexOf('"', start)];
    }
}
