using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Site;
using Sync.Server;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Guide;

/// <summary>A client written by the guide, in its dialect, works unchanged: HTTP for bodies, the socket for versions.</summary>
[TestFixtureSource(typeof(Stores), nameof(Stores.All))]
public sealed class GuideClientTests(StoreChoice store)
{
    private TestSite _site = null!;

    [SetUp]
    public async Task Start()
    {
        store.Open();
        _site = await (await TestSite.StartBoardAsync(store.Use)).WithDemoAsync();
    }

    [TearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        store.Close();
    }

    [Test]
    public async Task Subscribing_answers_with_the_current_version()
    {
        await using var client = await GuideClient.ConnectAsync(_site, "bob");

        await client.SubscribeAsync("tasks:task-1");

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:task-1", 1L) }));
    }

    [Test]
    public async Task A_write_by_one_is_heard_and_read_by_the_other()
    {
        await using var client = await GuideClient.ConnectAsync(_site, "bob");
        await client.SubscribeAsync("tasks:task-1");
        await client.UpdatesAsync();

        var written = await _site.WriteAsync("alice", Tx(Set("task-1", "status", "\"done\"")));
        var updates = await client.UpdatesAsync();
        var read = await _site.GetRecordsAsync("bob", ("tasks", "task-1"));

        Assert.That(written.Status, Is.EqualTo(200));
        Assert.That(updates, Is.EqualTo(new[] { ("tasks:task-1", 2L) }));
        Assert.That(read.Record("tasks", "task-1").GetProperty("status").GetString(), Is.EqualTo("done"));
    }

    [Test]
    public async Task The_writer_hears_its_own_write_on_its_own_socket()
    {
        await using var client = await GuideClient.ConnectAsync(_site, "alice");
        await client.SubscribeAsync("tasks:task-1");
        await client.UpdatesAsync();

        await _site.WriteAsync("alice", Tx(Set("task-1", "status", "\"done\"")));

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:task-1", 2L) }));
    }

    [Test]
    public async Task Unsubscribed_is_silent()
    {
        await using var client = await GuideClient.ConnectAsync(_site, "bob");
        await client.SubscribeAsync("tasks:task-1");
        await client.UpdatesAsync();
        await client.UnsubscribeAsync("tasks:task-1");
        await client.SubscribeAsync("tasks:task-2");
        await client.UpdatesAsync();

        await _site.WriteAsync("alice", Tx(Set("task-1", "status", "\"done\"")));
        await _site.WriteAsync("alice", Tx(Set("task-2", "status", "\"done\"")));

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:task-2", 2L) }));
    }

    [TestCase("tasks:task-c1", TestName = "What_may_not_be_read_is_silence")]
    [TestCase("tasks:nowhere", TestName = "What_is_not_there_is_silence")]
    [TestCase("users:alice", TestName = "An_unregistered_table_is_silence")]
    public async Task Silence(string key)
    {
        await using var client = await GuideClient.ConnectAsync(_site, "bob");
        await client.SubscribeAsync(key);
        await _site.WriteAsync("carol", Tx(Set("task-c1", "status", "\"done\""), author: "carol"));

        await client.SubscribeAsync("tasks:task-1");

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:task-1", 1L) }));
    }

    [Test]
    public async Task A_deleted_record_falls_silent_and_a_restored_one_is_heard_again()
    {
        await using var client = await GuideClient.ConnectAsync(_site, "bob");
        await client.SubscribeAsync("tasks:task-1");
        await client.UpdatesAsync();
        await client.SubscribeAsync("tasks:task-2");
        await client.UpdatesAsync();

        await _site.WriteAsync("alice", Tx("""{"type":"delete","table":"tasks","id":"task-1"}"""));
        await _site.WriteAsync("alice", Tx(Set("task-2", "status", "\"done\"")));
        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:task-2", 2L) }));

        await _site.WriteAsync("alice", Tx("""{"type":"restore","table":"tasks","id":"task-1"}"""));
        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:task-1", 3L) }));
    }

    [Test]
    public async Task Who_loses_the_right_to_read_hears_no_more_and_who_gains_it_hears_of_what_was_subscribed()
    {
        await using var client = await GuideClient.ConnectAsync(_site, "bob");
        await client.SubscribeAsync("tasks:task-1");
        await client.UpdatesAsync();

        await MembersAsync("""["alice"]""");
        await _site.WriteAsync("alice", Tx(Set("task-1", "status", "\"done\"")));
        await MembersAsync("""["alice","bob"]""");

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:task-1", 2L) }));
    }

    [Test]
    public async Task An_id_may_hold_colons()
    {
        await _site.WriteAsync("alice", Tx("""{"type":"create","table":"tasks","id":"a:b:c","value":{"workspaceId":"demo","title":"x","status":"todo","orderIndex":1,"createdBy":"alice"}}"""));
        await using var client = await GuideClient.ConnectAsync(_site, "bob");

        await client.SubscribeAsync("tasks:a:b:c");

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { ("tasks:a:b:c", 1L) }));
    }

    [Test]
    public async Task A_session_that_the_app_ends_is_closed_with_4401()
    {
        await using var client = await GuideClient.ConnectAsync(_site, "bob");
        await client.SubscribeAsync("tasks:task-1");
        await client.UpdatesAsync();

        await _site.Server.EndSessionsAsync("bob");

        await client.WhenClosedAsync();
        Assert.That(client.CloseCode, Is.EqualTo(4401));
    }

    private Task<HttpAnswer> MembersAsync(string members) => _site.WriteAsync("alice", Tx(Set("demo", "memberIds", members, table: "workspaces")));
}
