using System.Diagnostics;
using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace Sync.E2E.Tests;

/// <summary>Who shares a workspace, what they may do, and what becomes of a device that may no longer see it.</summary>
public sealed class MembersTests : BrowserTests
{
    [Test]
    public async Task Somebody_with_whom_nothing_is_shared_is_added_by_name_and_a_name_that_nobody_has_is_refused()
    {
        var alice = await OpenAsync("alice");
        var carol = await OpenAsync("carol");
        await alice.Locator(".members").ClickAsync();

        await alice.GetByLabel("Add somebody by name").FillAsync("Carol");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(carol.Locator(".workspaces").GetByText("Summer fair")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(alice.Locator("[data-user=carol] .who")).ToContainTextAsync("carol@example.com", new() { Timeout = Soon });

        await alice.GetByLabel("Add somebody by name").FillAsync("carrol");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(alice.GetByRole(AriaRole.Alert)).ToContainTextAsync("there is no user of that name", new() { Timeout = Soon });
        await Expect(alice.Locator("[data-user=carrol]")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_viewer_sees_all_and_is_offered_nothing_to_change_until_they_may()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync();

        await alice.Locator(".members").ClickAsync();
        await alice.GetByLabel("What Bob may do").SelectOptionAsync("viewer");
        await Expect(bob.Locator(".viewer-hint")).ToContainTextAsync("You may look, not change", new() { Timeout = Soon });
        await Expect(Card(bob, "Print the posters")).ToHaveAttributeAsync("draggable", "false");
        foreach (var control in new[] { ".quick-add", ".card-menu", "button.card-title", "main select:enabled", "main input:enabled:not([readonly])" })
        {
            await Expect(bob.Locator(control)).ToHaveCountAsync(0);
        }
        await Card(bob, "Print the posters").FocusAsync();
        await bob.Keyboard.PressAsync("Alt+ArrowRight");
        await Card(bob, "Print the posters").GetByRole(AriaRole.Link, new() { Name = "Print the posters" }).ClickAsync();
        await Expect(bob.Locator(".viewer-hint")).ToBeVisibleAsync();
        foreach (var field in new[] { "status", "assigneeId", "dueDate" }) await Expect(bob.Locator($"main [name={field}]")).ToBeDisabledAsync();
        foreach (var field in new[] { "title", "description" }) await Expect(bob.Locator($"main [name={field}]")).ToHaveAttributeAsync("readonly", "");
        await Expect(bob.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToHaveCountAsync(0);

        await alice.GetByLabel("What Bob may do").SelectOptionAsync("member");
        await Expect(bob.Locator("[name=status]")).ToBeEnabledAsync(new() { Timeout = Soon });
        await bob.Locator("[name=status]").SelectOptionAsync("done");
        await alice.Keyboard.PressAsync("Escape");
        await Expect(Column(alice, "done").GetByText("Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });
    }

    [Test]
    public async Task A_viewer_who_writes_past_the_page_is_refused_and_can_not_let_themselves_in()
    {
        var alice = await OpenAsync("alice");
        await alice.Locator(".members").ClickAsync();
        await alice.GetByLabel("What Bob may do").SelectOptionAsync("viewer");
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");

        Assert.That(await App.WriteAsync("bob", new { type = "set", table = "tasks", id = "task-2", key = "title", value = "Taken over" }), Is.EqualTo((HttpStatusCode.Forbidden, "viewer")));
        Assert.That(await App.WriteAsync("bob", new { type = "delete", table = "tasks", id = "task-2" }), Is.EqualTo((HttpStatusCode.Forbidden, "viewer")));
        Assert.That(await App.WriteAsync("bob", Take("viewerIds", "bob")), Is.EqualTo((HttpStatusCode.Forbidden, "not_the_owner")));
        Assert.That(await App.WriteAsync("bob", Take("memberIds", "alice")), Is.EqualTo((HttpStatusCode.Forbidden, "not_the_owner")));
        Assert.That(await App.WriteAsync("bob", Take("memberIds", "bob")), Is.EqualTo((HttpStatusCode.Forbidden, "not_the_owner")), "A viewer who leaves goes from both lists.");
        Assert.That(await App.WriteAsync("bob", Take("memberIds", "bob"), Take("viewerIds", "bob"), new { type = "set", table = "workspaces", id = "demo", key = "name", value = "Bob was here" }),
            Is.EqualTo((HttpStatusCode.Forbidden, "not_the_owner")));
        await Expect(Card(alice, "Print the posters")).ToBeVisibleAsync();

        Assert.That(await App.WriteAsync("bob", Take("memberIds", "bob"), Take("viewerIds", "bob")), Is.EqualTo((HttpStatusCode.OK, (string?)null)));
        await Expect(alice.Locator("[data-user=bob]")).ToHaveCountAsync(0, new() { Timeout = Soon });
    }

    [Test]
    public async Task A_member_leaves_and_only_the_owner_lets_them_in_again()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob", "/workspaces/demo");
        await bob.Locator(".members").ClickAsync();
        await bob.GetByRole(AriaRole.Button, new() { Name = "Leave the workspace" }).ClickAsync();
        await bob.GetByRole(AriaRole.Button, new() { Name = "Leave", Exact = true }).ClickAsync();

        await Expect(bob.GetByText("You left “Summer fair”.")).ToBeVisibleAsync();
        await Expect(Card(bob, "Print the posters")).ToHaveCountAsync(0);
        await Expect(bob.Locator(".workspaces").GetByText("Summer fair")).ToHaveCountAsync(0);
        await Expect(bob.Locator(".attention-badge")).ToHaveCountAsync(0);
        await alice.Locator(".members").ClickAsync();
        await Expect(alice.Locator("[data-user=bob]")).ToHaveCountAsync(0, new() { Timeout = Soon });
        await Expect(alice.GetByRole(AriaRole.Button, new() { Name = "Leave the workspace" })).ToHaveCountAsync(0);

        await alice.GetByLabel("Add somebody by name").FillAsync("bob");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });
    }

    private static readonly string[] OthersTexts = ["Summer fair", "Print the posters", "Ask the school", "caretaker has the keys", "alice@example.com"];

    [Test]
    public async Task Who_is_taken_out_while_offline_loses_all_at_the_next_connection_but_what_they_wrote()
    {
        var alice = await OpenAsync("alice");
        var page = await NewPageAsync(1280, 800, ColorScheme.Light);
        await page.RouteAsync("**/framed", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<iframe data-user=bob src=/workspaces/demo style='width: 1200px; height: 700px'></iframe>" }));
        await page.GotoAsync("/framed");
        var bob = page.FrameLocator("iframe");
        var card = bob.Locator("[data-task=task-2]");
        await Expect(card).ToBeVisibleAsync(new() { Timeout = FirstLoad });
        Task PlugAsync(string state) => page.EvaluateAsync("state => { const frame = document.querySelector('iframe'); frame.dataset.network = state; frame.contentWindow.postMessage('network', location.origin); }", state);

        await PlugAsync("off");
        await Expect(bob.Locator(".connection.offline")).ToBeVisibleAsync();
        await card.GetByTitle("Change the title").ClickAsync();
        await bob.GetByLabel("Title").FillAsync("In Bob's own words");
        await bob.GetByLabel("Title").PressAsync("Enter");
        await Expect(card.Locator("[data-mark=waiting]")).ToBeVisibleAsync();
        foreach (var text in OthersTexts) Assert.That(() => DeviceDisk.ReadAsync(page), Does.Contain(text).After(10_000, 100), "What is looked for must be found while it is there.");
        await alice.Locator(".members").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Remove Bob" }).ClickAsync();
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");

        await PlugAsync("on");
        var sinceConnection = Stopwatch.StartNew();
        await Expect(bob.Locator(".nothing h1")).ToHaveTextAsync("No longer shared with you", new() { Timeout = 10_000 });
        TestContext.Out.WriteLine($"Off the screen {sinceConnection.ElapsedMilliseconds} ms after the network came back.");
        await Expect(bob.Locator(".attention-badge")).ToHaveAttributeAsync("data-count", "1", new() { Timeout = 10_000 });
        Assert.That(async () => OthersTexts.Where((await DeviceDisk.ReadAsync(page)).Contains).ToArray(), Is.Empty.After(10_000, 50));
        TestContext.Out.WriteLine($"Off the disk {sinceConnection.ElapsedMilliseconds} ms after the network came back.");
        Assert.That(await DeviceDisk.ReadAsync(page), Does.Contain("In Bob's own words"));

        await bob.Locator(".attention-badge").ClickAsync();
        await Expect(bob.Locator(".tray-item .why")).ToContainTextAsync("it is no longer there, or you may no longer see it");
        await Expect(bob.Locator("[data-field=title] .mine")).ToHaveTextAsync("In Bob's own words");
        await Expect(bob.Locator("[data-field=title] .theirs")).ToHaveTextAsync("—");
    }

    [Test]
    public async Task Who_is_taken_out_is_told_kindly_and_nothing_of_the_board_is_left_on_the_disk()
    {
        string[] texts = [.. OthersTexts, "task-1"];
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync();
        foreach (var text in texts) Assert.That(() => DeviceDisk.ReadAsync(bob), Does.Contain(text).After(10_000, 100), "What is looked for must be found while it is there.");

        await alice.Locator(".members").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Remove Bob" }).ClickAsync();
        var sinceRemoval = Stopwatch.StartNew();
        await Expect(bob.Locator("[data-task]")).ToHaveCountAsync(0, new() { Timeout = Soon });
        TestContext.Out.WriteLine($"Off the screen after {sinceRemoval.ElapsedMilliseconds} ms.");

        Assert.That(async () => texts.Where((await DeviceDisk.ReadAsync(bob)).Contains).ToArray(), Is.Empty.After(10_000, 20));
        TestContext.Out.WriteLine($"Off the disk after {sinceRemoval.ElapsedMilliseconds} ms.");
        await Expect(bob.GetByRole(AriaRole.Status).GetByText("“Summer fair” is no longer shared with you.")).ToBeVisibleAsync();
        await Expect(bob.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await Expect(bob.Locator(".nothing h1")).ToHaveTextAsync("No workspace yet");
    }

    [Test]
    public async Task A_window_keeps_the_focus_closes_on_escape_and_gives_the_focus_back()
    {
        var alice = await OpenAsync("alice");
        await alice.Locator(".members").FocusAsync();
        await alice.Keyboard.PressAsync("Enter");

        var window = alice.GetByRole(AriaRole.Dialog, new() { Name = "Members of Summer fair" });
        await Expect(window).ToBeVisibleAsync();
        for (var i = 0; i < 12; i++)
        {
            await alice.Keyboard.PressAsync("Tab");
            Assert.That(await alice.EvaluateAsync<bool>("() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"), Is.True);
        }

        await alice.Keyboard.PressAsync("Escape");
        await Expect(window).ToHaveCountAsync(0);
        await Expect(alice.Locator(".members")).ToBeFocusedAsync();
    }

    [Test]
    public async Task Data_from_before_there_were_viewers_is_brought_up_to_date()
    {
        await App.KillAsync();
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(App.Data, "tasks.db")};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = "ALTER TABLE workspaces DROP COLUMN viewer_ids";
            await command.ExecuteNonQueryAsync();
        }
        await App.StartAgainAsync();

        var alice = await OpenAsync("alice");
        await alice.Locator(".members").ClickAsync();
        await alice.GetByLabel("What Bob may do").SelectOptionAsync("viewer");
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");
        Assert.That(await App.WriteAsync("bob", new { type = "delete", table = "tasks", id = "task-2" }), Is.EqualTo((HttpStatusCode.Forbidden, "viewer")));
    }

    private static object Take(string list, string userId) => new { type = "listRemove", table = "workspaces", id = "demo", key = list, value = userId };
}
