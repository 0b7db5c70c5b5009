using Microsoft.Playwright;

namespace Sync.E2E.Tests;

public sealed class LayoutTests : BrowserTests
{
    [Test]
    public async Task A_task_moves_by_the_keyboard_alone_and_keeps_the_focus()
    {
        var alice = await OpenAsync("alice");
        await Card(alice, "Ask the school").FocusAsync();

        await alice.Keyboard.PressAsync("Alt+ArrowRight");
        await Expect(Column(alice, "in_progress").Locator("[data-task]").First).ToContainTextAsync("Ask the school");
        await Expect(Card(alice, "Ask the school")).ToBeFocusedAsync();

        await alice.Keyboard.PressAsync("Alt+ArrowDown");
        await Expect(Column(alice, "in_progress").Locator("[data-task]").Nth(1)).ToContainTextAsync("Ask the school");
        await Expect(Card(alice, "Ask the school")).ToBeFocusedAsync();
    }

    [Test]
    public async Task The_first_key_leads_past_the_sidebar()
    {
        var alice = await OpenAsync("alice");

        await alice.Keyboard.PressAsync("Tab");
        await Expect(alice.GetByText("Skip to the tasks")).ToBeFocusedAsync();
        await alice.Keyboard.PressAsync("Enter");
        await Expect(alice.Locator("main")).ToBeFocusedAsync();
    }

    [TestCase("/")]
    [TestCase("/tasks/task-1")]
    [TestCase("/workspaces/nowhere")]
    public async Task A_phone_never_scrolls_sideways(string path)
    {
        var alice = await OpenAsync("alice", path, width: 360, height: 780);
        await Expect(alice.Locator("main h1")).ToBeVisibleAsync();
        if (path == "/")
        {
            await Column(alice, "todo").GetByPlaceholder("Add a task").FillAsync(new string('W', 180) + 'w');
            await alice.Keyboard.PressAsync("Enter");
            await Expect(Card(alice, "WWWW")).ToBeVisibleAsync();
        }

        Assert.That(await alice.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360));
    }

    [Test]
    public async Task A_phone_shows_one_column_at_a_time()
    {
        var alice = await OpenAsync("alice", width: 390, height: 844);

        await Expect(Card(alice, "Print the posters")).ToBeVisibleAsync();
        await Expect(Card(alice, "Agree on a date")).ToBeHiddenAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Done 1" }).ClickAsync();
        await Expect(Card(alice, "Agree on a date")).ToBeVisibleAsync();
        await Expect(Card(alice, "Print the posters")).ToBeHiddenAsync();
    }
}
