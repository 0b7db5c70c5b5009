namespace Sync.E2E.Tests;

public sealed class PermissionTests : BrowserTests
{
    [Test]
    public async Task Who_is_no_member_sees_nothing_of_a_workspace()
    {
        var carol = await OpenAsync("carol");
        var heard = new List<string>();
        carol.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => heard.Add(frame.Text ?? System.Text.Encoding.UTF8.GetString(frame.Binary ?? []));

        foreach (var path in new[] { "/workspaces/demo", "/tasks/task-1" })
        {
            await carol.GotoAsync(path);
            await Expect(carol.Locator(".nothing h1")).ToContainTextAsync("No such", new() { Timeout = 60_000 });
            await Expect(carol.Locator("[name=status]")).ToHaveCountAsync(0);
        }

        var alice = await OpenAsync("alice");
        await Column(alice, "todo").GetByPlaceholder("Add a task").FillAsync("Hidden from Carol");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");
        await carol.GotoAsync("/");
        await Expect(Card(carol, "Think of a present")).ToBeVisibleAsync(new() { Timeout = 60_000 });

        Assert.That(heard, Is.Not.Empty);
        Assert.That(heard, Has.None.Contain("Summer fair").And.None.Contain("Ask the school").And.None.Contain("Hidden from Carol"));
        await Expect(carol.GetByText("Summer fair")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_refused_write_is_taken_back_and_says_why()
    {
        var bob = await OpenAsync("bob");
        var alice = await OpenAsync("alice");
        var name = bob.GetByLabel("Name of the workspace");

        await name.FillAsync("Bob's fair");
        await name.PressAsync("Enter");

        await Expect(bob.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync("only its owner may change a workspace", new() { Timeout = Soon });
        await Expect(name).ToHaveValueAsync("Summer fair");
        await Expect(alice.GetByLabel("Name of the workspace")).ToHaveValueAsync("Summer fair");
    }

    [Test]
    public async Task A_member_who_is_taken_out_loses_the_board_at_once_and_gets_it_back()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob", "/workspaces/demo");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync();

        await alice.Locator(".members").ClickAsync();
        await alice.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Remove Bob" }).ClickAsync();
        await Expect(Card(bob, "Print the posters")).ToHaveCountAsync(0, new() { Timeout = Soon });
        await Expect(bob.Locator(".nothing h1")).ToHaveTextAsync("No longer shared with you");

        await alice.GetByLabel("Add somebody by name").FillAsync("bob");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });
    }
}
