using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Site;
using Sync.Server.Sqlite;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Drain;

/// <summary>A host that is told to go while a commit is under way.</summary>
public sealed class DrainTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sync-drain-");
    private HeldStore _store = null!;
    private TestSite _site = null!;

    [SetUp]
    public async Task Start()
    {
        _store = new HeldStore(SqliteStore.Create(Path.Combine(_folder.FullName, $"{Guid.NewGuid()}.db")));
        _site = await (await TestSite.StartBoardAsync(server => server.UseStore(_ => _store))).WithDemoAsync();
    }

    [TearDown]
    public async Task Stop()
    {
        _store.Release();
        await _site.DisposeAsync();
        await _store.DisposeAsync();
    }

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Who_comes_while_a_host_goes_away_is_told_503_and_when_to_come_again()
    {
        await using var session = await RawSession.OpenAsync(_site, "alice");
        var stopping = await StopWhileACommitIsHeldAsync(session);
        var written = await _site.WriteAsync("alice", Tx(Set("task-1", "title", "\"x\"")));
        var read = await _site.GetRecordsAsync("alice", ("tasks", "task-1"));
        var socket = await _site.SocketStatusAsync("alice");
        var unknown = await _site.SocketStatusAsync(null);
        _store.Release();
        await stopping.Ends();

        Assert.That((written.Status, written.Code), Is.EqualTo((503, "busy")));
        Assert.That(written.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That((read.Status, socket, unknown), Is.EqualTo((503, 503, 401)));
    }

    [Test]
    public async Task What_was_pushed_before_is_answered_before_the_goodbye()
    {
        await using var session = await RawSession.OpenAsync(_site, "alice");
        var stopping = await StopWhileACommitIsHeldAsync(session);
        _store.Release();
        await session.ReadToEndAsync();
        await session.AnswerCloseAsync();
        await stopping.Ends();

        Assert.That(session.Frames[^2], Does.Contain("\"receipts\"").And.Contain("\"seq\":1"));
        Assert.That(session.Frames[^1], Does.Contain("\"drain\"").And.Contain("\"retryAfterMs\":1000"));
        Assert.That(session.CloseCode, Is.EqualTo(1001));
    }

    [Test]
    public async Task A_write_over_HTTP_that_is_under_way_is_answered()
    {
        _store.HoldCommits();
        var writing = _site.WriteAsync("alice", Tx(Set("task-1", "title", "\"x\"")));
        await _store.IsHeld.Task.Ends();
        var stopping = _site.StopAsync();
        _store.Release();

        Assert.That((await writing).Status, Is.EqualTo(200));
        await stopping.Ends();
    }

    private async Task<Task> StopWhileACommitIsHeldAsync(RawSession session)
    {
        await session.NextAsync();
        _store.HoldCommits();
        await session.PushAsync(1, Set("task-1", "title", "\"pushed before\""));
        await _store.IsHeld.Task.Ends();
        return _site.StopAsync();
    }
}
