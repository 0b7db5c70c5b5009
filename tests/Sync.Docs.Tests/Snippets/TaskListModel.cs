using MyApp.Model;
using Sync.Client;

namespace MyApp.Client;

/// <summary>What a window shows. Made on the window's thread.</summary>
public sealed class TaskListModel(SyncClient client, string workspaceId) : IAsyncDisposable
{
    private readonly LiveQuery<TaskItem> _tasks =
        client.Table<TaskItem>().Where(t => t.WorkspaceId, workspaceId).OrderBy(t => t.DueDate).Live();

    /// <summary>Bind a list to it.</summary>
    public LiveRows<TaskItem> Tasks => _tasks.Items;

    public async Task FinishAsync(TaskItem task) =>
        await client.Table<TaskItem>().UpdateAsync(task.Id, t => t with { Status = TaskState.Done });

    public ValueTask DisposeAsync() => _tasks.DisposeAsync();
}
