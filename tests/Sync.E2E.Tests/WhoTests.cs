using Microsoft.Playwright;

namespace Sync.E2E.Tests;

public sealed class WhoTests : BrowserTests
{
    [Test]
    public async Task Choosing_another_user_shows_their_workspaces_and_the_tab_remembers()
    {
        var page = await OpenAsync("alice");
        await Expect(Card(page, "Print the posters")).ToBeVisibleAsync();

        await page.Locator("select[name=user]").SelectOptionAsync("carol");
        await Expect(Card(page, "Think of a present")).ToBeVisibleAsync();
        await Expect(Card(page, "Print the posters")).ToHaveCountAsync(0);

        await page.ReloadAsync();
        await Expect(Card(page, "Think of a present")).ToBeVisibleAsync(new() { Timeout = FirstLoad });
        await Expect(page.Locator("select[name=user]")).ToHaveValueAsync("carol");
    }

    [Test]
    public async Task A_stranger_is_told_that_they_are_not_let_in()
    {
        var page = await OpenAsync("mallory", expected: "Refused");

        await Expect(page.Locator(".nothing h1")).ToHaveTextAsync("Not let in");

        await page.Locator("select[name=user]").SelectOptionAsync("bob");
        await Expect(Card(page, "Print the posters")).ToBeVisibleAsync();
    }

    [Test]
    public async Task A_new_workspace_is_empty_and_its_owner_alone_can_delete_it()
    {
        var alice = await OpenAsync("alice");
        await alice.GetByRole(AriaRole.Button, new() { Name = "New workspace" }).ClickAsync();
        await alice.GetByLabel("Name of the new workspace").FillAsync("House");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(alice.GetByText("Nothing to do yet")).ToBeVisibleAsync();

        await alice.Locator(".members").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Delete the workspace" }).ClickAsync();
        await Expect(alice.Locator(".nothing h1")).ToHaveTextAsync("No such workspace");
        await Expect(alice.Locator(".workspaces").GetByText("House")).ToHaveCountAsync(0);

        await alice.Locator(".notice").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(alice.GetByText("Nothing to do yet")).ToBeVisibleAsync();

        var bob = await OpenAsync("bob");
        await bob.Locator(".members").ClickAsync();
        await Expect(bob.GetByText("Only the owner takes people in and out.")).ToBeVisibleAsync();
        await Expect(bob.GetByRole(AriaRole.Button, new() { Name = "Delete the workspace" })).ToHaveCountAsync(0);
    }
}
