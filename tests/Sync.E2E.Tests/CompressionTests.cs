using Microsoft.Playwright;

namespace Sync.E2E.Tests;

public sealed class CompressionTests : BrowserTests
{
    private const byte Gzip = 1;

    [Test]
    public async Task A_browser_is_sent_large_messages_in_gzip_and_shows_them()
    {
        var alice = await OpenAsync("alice");
        for (var i = 0; i < 8; i++)
        {
            await Column(alice, "todo").GetByPlaceholder("Add a task").FillAsync($"Number {i} of many things {new string('x', 100)}");
            await alice.Keyboard.PressAsync("Enter");
        }
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");

        var bob = await Browser.NewPageAsync(new() { BaseURL = App.Address.ToString() });
        var firstBytes = new List<byte>();
        bob.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            lock (firstBytes) firstBytes.Add(frame.Binary![0]);
        };
        await bob.GotoAsync("/?user=bob");

        await Expect(Card(bob, "Number 7 of many things")).ToBeVisibleAsync(new() { Timeout = FirstLoad });
        lock (firstBytes) Assert.That(firstBytes, Does.Contain(Gzip));
        await bob.Context.CloseAsync();
    }
}
