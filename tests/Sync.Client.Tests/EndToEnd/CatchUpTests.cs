using System.Diagnostics.Metrics;
using Sync.Testing;

namespace Sync.Client.Tests;

/// <summary>A client that loses its connection and finds what it lacks, with a real server at the other end.</summary>
[CancelAfter(60_000)]
public sealed class CatchUpTests
{
    // Where the log can't explain a window, the ends compare: here over some hundred buckets, on two levels.
    [TestCase(5000, 0, "log")]
    [TestCase(0, 4500, "compared")]
    [TestCase(0, 40, "compared")]
    public async Task A_client_that_comes_back_holds_what_the_server_has(int plain, int window, string outcome)
    {
        var outcomes = new List<string?>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Name == "sync.server.claims") self.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => { lock (outcomes) outcomes.Add(tags[0].Value as string); });
        listener.Start();

        await using var server = await OneServer.StartAsync();
        var rows = plain + window + 100;
        foreach (var some in Enumerable.Range(0, rows).Chunk(500)) await WriteAsync(server, tx => { foreach (var i in some) tx.Table<Todo>().Create(new Todo($"t{i:00000}", "a", "Todo", i)); });
        ITransportConnection? connection = null;
        var alice = await server.SignInAsync("alice", new InMemoryTransport((c, _, cancel) =>
        {
            connection = c;
            return server.Server.RunSessionAsync(c, Caller.User("alice"), cancel);
        }));
        var query = alice.Table<Todo>().Where(t => t.ListId, "a").OrderBy(t => t.Order);
        await using var live = (window == 0 ? query : query.Take(window)).Live();
        await live.RowsAreAsync(r => r.Count == (window == 0 ? rows : window));

        await connection!.DisposeAsync();
        await WriteAsync(server, tx =>
        {
            for (var i = 0; i < 30; i++) tx.Table<Todo>().Create(new Todo($"new{i}", "a", "New", -1));
            for (var i = 0; i < 30; i += 7) tx.Table<Todo>().Delete($"t{i:00000}");
            for (var i = 1; i < 30; i += 7) tx.Table<Todo>().Set($"t{i:00000}", t => t.Title, "Changed");
        });
        for (var i = 31; i < rows; i += 70) await WriteAsync(server, tx => tx.Table<Todo>().Set($"t{i:00000}", t => t.Title, "Changed too"));

        var found = await server.Server.QueryAsync(Caller.App("test"), new Query { Table = "todos", Where = [new QueryCondition.EqualTo(FieldPath.Of("listId"), CanonicalJson.From("a"))], OrderBy = [new SortField(FieldPath.Of("order"))], Limit = window == 0 ? null : window });
        var expected = string.Join(' ', found.Records.Select(r => $"{r.Id}:{r.Fields["title"].AsString()}"));
        await live.RowsAreAsync(r => string.Join(' ', r.Select(t => $"{t.Id}:{t.Title}")) == expected);
        lock (outcomes) Assert.That(outcomes, Does.Contain(outcome));
    }

    private static async Task WriteAsync(OneServer server, Action<TransactionBuilder> build) =>
        Assert.That((await server.Server.WriteAsync(Caller.App("test"), build)).IsAccepted);
}
