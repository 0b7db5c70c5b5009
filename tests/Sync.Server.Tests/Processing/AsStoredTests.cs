using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>What the database itself sets as it writes: everybody is told the row as it is stored.</summary>
public sealed class AsStoredTests
{
    [Test]
    public async Task The_writer_the_cache_and_the_listeners_get_what_is_stored_and_the_neighbours_what_was_decided()
    {
        await using var world = await World.StartAsync();
        var gate = world.Store.HoldNextCommit();
        var hold = world.WriteAsync(Carol, SetTitle("hidden", "hold")).AsTask();
        var rejected = world.WriteAsync(Bob, SetTitle("hidden", "no")).AsTask();
        var first = world.WriteAsync(Alice, SetTitle("j1", "first")).AsTask();
        var second = world.WriteAsync(Alice, SetTitle("j1", "second")).AsTask();
        var plain = world.WriteAsync(Alice, SetTitle("j2", "plain")).AsTask();
        world.Store.OnCommit.Enqueue(async batch =>
        {
            var stored = batch.Entries.Select((entry, i) => (entry, i)).Where(e => e.entry.Changes.Any(c => c.Key.Id == "j1"))
                .ToDictionary(e => e.i, e => (IReadOnlyList<RecordChange>)[.. e.entry.Changes.Select(Computed)]);
            batch = batch with { Entries = [.. batch.Entries.Select((entry, i) => stored.TryGetValue(i, out var changes) ? entry with { Changes = changes } : entry)] };
            return (CommitAnswer.Committed)await world.Store.CommitThroughAsync(batch) with { AsStored = stored };
        });
        gate.SetResult();
        await Task.WhenAll(hold, rejected, first, second, plain).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(first.Result.Written["jobs", "j1"]!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"first","status":"computed 2"}""")));
        Assert.That(first.Result.Records["jobs", "j1"]!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"second","status":"computed 3"}""")));
        Assert.That(plain.Result.Records["jobs", "j2"]!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"plain"}""")));
        Assert.That((await world.FindAsync("jobs", "j1"))!.Fields["status"].AsString(), Is.EqualTo("computed 3"));
    }

    private static RecordChange Computed(RecordChange change) => new(change.Before, new Record(change.Key, change.After.Version, With(change.After)));

    private static CanonicalJson With(Record record) =>
        CanonicalJson.Parse($$"""{"workspaceId":"demo","title":"{{record.Fields["title"].AsString()}}","status":"computed {{record.Version}}"}""");
}
