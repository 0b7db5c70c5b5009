using System.Net.Http.Headers;
using System.Text;
using System.Threading.RateLimiting;
using Sync.AspNetCore.Tests.Site;
using Sync.Server;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Http;

/// <summary><c>GET history</c>.</summary>
public sealed class HistoryTests
{
    [Test]
    public async Task A_history_is_told_page_by_page()
    {
        await using var site = await (await TestSite.StartBoardAsync()).WithDemoAsync();
        for (var i = 0; i < 3; i++) await site.WriteAsync("bob", Tx(Set("task-1", "title", $"\"{i}\""), $"tx-{i}", author: "bob"));

        var first = Read(await HistoryAsync(site, "alice", "table=tasks&id=task-1&limit=2"));
        var second = Read(await HistoryAsync(site, "alice", $"table=tasks&id=task-1&limit=2&cursor={first.Cursor}"));

        Assert.That(first.Entries.Select(e => e.TxId), Is.EqualTo(new[] { "tx-2", "tx-1" }));
        Assert.That(second.Entries.Select(e => $"{e.AuthorId} {e.Kind}"), Is.EqualTo(new[] { "bob Changed", "app:demo Created" }));
        Assert.That(first.Entries[0].Fields.Single(), Is.EqualTo(new FieldChange(FieldPath.Of("title"), CanonicalJson.From("1"), CanonicalJson.From("2"))));
        Assert.That(first.Entries[0].Operations.Single(), Is.EqualTo(new Operation.Set(new("tasks", "task-1"), FieldPath.Of("title"), CanonicalJson.From("2"))));
        Assert.That((second.Cursor, second.IsTrimmed), Is.EqualTo(((string?)null, false)));
    }

    [TestCase("")]
    [TestCase("table=tasks")]
    [TestCase("id=task-1")]
    [TestCase("table=tasks&table=tasks&id=task-1")]
    [TestCase("table=tasks&id=task-1&limit=0")]
    [TestCase("table=tasks&id=task-1&limit=-1")]
    [TestCase("table=tasks&id=task-1&limit=many")]
    [TestCase("table=tasks&id=task-1&cursor=a&cursor=b")]
    public async Task A_request_for_a_history_that_is_not_as_it_should_be(string query)
    {
        await using var site = await (await TestSite.StartBoardAsync()).WithDemoAsync();

        var answer = await HistoryAsync(site, "alice", query);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "bad_message")));
    }

    [Test]
    public async Task A_cursor_that_is_not_of_this_record_is_refused()
    {
        await using var site = await (await TestSite.StartBoardAsync()).WithDemoAsync();
        await site.WriteAsync("alice", Tx(Set("task-1", "title", "\"x\"")));
        var page = Read(await HistoryAsync(site, "alice", "table=tasks&id=task-1&limit=1"));

        foreach (var query in new[] { $"table=tasks&id=task-2&cursor={page.Cursor}", "table=tasks&id=task-1&cursor=x", "table=tasks&id=task-1&cursor=", $"table=tasks&id=task-c1&cursor={page.Cursor}" })
        {
            var answer = await HistoryAsync(site, "alice", query);
            Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "bad_cursor")), query);
        }
    }

    [Test]
    public async Task The_history_of_what_may_not_be_read_is_that_of_what_never_was()
    {
        await using var site = await (await TestSite.StartBoardAsync()).WithDemoAsync();

        var hidden = await HistoryAsync(site, "alice", "table=tasks&id=task-c1");
        var never = await HistoryAsync(site, "alice", "table=tasks&id=task-c2");

        Assert.That((hidden.Status, hidden.Code), Is.EqualTo((400, "not_found")));
        Assert.That(hidden.Text.Replace("task-c1", "task-c2", StringComparison.Ordinal), Is.EqualTo(never.Text));
        Assert.That(hidden.Headers.ToString()!.Length, Is.EqualTo(never.Headers.ToString()!.Length));
    }

    [Test]
    public async Task A_history_stands_behind_the_same_door_as_all_else()
    {
        using var limiter = PartitionedRateLimiter.Create<Caller, string>(caller => RateLimitPartition.GetFixedWindowLimiter(caller.UserId, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = 1, Window = TimeSpan.FromMinutes(10),
        }));
        await using var site = await (await TestSite.StartBoardAsync(o => o.RateLimiter = limiter)).WithDemoAsync();

        Assert.That((await HistoryAsync(site, null, "table=tasks&id=task-1")).Status, Is.EqualTo(401));
        Assert.That((await HistoryAsync(site, "alice", "table=tasks&id=task-1")).Status, Is.EqualTo(200));
        Assert.That((await HistoryAsync(site, "alice", "table=tasks&id=task-1")).Status, Is.EqualTo(429));
    }

    private static async Task<HttpAnswer> HistoryAsync(TestSite site, string? token, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{site.Address}/history?{query}");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await site.Http.SendAsync(request, Patience.Token);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
        return new HttpAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    private static HistoryPage Read(HttpAnswer answer) =>
        ProtocolCodec.TryReadHistory(Encoding.UTF8.GetBytes(answer.Text), new("tasks", "task-1"), out var page, out var fault) ? page : throw new AssertionException($"{answer.Text}: {fault.Message}");
}
