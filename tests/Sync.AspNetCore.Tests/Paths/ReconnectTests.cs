using Sync.AspNetCore.Tests.Site;
using Sync.Client;

namespace Sync.AspNetCore.Tests.Paths;

/// <summary>Connections end in every way, and real clients come back by themselves.</summary>
public sealed class ReconnectTests
{
    private TestSite _site = null!;

    [SetUp]
    public async Task Start() => _site = await (await TestSite.StartBoardAsync()).WithDemoAsync();

    [TearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [Test]
    public async Task A_client_whose_connection_was_dropped_comes_back_and_sees_what_it_missed()
    {
        var bob = await _site.ClientAsync("bob");
        await using var tasks = bob.Table<BoardTask>().Where(t => t.WorkspaceId, "demo").OrderBy(t => t.OrderIndex).Live();
        await tasks.ShowsAsync(rows => rows.Count == 5);

        _site.DropConnections();
        await bob.BecomesAsync(ConnectionState.Waiting);
        await _site.Server.WriteAsync(Caller.App("test"), tx => tx.Table<BoardTask>().Set("task-1", t => t.Title, "Changed meanwhile").Delete("task-2"));

        await tasks.ShowsAsync(rows => rows is [{ Title: "Changed meanwhile" }, { Id: "task-3" }, _, _]);
        await bob.BecomesAsync(ConnectionState.Live);
    }

    [Test]
    public async Task What_was_written_while_away_arrives_once()
    {
        var bob = await _site.ClientAsync("bob");
        await using var tasks = bob.Table<BoardTask>().ById("task-1").Live();
        await tasks.ShowsAsync(rows => rows.Count == 1);

        _site.DropConnections();
        await bob.BecomesAsync(ConnectionState.Waiting);
        var write = await bob.Table<BoardTask>().UpdateAsync("task-1", t => t with { Title = "Written while away" });
        var receipt = await write.Receipt.Ends();

        Assert.That(receipt.IsAccepted, Is.True);
        Assert.That(receipt.Versions.Single(), Is.EqualTo(new VersionStep(new("tasks", "task-1"), 1, 2)));
        Assert.That((await _site.Server.Table<BoardTask>().GetAsync(Caller.App("test"), "task-1"))!.Title, Is.EqualTo("Written while away"));
    }

    [Test]
    public async Task A_client_whose_session_was_ended_signs_in_again()
    {
        var bob = await _site.ClientAsync("bob");
        await using var tasks = bob.Table<BoardTask>().ById("task-1").Live();
        await tasks.ShowsAsync(rows => rows.Count == 1);

        await _site.Server.EndSessionsAsync("bob");
        await _site.Server.WriteAsync(Caller.App("test"), tx => tx.Table<BoardTask>().Set("task-1", t => t.Title, "After"));

        await tasks.ShowsAsync(rows => rows is [{ Title: "After" }]);
    }
}
