using System.Text.Json;
using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Paths;
using Sync.AspNetCore.Tests.Site;
using Sync.Client;
using Sync.Server;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Tenants;

/// <summary>Two tenants with the same users and the same ids, on two databases behind one address: nothing of one is to be had from the other.</summary>
public sealed class TenantTests
{
    private Houses _houses = null!;

    private TestSite Site => _houses.Site;

    [SetUp]
    public async Task Start() => _houses = await (await Houses.StartAsync()).WithDemoAsync();

    [TearDown]
    public async Task Stop() => await _houses.DisposeAsync();

    [Test]
    public async Task A_record_of_one_tenant_is_not_the_record_of_the_same_id_of_another()
    {
        var written = await Site.WriteAsync("alice@acme", Tx(Set("task-1", "title", "\"Changed\"")));
        var acme = await Site.GetRecordsAsync("alice@acme", ("tasks", "task-1"));
        var blue = await Site.GetRecordsAsync("alice@blue", ("tasks", "task-1"));

        Assert.That(written.Status, Is.EqualTo(200));
        Assert.That(TitleIn(acme), Is.EqualTo("Changed"));
        Assert.That(TitleIn(blue), Is.EqualTo("Of blue"));
        Assert.That(blue.Record("tasks", "task-1").GetProperty("version").GetInt64(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_live_query_shows_its_own_tenant_and_hears_nothing_of_another()
    {
        var acme = await Site.ClientAsync("alice", "acme");
        var blue = await Site.ClientAsync("bob", "blue");
        await using var acmes = acme.Table<BoardTask>().Where(t => t.WorkspaceId, "demo").Live();
        await using var blues = blue.Table<BoardTask>().Where(t => t.WorkspaceId, "demo").Live();
        await acmes.ShowsAsync(rows => rows is [{ Title: "Of acme" }]);
        await blues.ShowsAsync(rows => rows is [{ Title: "Of blue" }]);

        await using var ear = await RawSession.OpenAsync(Site, "bob@blue");
        await ear.SubscribeAsync(1, "tasks", RawSession.Eq("workspaceId", "demo"));
        await ear.ReadUntilAsync(IsCheckpoint);
        await acme.Table<BoardTask>().UpdateAsync("task-1", t => t with { Title = "Only acme's" });
        await acme.Table<BoardTask>().CreateAsync(new("task-2", "demo", "Only acme's", "todo", 2, "alice"));
        await acmes.ShowsAsync(rows => rows.Count == 2 && rows.All(t => t.Title == "Only acme's"));
        await blue.Table<BoardTask>().UpdateAsync("task-1", t => t with { Title = "Blue's own" });
        await ear.ReadUntilAsync(frame => frame.Contains("Blue's own", StringComparison.Ordinal));

        Assert.That(ear.Transcript, Does.Not.Contain("acme").And.Not.Contain("task-2"));
        await blues.ShowsAsync(rows => rows is [{ Title: "Blue's own" }]);
    }

    [Test]
    public async Task The_same_transaction_is_decided_in_each_tenant_by_itself()
    {
        var body = Tx(Set("task-1", "title", "\"Once\""), txId: "the-same");
        var first = await Site.WriteAsync("alice@acme", body);
        var again = await Site.WriteAsync("alice@acme", body);
        var other = await Site.WriteAsync("alice@blue", Tx(Set("task-1", "title", "\"Another\""), txId: "the-same"));

        Assert.That((first.Status, again.Status, other.Status), Is.EqualTo((200, 200, 200)), "another tenant's txId is not taken");
        Assert.That(TitleIn(other), Is.EqualTo("Another"));
        Assert.That(other.Record("tasks", "task-1").GetProperty("version").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task What_a_client_numbered_in_one_tenant_is_not_counted_in_another()
    {
        await PushOnceAsync("acme", seq: 7);
        var frame = await PushOnceAsync("blue", seq: 1);
        Assert.That(frame, Does.Not.Contain("tx_expired"));
    }

    [Test]
    public async Task Sessions_that_are_ended_in_one_tenant_go_on_in_another()
    {
        await using var inAcme = await RawSession.OpenAsync(Site, "bob@acme");
        await using var inBlue = await RawSession.OpenAsync(Site, "bob@blue");
        await inAcme.NextAsync();
        await inBlue.NextAsync();
        using (var acme = await _houses.EnterAsync("acme")) await acme.Server.EndSessionsAsync("bob");
        await inAcme.ReadToEndAsync();
        await inBlue.SubscribeAsync(1, "tasks", RawSession.Eq("workspaceId", "demo"));

        Assert.That(await inBlue.ReadUntilAsync(IsCheckpoint), Does.Contain("Of blue"));
        Assert.That(inAcme.CloseCode, Is.EqualTo(4401));
    }

    [Test]
    public async Task Sessions_may_be_ended_in_all_tenants_at_once()
    {
        await using var inAcme = await RawSession.OpenAsync(Site, "bob@acme");
        await using var inBlue = await RawSession.OpenAsync(Site, "bob@blue");
        await inAcme.NextAsync();
        await inBlue.NextAsync();
        await Site.Tenants.EndSessionsAsync("bob");
        await inAcme.ReadToEndAsync();
        await inBlue.ReadToEndAsync();

        Assert.That((inAcme.CloseCode, inBlue.CloseCode), Is.EqualTo(((int?)4401, (int?)4401)));
    }

    [Test]
    public async Task A_token_of_one_tenant_is_of_another_history_in_another()
    {
        await using var inAcme = await RawSession.OpenAsync(Site, "bob@acme");
        await inAcme.SubscribeAsync(1, "tasks", RawSession.Eq("workspaceId", "demo"));
        var token = JsonDocument.Parse(await inAcme.ReadUntilAsync(IsCheckpoint)).RootElement.GetProperty("token").GetString();

        await using var inBlue = await RawSession.OpenAsync(Site, "bob@blue", "other", $",\"token\":\"{token}\"");
        await using var back = await RawSession.OpenAsync(Site, "bob@acme", "again", $",\"token\":\"{token}\"");

        Assert.That(await inBlue.NextAsync(), Does.Contain("\"history\":\"other\""));
        Assert.That(await back.NextAsync(), Does.Not.Contain("history"));
    }

    [Test]
    public async Task A_cursor_of_one_tenant_says_nothing_in_another()
    {
        for (var i = 0; i < 2; i++) await Site.WriteAsync("alice@acme", Tx(Set("task-1", "title", $"\"{i}\"")));
        var page = await HistoryAsync("alice@acme", "&limit=1");
        var cursor = Uri.EscapeDataString(page.Json.GetProperty("cursor").GetString()!);

        Assert.That((await HistoryAsync("alice@acme", $"&cursor={cursor}")).Status, Is.EqualTo(200));
        var other = await HistoryAsync("alice@blue", $"&cursor={cursor}");
        Assert.That((other.Status, other.Code), Is.EqualTo((400, "bad_cursor")));
    }

    [Test]
    public async Task A_tenant_that_there_is_not_is_404_at_every_endpoint_and_none_at_all_is_answered_alike()
    {
        var unknown = await Site.WriteAsync("alice@nobody", Tx(Set("task-1", "title", "\"x\"")));
        var none = await Site.WriteAsync("alice", Tx(Set("task-1", "title", "\"x\"")));
        var read = await Site.GetRecordsAsync("alice@nobody", ("tasks", "task-1"));
        var history = await HistoryAsync("alice@nobody", "");
        var socket = await Site.SocketStatusAsync("alice@nobody");

        Assert.That((unknown.Status, unknown.Code), Is.EqualTo((404, "unknown_tenant")));
        Assert.That((none.Status, none.Text), Is.EqualTo((404, unknown.Text)));
        Assert.That((read.Status, history.Status, socket), Is.EqualTo((404, 404, 404)));
    }

    [Test]
    public async Task Who_is_not_signed_in_learns_of_no_tenant()
    {
        Assert.That((await Site.WriteAsync(null, Tx(Set("task-1", "title", "\"x\"")))).Status, Is.EqualTo(401));
        Assert.That(await Site.SocketStatusAsync(null), Is.EqualTo(401));
    }

    [Test]
    public async Task A_store_that_cannot_be_opened_is_503_and_tried_again_by_the_next_request()
    {
        await using var houses = await Houses.StartAsync();
        houses.Fault = new StoreSetupException("the password of the database");
        var refused = await houses.Site.WriteAsync("alice@acme", Tx(Set("task-1", "title", "\"x\"")));
        var socket = await houses.Site.SocketStatusAsync("alice@acme");
        houses.Fault = null;
        await houses.WithDemoAsync();
        var written = await houses.Site.WriteAsync("alice@acme", Tx(Set("task-1", "title", "\"x\"")));

        Assert.That((refused.Status, refused.Code), Is.EqualTo((503, "busy")));
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(refused.Text, Does.Not.Contain("password"));
        Assert.That((socket, written.Status), Is.EqualTo((503, 200)));
    }

    [Test]
    public void Stores_for_tenants_need_to_be_told_whose_a_request_is() =>
        Assert.That(() => TestSite.StartAsync(Board.Model, server => server.UseStores(_houses)), Throws.InvalidOperationException.With.Message.Contains("o.Tenant"));

    [Test]
    public void A_tenant_for_a_server_with_one_store_is_refused() =>
        Assert.That(() => TestSite.StartBoardAsync(o => o.Tenant = _ => "acme"), Throws.InvalidOperationException.With.Message.Contains("UseStores"));

    private static bool IsCheckpoint(string frame) => frame.Contains("\"checkpoint\"", StringComparison.Ordinal);

    private static string? TitleIn(HttpAnswer answer) => answer.Record("tasks", "task-1").GetProperty("title").GetString();

    private async Task<string> PushOnceAsync(string tenant, int seq)
    {
        await using var session = await RawSession.OpenAsync(Site, $"bob@{tenant}", "numbered");
        await session.PushAsync(seq, Set("task-1", "status", "\"doing\""));
        return await session.ReadUntilAsync(frame => frame.Contains("receipts", StringComparison.Ordinal));
    }

    private async Task<HttpAnswer> HistoryAsync(string token, string more)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Site.Address}/history?table=tasks&id=task-1{more}");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await Site.Http.SendAsync(request, Patience.Token);
        return new HttpAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }
}
