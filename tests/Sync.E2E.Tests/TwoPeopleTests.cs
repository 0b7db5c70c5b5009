using Microsoft.Playwright;

namespace Sync.E2E.Tests;

public sealed class TwoPeopleTests : BrowserTests
{
    /// <summary>The guide's own test, line by line: nobody signs in anywhere.</summary>
    [Test]
    public async Task Two_pages_of_one_task_show_each_others_change()
    {
        var user1 = await Browser.NewPageAsync(new() { BaseURL = App.Address.ToString() });
        var user2 = await Browser.NewPageAsync(new() { BaseURL = App.Address.ToString() });

        await user1.GotoAsync("/tasks/task-1");
        await user2.GotoAsync("/tasks/task-1");
        await Expect(user2.Locator("[name=status]")).ToHaveValueAsync("todo", new() { Timeout = 60_000 });

        await user1.SelectOptionAsync("[name=status]", "done");

        await Expect(user2.Locator("[name=status]")).ToHaveValueAsync("done", new() { Timeout = Soon });
        await user1.Context.CloseAsync();
        await user2.Context.CloseAsync();
    }

    [Test]
    public async Task What_one_adds_renames_and_drags_the_other_sees()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");

        await Column(alice, "todo").GetByPlaceholder("Add a task").FillAsync("Buy lemonade");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(Card(bob, "Buy lemonade")).ToBeVisibleAsync(new() { Timeout = Soon });

        await Card(bob, "Buy lemonade").GetByTitle("Change the title").ClickAsync();
        await bob.GetByLabel("Title").FillAsync("Buy a lot of lemonade");
        await bob.Keyboard.PressAsync("Enter");
        await Expect(Card(alice, "Buy a lot of lemonade")).ToBeVisibleAsync(new() { Timeout = Soon });

        await Card(alice, "Buy a lot of lemonade").DragToAsync(Card(alice, "Find a band"), new() { TargetPosition = new() { X = 20, Y = 4 } });
        await Expect(Column(bob, "in_progress").Locator("[data-task]").First).ToContainTextAsync("Buy a lot of lemonade", new() { Timeout = Soon });
    }

    [Test]
    public async Task Who_and_when_are_chosen_on_the_card()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");

        var mine = Card(alice, "Print the posters");
        await mine.HoverAsync();
        await mine.Locator("select[name=assigneeId]").SelectOptionAsync("bob");
        await mine.Locator("input[name=dueDate]").FillAsync("2031-05-04");

        var theirs = Card(bob, "Print the posters");
        await Expect(theirs.Locator("select[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Soon });
        await Expect(theirs.Locator(".due-words")).ToHaveTextAsync("4 May 2031", new() { Timeout = Soon });
    }

    [Test]
    public async Task A_deleted_task_is_gone_for_both_until_it_is_brought_back()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");

        await Card(alice, "Print the posters").HoverAsync();
        await Card(alice, "Print the posters").Locator(".card-menu summary").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(Card(bob, "Print the posters")).ToHaveCountAsync(0, new() { Timeout = Soon });

        await alice.Locator(".notice").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });
    }
}
