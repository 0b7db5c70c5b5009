namespace Sync.E2E.Tests;

public sealed class ConnectionTests : BrowserTests
{
    [Test]
    public async Task Work_goes_on_without_the_server_and_is_sent_when_it_is_back()
    {
        var alice = await OpenAsync("alice");
        var line = alice.Locator(".connection");

        await Expect(Card(alice, "Print the posters")).ToBeVisibleAsync();
        await App.KillAsync();
        await Expect(line).Not.ToHaveAttributeAsync("data-connection", "Live");
        await Column(alice, "todo").GetByPlaceholder("Add a task").FillAsync("Written in the dark");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(Card(alice, "Written in the dark")).ToBeVisibleAsync();
        await Expect(line).ToHaveAttributeAsync("data-pending", "1");
        await Expect(line).ToContainTextAsync("1 change to send");

        await App.StartAgainAsync();
        await Expect(line).ToHaveAttributeAsync("data-connection", "Live", new() { Timeout = 35_000 });
        await Expect(line).ToHaveAttributeAsync("data-pending", "0");
        var bob = await OpenAsync("bob");
        await Expect(Card(bob, "Written in the dark")).ToBeVisibleAsync();
    }
}
