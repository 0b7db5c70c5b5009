using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Sync.Client.Blazor.Tests;

public sealed class SyncComponentBaseTests : SyncTests
{
    [Test]
    public async Task A_component_renders_when_what_it_uses_changes()
    {
        var counter = Page.Render<Counter>(p => p.Add(c => c.RenderInterval, TimeSpan.Zero));
        WaitFor(counter, "0 of 0");

        await BobWritesAsync(new Todo("1", "home", "Mow"), new Todo("2", "work", "Call"), new Todo("3", "work", "Write"));

        WaitFor(counter, "1 of 3");
    }

    [Test]
    public async Task Own_writes_are_on_screen_before_the_server_answers_and_go_when_it_refuses()
    {
        var counter = Page.Render<Counter>(p => p.Add(c => c.RenderInterval, TimeSpan.Zero));
        WaitFor(counter, "0 of 0");

        var write = await Ann.Table<Todo>().CreateAsync(new Todo("1", "home", "locked"));

        Assert.That((await write.Receipt.WaitAsync(TimeSpan.FromSeconds(10))).IsAccepted, Is.False);
        WaitFor(counter, "0 of 0");
    }

    private sealed class Counter : SyncComponentBase
    {
        private SyncRows<Todo> _home = null!;
        private SyncRows<Todo> _work = null!;

        protected override void OnInitialized()
        {
            base.OnInitialized();
            _home = Use(Client.Table<Todo>().Where(t => t.List, "home"));
            _work = Use(Client.Table<Todo>().Where(t => t.List, "work"));
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, $"{_home.Count} of {_home.Count + _work.Count}");
    }
}
