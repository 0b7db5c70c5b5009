using System.Net.WebSockets;
using System.Text;
using Sync.AspNetCore.Tests.Paths;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Sockets;

public sealed class StalledReaderTests
{
    [Test]
    public async Task A_peer_that_stops_reading_holds_up_nobody()
    {
        const int Writes = 100;
        await using var site = await (await TestSite.StartBoardAsync()).WithDemoAsync();
        using var stalled = await site.OpenSocketAsync("bob");
        await SayAsync(stalled, """{"type":"hello","protocol":1,"clientId":"stalled"}""");
        await SayAsync(stalled, """{"type":"subscribe","sub":1,"query":{"table":"tasks","where":[{"field":"workspaceId","op":"eq","value":"demo"}]}}""");

        var alice = await site.ClientAsync("alice");
        await using var tasks = alice.Table<BoardTask>().Where(t => t.WorkspaceId, "demo").OrderBy(t => t.OrderIndex).Live();
        await tasks.ShowsAsync(rows => rows.Count == 5);

        // Each write brings 200 kB to every reader: far more than the buffers between the server and the stalled one hold.
        for (var i = 1; i <= Writes; i++)
        {
            var text = $"{i}:{new string('x', 200_000)}";
            var result = await site.Server.WriteAsync(Caller.App("test"), tx => tx.Table<BoardTask>().Set("task-1", t => t.Description, text));
            Assert.That(result.IsAccepted, Is.True, result.Receipt?.Message);
        }

        await tasks.ShowsAsync(rows => rows[0].Description?.StartsWith($"{Writes}:", StringComparison.Ordinal) == true);
    }

    private static Task SayAsync(WebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Patience.Token);
}
