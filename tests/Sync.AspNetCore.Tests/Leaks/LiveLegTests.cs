using System.Text.RegularExpressions;
using Sync.AspNetCore.Tests.Revocation;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Leaks;

/// <summary>Checked on the read, forgotten on the fan-out: most leaks of the field are of this kind.</summary>
public sealed partial class LiveLegTests : LeakScene
{
    [Test]
    public async Task Revoked_in_flight()
    {
        await using var bob = await OpenAsync();
        await bob.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"));
        await bob.ReadUntilAsync(frame => frame.Contains("doc-1", StringComparison.Ordinal));

        // He stops reading: more than the buffers between him and the server hold.
        for (var i = 0; i < 60; i++) await SetTextAsync("doc-1", new string('x', 200_000));
        await SetTextAsync("doc-1", "judged before the right was taken, and not sent");
        await Library.TakeAsync();
        await SetTextAsync("doc-1", "written after the right was taken");

        await ReadToMarkAsync(bob);
        Assert.That(bob.Transcript, Does.Not.Contain("after the right was taken").And.Not.Contain("and not sent"));
        Assert.That(bob.Frames[^1] + bob.Frames[^2], Does.Contain("\"out\":[\"doc-1\",\"doc-2\",\"doc-3\"]"));
    }

    [Test]
    public async Task Revoked_while_subscribed()
    {
        await using var bob = await OpenAsync();
        await bob.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"));
        await bob.ReadUntilAsync(frame => frame.Contains("doc-1", StringComparison.Ordinal));
        await Library.TakeAsync();
        await bob.ReadUntilAsync(frame => frame.Contains("\"out\":[\"doc-1\",\"doc-2\",\"doc-3\"]", StringComparison.Ordinal));

        await SetTextAsync("doc-1", "written after the right was taken");
        await Library.WriteAsync(tx => tx.Table<Doc>().Delete("doc-2").Create(new("doc-9", "plans", "made after it")));

        Assert.That(await ReadToMarkAsync(bob), Has.One.Items.And.All.Not.Contain("doc-"));
    }

    [Test]
    public async Task Revoked_during_a_first_load()
    {
        const int Docs = 2000;
        const int Step = 250;
        for (var i = 0; i < Docs; i += 25)
        {
            await Library.WriteAsync(tx =>
            {
                for (var n = i; n < i + 25; n++) tx.Table<Doc>().Create(new($"big-{n:0000}", "plans", new string('x', 8000)));
            });
        }
        await using var bob = await OpenAsync();
        await bob.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"));
        await bob.ReadUntilAsync(frame => frame.Contains("\"type\":\"part\"", StringComparison.Ordinal));

        await Library.TakeAsync();
        for (var i = 0; i < Docs; i += Step) await SetTextAsync($"big-{i:0000}", "written after the right was taken");
        await ReadToMarkAsync(bob);

        // What was on the wire is taken back, and nothing comes behind that.
        var (came, gone, seen) = (new HashSet<string>(), new HashSet<string>(), 0);
        while (Look()) Assert.That(await bob.NextAsync(), Is.Not.Null, "The session ended.");
        await ReadToMarkAsync(bob);
        Assert.That(Look(), Is.False);
        Assert.That(bob.Transcript, Does.Not.Contain("after the right was taken"));
        await TestContext.Out.WriteLineAsync($"{came.Count} of {Docs} had been on the wire.");

        bool Look()
        {
            foreach (var frame in bob.Frames.Skip(seen))
            {
                came.UnionWith(Ids().Matches(frame).Select(id => id.Groups[1].Value));
                gone.UnionWith(Outs().Matches(frame).SelectMany(list => Names().Matches(list.Value).Select(id => id.Groups[1].Value)));
            }
            seen = bob.Frames.Count;
            return !came.IsSubsetOf(gone);
        }
    }

    [Test]
    public async Task Role_lowered_mid_connection()
    {
        await Library.TakeAsync();
        await Library.WriteAsync(tx => tx.Table<Membership>().Create(new("bob-crew", "crew", "bob")));
        await using var bob = await OpenAsync();
        await bob.SubscribeAsync(1, "docs", RawSession.Eq("projectId", "plans"));
        await bob.ReadUntilAsync(frame => frame.Contains("doc-1", StringComparison.Ordinal));
        await bob.PushAsync(1, """{"type":"set","table":"docs","id":"doc-1","key":"text","value":"as a member"}""");
        await bob.ReadUntilAsync(frame => frame.Contains("\"accepted\":true", StringComparison.Ordinal));

        await Library.WriteAsync(tx => tx.Table<Membership>().Delete("bob-crew"));
        await bob.ReadUntilAsync(frame => frame.Contains("\"out\":[\"doc-1\",\"doc-2\",\"doc-3\"]", StringComparison.Ordinal));
        await bob.PushAsync(2, """{"type":"set","table":"docs","id":"doc-1","key":"text","value":"no longer a member"}""");
        var receipt = await bob.ReadUntilAsync(frame => frame.Contains("\"accepted\":false", StringComparison.Ordinal));
        await SetTextAsync("doc-1", "written after the role was lowered");
        await ReadToMarkAsync(bob);

        Assert.That(receipt, Does.Contain("\"code\":\"not_found\"").And.Contain("\"held\":[]"));
        Assert.That(bob.Transcript, Does.Not.Contain("after the role was lowered"));
    }

    [Test]
    public async Task Delete_notice_of_unreadable()
    {
        await Library.TakeAsync();
        await using var bob = await OpenAsync();
        await using var byGuide = await RawSession.OpenByGuideAsync(Site, "bob");
        await byGuide.SubscribeByGuideAsync("docs:doc-1");
        await byGuide.SubscribeByGuideAsync("memos:bobs");
        await bob.SubscribeAsync(1, "docs", """{"field":"projectId","op":"in","value":["plans","lunch"]}""");
        await bob.ReadUntilAsync(frame => frame.Contains("menu", StringComparison.Ordinal));

        await Library.WriteAsync(tx => tx.Table<Doc>().Delete("doc-1"));
        await Library.WriteAsync(tx => tx.Table<Project>().Delete("plans"));

        Assert.That(await ReadToMarkAsync(bob), Has.One.Items.And.All.Not.Contain("docs"));
        await byGuide.ReadUntilAsync(frame => frame.Contains("\"version\":2", StringComparison.Ordinal));
        Assert.That(bob.Transcript + byGuide.Transcript, Does.Not.Contain("doc-"));
    }

    [Test]
    public async Task Read_check_once_at_connect()
    {
        await Library.TakeAsync();
        await using var bob = await OpenAsync();
        await bob.SubscribeAsync(1, "docs", """{"field":"projectId","op":"in","value":["plans","lunch"]}""");
        await bob.ReadUntilAsync(frame => frame.Contains("menu", StringComparison.Ordinal));

        await SetTextAsync("doc-1", "an event of the collection");
        await Library.WriteAsync(tx => tx.Table<Doc>().Create(new("doc-9", "plans", "another")));
        await Library.WriteAsync(tx => tx.Table<Doc>().Set("doc-2", d => d.ProjectId, "nowhere"));

        Assert.That(await ReadToMarkAsync(bob), Has.One.Items.And.All.Not.Contain("docs"));
    }

    [Test]
    public async Task Raw_entity_on_the_live_leg()
    {
        await using var bob = await OpenAsync();
        await bob.SubscribeAsync(1, "persons", RawSession.Eq("teamId", "all"));
        await Library.WriteAsync(tx => tx.Table<Person>().Create(new("ann", "all", "Ann", PasswordHash: "the hash")).Create(new("eve", "hidden", "Eve", "her hash")));
        await bob.ReadUntilAsync(frame => frame.Contains("Ann", StringComparison.Ordinal));
        await Library.WriteAsync(tx => tx.Table<Person>().Set("ann", p => p.PasswordHash, "the next hash").Set("ann", p => p.Name, "Anna").Set("eve", p => p.Name, "Eva"));
        await ReadToMarkAsync(bob);

        Assert.That(bob.Transcript, Does.Contain("Anna").And.Not.Contain("hash").And.Not.Contain("passwordHash").And.Not.Contain("eve").And.Not.Contain("Eva"));
    }

    [Test]
    public async Task Pointer_permissions_skipped_in_live_queries()
    {
        await using var bob = await OpenAsync();
        await bob.SubscribeAsync(1, "docs", RawSession.Eq("id", "menu"));
        await bob.ReadUntilAsync(frame => frame.Contains("soup", StringComparison.Ordinal));

        // The doc itself goes on matching the query: what it points to says no.
        await Library.WriteAsync(tx =>
        {
            tx.Table<Project>().Set("lunch", p => p.TeamId, "nobody");
            tx.Table<Doc>().Set("menu", d => d.Text, "pointed away in the same transaction");
        });
        await SetTextAsync("menu", "written behind the pointer");
        await ReadToMarkAsync(bob);

        Assert.That(bob.Transcript, Does.Contain("\"out\":[\"menu\"]").And.Not.Contain("pointed away").And.Not.Contain("behind the pointer"));
    }

    [GeneratedRegex("\"id\":\"(big-\\d+)\"")]
    private static partial Regex Ids();

    [GeneratedRegex("\"out\":\\[[^]]*\\]")]
    private static partial Regex Outs();

    [GeneratedRegex("\"(big-\\d+)\"")]
    private static partial Regex Names();
}
