using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>
/// Pictures to look at: <c>dotnet test tests/Sync.E2E.Tests --filter FullyQualifiedName~Pictures</c> puts them into <c>artifacts/pictures</c>. The README's is <c>readme-demo-offline</c>.
/// </summary>
[Explicit("Judged by eye.")]
public sealed class Pictures : BrowserTests
{
    private static string Folder => Path.Combine(Repository.Root, "artifacts", "pictures");

    [TestCase("desktop", 1280, 800, ColorScheme.Light)]
    [TestCase("desktop-dark", 1280, 800, ColorScheme.Dark)]
    [TestCase("phone", 390, 844, ColorScheme.Light)]
    [TestCase("phone-dark", 390, 844, ColorScheme.Dark)]
    public async Task Take(string name, int width, int height, ColorScheme colours)
    {
        var page = await OpenAsync("alice", "/", width, height, colours);
        await Expect(Card(page, "Print the posters")).ToBeVisibleAsync();
        await TakeAsync(page, $"{name}-board");

        await Card(page, "Print the posters").HoverAsync();
        await Card(page, "Print the posters").Locator(".card-menu summary").ClickAsync();
        await TakeAsync(page, $"{name}-menu");
        await page.Keyboard.PressAsync("Escape");

        await page.GotoAsync("/tasks/task-1");
        await Expect(page.Locator("[name=status]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await TakeAsync(page, $"{name}-task");

        await page.GotoAsync("/tasks/task-c1");
        await Expect(page.Locator(".nothing")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await TakeAsync(page, $"{name}-nothing");

        var bob = await OpenAsync("bob", "/", width, height, colours);
        await bob.GetByLabel("Name of the workspace").FillAsync("Bob's fair");
        await bob.Keyboard.PressAsync("Enter");
        await Expect(bob.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await bob.Locator(".quick-add input").First.FillAsync("BUY LEMONADE");
        await bob.Keyboard.PressAsync("Enter");
        await Expect(bob.Locator(".attention-badge")).ToHaveAttributeAsync("data-count", "2");
        foreach (var dismiss in await bob.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).AllAsync()) await bob.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).First.ClickAsync();
        await bob.Locator(".attention-badge").ClickAsync();
        await Expect(bob.Locator(".tray-item")).ToHaveCountAsync(2);
        await TakeAsync(bob, $"{name}-tray");
        await bob.Locator(".tray-item").Last.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await TakeAsync(bob, $"{name}-tray-edit");
        await bob.Locator(".brand").ClickAsync();

        await App.KillAsync();
        await Expect(bob.Locator(".connection.offline")).ToBeVisibleAsync();
        await (width < 700 ? bob.GetByPlaceholder("Add a task").First : Column(bob, "done").GetByPlaceholder("Add a task")).FillAsync("Write the invitations");
        await bob.Keyboard.PressAsync("Enter");
        await Expect(bob.Locator("[data-mark=waiting]")).ToHaveCountAsync(1);
        await TakeAsync(bob, $"{name}-offline");
    }

    [TestCase("desktop", 1280, 800, ColorScheme.Light)]
    [TestCase("phone-dark", 390, 844, ColorScheme.Dark)]
    public async Task Take_windows(string name, int width, int height, ColorScheme colours)
    {
        var alice = await OpenAsync("alice", "/", width, height, colours);
        var bob = await OpenAsync("bob", "/", width, height, colours);
        await alice.Locator(".members").ClickAsync();
        await alice.GetByLabel("Add somebody by name").FillAsync("carol");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(alice.Locator("[data-user=carol] .who")).ToContainTextAsync("carol@example.com");
        await TakeAsync(alice, $"{name}-members");

        await bob.Locator(".members").ClickAsync();
        await bob.GetByRole(AriaRole.Button, new() { Name = "Leave the workspace" }).ClickAsync();
        await TakeAsync(bob, $"{name}-leave");
        await bob.Keyboard.PressAsync("Escape");

        await alice.GetByLabel("What Bob may do").SelectOptionAsync("viewer");
        await Expect(bob.Locator(".viewer-hint")).ToBeVisibleAsync();
        await TakeAsync(bob, $"{name}-viewer");
        await bob.GetByRole(AriaRole.Link, new() { Name = "Print the posters" }).ClickAsync();
        await Expect(bob.Locator("[name=status]")).ToBeVisibleAsync();
        await TakeAsync(bob, $"{name}-viewer-task");

        await alice.GetByLabel("What Bob may do").SelectOptionAsync("member");
        await bob.Locator("[name=status]").SelectOptionAsync("in_progress");
        await bob.Locator("main [name=title]").FillAsync("Print forty posters, in colour");
        await bob.Locator("main [name=dueDate]").FillAsync("2026-12-24");
        await bob.Locator("[name=assigneeId]").SelectOptionAsync("carol");
        await App.WriteAsync("alice", new { type = "set", table = "tasks", id = "task-2", key = "description", value = "The printer in the library is cheapest. Ask for the thick paper." });
        await Expect(bob.Locator("#description")).ToHaveValueAsync(new Regex("library"));
        await TakeAsync(bob, $"{name}-task-undo");
        await bob.GetByRole(AriaRole.Button, new() { Name = "History" }).ClickAsync();
        await Expect(bob.Locator(".history li").First).ToBeVisibleAsync();
        await TakeAsync(bob, $"{name}-history");
        await bob.Keyboard.PressAsync("Escape");

        await bob.Locator(".workspaces a").First.ClickAsync();
        await TakeAsync(bob, $"{name}-undo");
        await Expect(bob.Locator(".members")).ToBeVisibleAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Remove Bob" }).ClickAsync();
        await Expect(bob.Locator(".nothing")).ToBeVisibleAsync();
        await TakeAsync(bob, $"{name}-removed");
    }

    [TestCase("desktop", 1440, 900, ColorScheme.Light)]
    [TestCase("small-dark", 1280, 720, ColorScheme.Dark)]
    [TestCase("phone", 390, 844, ColorScheme.Light)]
    [TestCase("readme", 1400, 740, ColorScheme.Light)]
    public async Task Take_the_demo(string name, int width, int height, ColorScheme colours)
    {
        var page = await OpenDemoPageAsync(width, height, colours);
        await TakeAsync(page, $"{name}-demo");
        var alice = page.FrameLocator("iframe[name=alice]");
        await alice.Locator("[data-task=task-2]").PressAsync("Alt+ArrowRight");
        await Expect(alice.Locator(".column[data-status=in_progress] [data-task=task-2]")).ToBeVisibleAsync();
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");
        await page.EvaluateAsync("() => document.querySelector('iframe[name=alice]').contentDocument.activeElement.blur()");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Bob's network" }).ClickAsync();
        var bob = page.FrameLocator("iframe[name=bob]");
        await Expect(bob.Locator(".connection.offline")).ToBeVisibleAsync();
        await bob.GetByPlaceholder("Add a task").First.FillAsync("Write the invitations");
        await bob.GetByPlaceholder("Add a task").First.PressAsync("Enter");
        await Expect(bob.Locator("[data-mark=waiting]")).ToHaveCountAsync(1);
        await page.EvaluateAsync("() => document.querySelector('iframe[name=bob]').contentDocument.activeElement.blur()");
        await TakeAsync(page, $"{name}-demo-offline");
    }

    private static Task TakeAsync(IPage page, string name) => page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
}
