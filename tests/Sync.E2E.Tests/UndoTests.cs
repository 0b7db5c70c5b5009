using Microsoft.Playwright;

namespace Sync.E2E.Tests;

/// <summary>Undo and redo among several people, by keys and buttons.</summary>
public sealed class UndoTests : BrowserTests
{
    [Test]
    public async Task Both_edit_one_undoes_and_redoes_and_the_others_work_stays()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await Expect(Button(alice, "Undo")).ToBeDisabledAsync();

        await RenameAsync(alice, "Print the posters", "Print forty posters");
        await Expect(Card(bob, "Print forty posters")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Card(bob, "Print forty posters").Locator("select[name=assigneeId]").SelectOptionAsync("bob");
        await RenameAsync(bob, "Find a band", "Find two bands");
        await Expect(Card(alice, "Find two bands")).ToBeVisibleAsync(new() { Timeout = Soon });

        await Expect(Button(alice, "Undo")).ToHaveAccessibleNameAsync("Undo Rename task");
        await Button(alice, "Undo").ClickAsync();
        foreach (var page in new[] { alice, bob })
        {
            await Expect(Card(page, "Print the posters").Locator("select[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Soon });
            await Expect(Card(page, "Find two bands")).ToBeVisibleAsync();
        }
        await Expect(alice.Locator(".undo-redo [role=status]")).ToHaveTextAsync("Undone: Rename task");

        await Button(alice, "Redo").ClickAsync();
        await Expect(Card(bob, "Print forty posters").Locator("select[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Soon });
        await Expect(alice.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task What_somebody_else_changed_since_is_left_alone_and_told()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await RenameAsync(alice, "Print the posters", "Print forty posters");
        await Expect(Card(bob, "Print forty posters")).ToBeVisibleAsync(new() { Timeout = Soon });
        await RenameAsync(bob, "Print forty posters", "Bob prints them");
        await Expect(Card(alice, "Bob prints them")).ToBeVisibleAsync(new() { Timeout = Soon });

        await alice.Keyboard.PressAsync("Control+z");

        await Expect(alice.GetByRole(AriaRole.Status).GetByText("Somebody changed the title since; it was left alone.")).ToBeVisibleAsync();
        await Expect(alice.Locator(".undo-redo [role=status]")).ToBeEmptyAsync();
        await Expect(Card(alice, "Bob prints them")).ToBeVisibleAsync();
        await Expect(Card(bob, "Bob prints them")).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_keys_undo_and_redo_moves_additions_and_deletions()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");

        await Card(alice, "Print the posters").FocusAsync();
        await alice.Keyboard.PressAsync("Alt+ArrowRight");
        await Expect(Column(bob, "in_progress").GetByText("Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });
        await alice.Keyboard.PressAsync("Control+z");
        await Expect(Column(bob, "todo").GetByText("Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });
        await alice.Keyboard.PressAsync("Control+Shift+Z");
        await Expect(Column(bob, "in_progress").GetByText("Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });

        await Column(alice, "todo").GetByPlaceholder("Add a task").FillAsync("Buy lemonade");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(Card(bob, "Buy lemonade")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Card(alice, "Buy lemonade").FocusAsync();
        await alice.Keyboard.PressAsync("Meta+z");
        await Expect(Card(bob, "Buy lemonade")).ToHaveCountAsync(0, new() { Timeout = Soon });
        await alice.Keyboard.PressAsync("Control+y");
        await Expect(Card(bob, "Buy lemonade")).ToBeVisibleAsync(new() { Timeout = Soon });

        await Card(alice, "Agree on a date").Locator(".card-menu summary").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(Card(bob, "Agree on a date")).ToHaveCountAsync(0, new() { Timeout = Soon });
        await alice.Keyboard.PressAsync("Control+z");
        await Expect(Card(bob, "Agree on a date")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(bob.Locator(".attention-badge")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task What_was_done_to_several_tasks_at_once_is_undone_at_once()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await Card(alice, "Book the cake stall").FocusAsync();
        await alice.Keyboard.PressAsync("Alt+ArrowRight");
        await Expect(Column(bob, "done").Locator("[data-task]")).ToHaveCountAsync(2, new() { Timeout = Soon });

        await alice.GetByRole(AriaRole.Button, new() { Name = "Delete all 2 that are done" }).ClickAsync();
        await Expect(Column(bob, "done").Locator("[data-task]")).ToHaveCountAsync(0, new() { Timeout = Soon });
        await Expect(Button(alice, "Undo")).ToHaveAccessibleNameAsync("Undo Delete 2 done tasks");
        await Button(alice, "Undo").ClickAsync();
        await Expect(Column(bob, "done").Locator("[data-task]")).ToHaveCountAsync(2, new() { Timeout = Soon });
    }

    [Test]
    public async Task A_text_field_keeps_its_own_undo()
    {
        var alice = await OpenAsync("alice");
        await RenameAsync(alice, "Print the posters", "Print forty posters");

        await Column(alice, "todo").GetByPlaceholder("Add a task").PressSequentiallyAsync("Lemonade");
        await alice.Keyboard.PressAsync("Control+z");
        await Expect(Column(alice, "todo").GetByPlaceholder("Add a task")).Not.ToHaveValueAsync("Lemonade");
        await Expect(Card(alice, "Print forty posters")).ToBeVisibleAsync();

        await Card(alice, "Print forty posters").FocusAsync();
        await alice.Keyboard.PressAsync("Control+z");
        await Expect(Card(alice, "Print the posters")).ToBeVisibleAsync();
    }

    [Test]
    public async Task What_can_be_undone_is_kept_over_a_reload()
    {
        var alice = await OpenAsync("alice");
        await RenameAsync(alice, "Print the posters", "Print forty posters");
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");

        await alice.ReloadAsync();
        await Expect(Button(alice, "Undo")).ToHaveAccessibleNameAsync("Undo Rename task", new() { Timeout = FirstLoad });
        await alice.GotoAsync("/tasks/task-2");
        await Expect(alice.Locator("main [name=title]")).ToHaveValueAsync("Print forty posters", new() { Timeout = FirstLoad });
        await Button(alice, "Undo").ClickAsync();
        await Expect(alice.Locator("main [name=title]")).ToHaveValueAsync("Print the posters");

        var bob = await OpenAsync("bob");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync();
    }

    [Test]
    public async Task Taking_somebody_out_is_undone_and_leaving_is_not()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        await alice.Locator(".members").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Remove Bob" }).ClickAsync();
        await Expect(Card(bob, "Print the posters")).ToHaveCountAsync(0, new() { Timeout = Soon });
        await alice.Keyboard.PressAsync("Escape");
        await alice.Keyboard.PressAsync("Control+z");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });

        await bob.Locator(".members").ClickAsync();
        await bob.GetByRole(AriaRole.Button, new() { Name = "Leave the workspace" }).ClickAsync();
        await bob.GetByRole(AriaRole.Button, new() { Name = "Leave", Exact = true }).ClickAsync();
        await Expect(Card(bob, "Print the posters")).ToHaveCountAsync(0);
        await bob.Keyboard.PressAsync("Control+z");
        await Expect(bob.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");
        await Expect(bob.Locator(".nothing h1")).ToHaveTextAsync("No workspace yet");
        await Expect(bob.Locator(".attention-badge")).ToHaveCountAsync(0);
    }

    private static ILocator Button(IPage page, string verb) => page.Locator(".undo-redo button").Filter(new() { HasText = verb });

    private static async Task RenameAsync(IPage page, string from, string to)
    {
        await Card(page, from).GetByTitle("Change the title").ClickAsync();
        await page.GetByLabel("Title").FillAsync(to);
        await page.Keyboard.PressAsync("Enter");
        await Expect(Card(page, to)).ToHaveCountAsync(1);
    }
}
