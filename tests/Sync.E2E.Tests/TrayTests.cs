using Microsoft.Playwright;

namespace Sync.E2E.Tests;

/// <summary>What becomes of a write that only the server finds wrong.</summary>
public sealed class TrayTests : BrowserTests
{
    [Test]
    public async Task A_refused_write_is_explained_in_the_tray_mended_and_sent_again()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await AddAsync(alice, "BUY MILK");

        await Expect(alice.Locator(".attention-badge")).ToHaveAttributeAsync("data-count", "1");
        await Expect(Card(alice, "BUY MILK")).ToHaveCountAsync(0);
        await alice.Locator(".attention-badge").ClickAsync();

        var item = alice.Locator(".tray-item");
        await Expect(item).ToHaveAttributeAsync("data-code", "title_shouted");
        await Expect(item).ToContainTextAsync("Add BUY MILK");
        await Expect(item).ToContainTextAsync("a title is not written all in capitals");
        await Expect(item.Locator("[data-field=title] .mine")).ToHaveTextAsync("BUY MILK");

        await item.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await item.GetByLabel("Title").FillAsync("Buy milk");
        await item.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(Card(bob, "Buy milk")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(alice.Locator(".attention-badge")).ToHaveCountAsync(0);
        await Expect(alice.Locator(".nothing h1")).ToHaveTextAsync("Nothing needs attention");
    }

    [Test]
    public async Task Both_values_are_shown_and_a_write_that_is_refused_again_stays_until_it_is_discarded()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await RenameAsync(bob, "Bob's fair");
        await Expect(bob.Locator(".attention-badge")).ToHaveAttributeAsync("data-count", "1");
        await RenameAsync(alice, "Winter fair");

        await bob.Locator(".attention-badge").ClickAsync();
        var item = bob.Locator(".tray-item");
        await Expect(item.Locator("[data-field=name] .mine")).ToHaveTextAsync("Bob's fair");
        await Expect(item.Locator("[data-field=name] .theirs")).ToHaveTextAsync("Winter fair");

        await item.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(item.Locator(".why")).ToContainTextAsync("only its owner");
        await Expect(bob.Locator(".attention-badge")).ToHaveAttributeAsync("data-count", "1");

        await item.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(bob.Locator(".nothing h1")).ToHaveTextAsync("Nothing needs attention");
    }

    [Test]
    public async Task The_tray_is_handed_over_as_a_file()
    {
        var bob = await OpenAsync("bob");
        await RenameAsync(bob, "Bob's fair");
        await bob.Locator(".attention-badge").ClickAsync();

        var download = await bob.RunAndWaitForDownloadAsync(() => bob.GetByRole(AriaRole.Button, new() { Name = "Export as JSON" }).ClickAsync());
        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        var text = await reader.ReadToEndAsync();

        Assert.That(download.SuggestedFilename, Does.StartWith("unsent-bob-").And.EndsWith(".json"));
        Assert.That(text, Does.Contain("not_the_owner").And.Contain("Bob's fair"));
    }

    [Test]
    public async Task A_task_tells_that_it_waits_and_then_that_it_needs_attention()
    {
        var alice = await OpenAsync("alice");
        await Expect(Card(alice, "Print the posters")).ToBeVisibleAsync();
        await App.KillAsync();
        await Expect(alice.Locator(".connection.offline")).ToBeVisibleAsync();

        await Card(alice, "Print the posters").GetByTitle("Change the title").ClickAsync();
        await alice.GetByLabel("Title").FillAsync("PRINT THEM");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(Card(alice, "PRINT THEM").Locator("[data-mark=waiting]")).ToBeVisibleAsync();

        await App.StartAgainAsync();
        await Expect(Card(alice, "Print the posters").Locator("[data-mark=attention]")).ToBeVisibleAsync(new() { Timeout = 35_000 });
        await Expect(Card(alice, "Print the posters").Locator("[data-mark=waiting]")).ToHaveCountAsync(0);
    }

    private static async Task AddAsync(IPage page, string title)
    {
        await Column(page, "todo").GetByPlaceholder("Add a task").FillAsync(title);
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task RenameAsync(IPage page, string name)
    {
        await page.GetByLabel("Name of the workspace").FillAsync(name);
        await page.GetByLabel("Name of the workspace").PressAsync("Enter");
    }
}
