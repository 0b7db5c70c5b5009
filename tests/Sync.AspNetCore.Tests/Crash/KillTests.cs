using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Crash;

public sealed class KillTests
{
    private const int Rounds = 3;
    private const int Writers = 8;
    private const int AcknowledgedBeforeTheKill = 60;

    [Test]
    public async Task Kill_9_after_an_acknowledgement_loses_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("sync-kill-");
        var file = Path.Combine(folder.FullName, "sync.db");
        var acknowledged = new ConcurrentDictionary<string, long>();
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                await using var server = await ServerProcess.StartAsync(file);
                if (round == 0) await server.TryPostAsync("write", Tx("""{"type":"create","table":"workspaces","id":"demo","value":{"name":"Demo","ownerId":"alice","memberIds":["alice"]}}"""));
                await AllAreThereAsync(server, acknowledged);
                await WriteUntilKilledAsync(server, acknowledged, round);
            }

            await using var last = await ServerProcess.StartAsync(file);
            await AllAreThereAsync(last, acknowledged);
            Assert.That(acknowledged, Has.Count.GreaterThanOrEqualTo(Rounds * AcknowledgedBeforeTheKill));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WriteUntilKilledAsync(ServerProcess server, ConcurrentDictionary<string, long> acknowledged, int round)
    {
        var enough = acknowledged.Count + AcknowledgedBeforeTheKill;
        var writers = Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; ; i++)
            {
                var id = $"task-{round}-{writer}-{i}";
                var value = $$"""{"workspaceId":"demo","title":"x","status":"todo","orderIndex":{{i}},"createdBy":"alice"}""";
                var create = $$"""{"type":"create","table":"tasks","id":"{{id}}","value":{{value}} }""";
                if (await server.TryPostAsync("write", Tx($"{create},{Set(id, "title", "\"y\"")}")) is not { } answer) return;
                acknowledged[id] = JsonDocument.Parse(answer).RootElement.GetProperty("recordMap").GetProperty("tasks").GetProperty(id).GetProperty("version").GetInt64();
                if (acknowledged.Count >= enough) await server.KillAsync();
            }
        });
        await Task.WhenAll(writers).Ends();
    }

    private static async Task AllAreThereAsync(ServerProcess server, ConcurrentDictionary<string, long> acknowledged)
    {
        foreach (var ids in acknowledged.Keys.Chunk(500))
        {
            var pointers = string.Join(',', ids.Select(id => $$"""{"table":"tasks","id":"{{id}}"}"""));
            var read = JsonDocument.Parse((await server.TryPostAsync("getRecords", "{\"pointers\":[" + pointers + "]}"))!).RootElement;
            var tasks = read.GetProperty("recordMap").GetProperty("tasks");
            var lost = ids.Where(id => !tasks.TryGetProperty(id, out var task) || task.GetProperty("version").GetInt64() != acknowledged[id]);
            Assert.That(lost, Is.Empty, string.Create(CultureInfo.InvariantCulture, $"of {acknowledged.Count} acknowledged"));
        }
    }
}
