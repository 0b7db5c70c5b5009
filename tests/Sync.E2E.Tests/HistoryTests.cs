using System.Net;
using Microsoft.Playwright;

namespace Sync.E2E.Tests;

/// <summary>Who did what to a task, as a window shows it.</summary>
public sealed class HistoryTests : BrowserTests
{
    [Test]
    public async Task It_says_who_did_what_newest_first_in_plain_words()
    {
        var alice = await OpenAsync("alice", "/tasks/task-2");
        var bob = await OpenAsync("bob", "/tasks/task-2");
        await alice.Locator("[name=status]").SelectOptionAsync("in_progress");
        await Expect(bob.Locator("[name=status]")).ToHaveValueAsync("in_progress", new() { Timeout = Soon });
        await bob.Locator("main [name=title]").FillAsync("Print forty posters");
        await bob.Keyboard.PressAsync("Enter");
        await Expect(alice.Locator("main [name=title]")).ToHaveValueAsync("Print forty posters", new() { Timeout = Soon });
        await bob.Locator("[name=assigneeId]").SelectOptionAsync("bob");
        await Expect(alice.Locator("[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Soon });

        await alice.GetByRole(AriaRole.Button, new() { Name = "History" }).ClickAsync();
        var window = alice.GetByRole(AriaRole.Dialog, new() { Name = "History" });
        await Expect(window.Locator("li p")).ToHaveTextAsync(
        [
            "Bob gave it to Bob",
            "Bob changed the title from “Print the posters” to “Print forty posters”",
            "You moved it from “To do” to “In progress”",
        ]);
        await Expect(window.Locator(".history-foot")).ToContainTextAsync("What came before is not kept. Added by Alice on ");

        await alice.Keyboard.PressAsync("Escape");
        await Expect(window).ToHaveCountAsync(0);
        await Expect(alice.GetByRole(AriaRole.Button, new() { Name = "History" })).ToBeFocusedAsync();
    }

    [Test]
    public async Task A_long_one_comes_page_by_page()
    {
        for (var i = 1; i <= 25; i++)
        {
            var set = new { type = "set", table = "tasks", id = "task-2", key = "title", value = $"Title {i}" };
            Assert.That((await App.WriteAsync("bob", set)).Status, Is.EqualTo(HttpStatusCode.OK));
        }

        var alice = await OpenAsync("alice");
        await Card(alice, "Title 25").Locator(".card-menu summary").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "History" }).ClickAsync();
        var entries = alice.Locator(".history li");
        await Expect(entries).ToHaveCountAsync(20);
        await Expect(entries.First).ToContainTextAsync("“Title 25”");

        await alice.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync();
        await Expect(entries).ToHaveCountAsync(25);
        await Expect(entries.Last).ToContainTextAsync("from “Print the posters” to “Title 1”");
        await Expect(alice.GetByRole(AriaRole.Button, new() { Name = "Older" })).ToHaveCountAsync(0);

        await alice.Keyboard.PressAsync("Escape");
        await Expect(Card(alice, "Title 25")).ToBeFocusedAsync();
    }

    [Test]
    public async Task Without_the_server_it_says_so_and_tries_again()
    {
        var alice = await OpenAsync("alice", "/tasks/task-2");
        await alice.Locator("[name=status]").SelectOptionAsync("done");
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");
        await App.KillAsync();

        await alice.GetByRole(AriaRole.Button, new() { Name = "History" }).ClickAsync();
        await Expect(alice.Locator(".history-foot")).ToContainTextAsync("The history is at the server, which can't be reached now.");

        await App.StartAgainAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(alice.Locator(".history li")).ToContainTextAsync("You moved it from “To do” to “Done”");
    }
}
