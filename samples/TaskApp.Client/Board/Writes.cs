using Sync;
using Sync.Client;
using TaskApp.Client.Sessions;
using TaskApp.Model;

namespace TaskApp.Client.Board;

/// <summary>
/// What people do to tasks and workspaces, each as one labelled transaction. A label stays on the device as long as the write, in the tray too: so it holds nothing
/// but one's own words, or it would keep what a right that is lost takes away.
/// </summary>
public sealed class Writes
{
    private readonly SyncClient _client;
    private readonly Notices _notices;
    private readonly Undoing _undoing;
    private readonly HashSet<string> _left = [];

    // What this device did so far, to know whether a notice's undo is still the next one.
    private int _done;

    public Writes(SyncClient client, Notices notices, Undoing undoing)
    {
        (_client, _notices, _undoing) = (client, notices, undoing);
        undoing.Done += _ => _done++;
    }

    public async Task AddAsync(string workspaceId, TaskState status, string title, IReadOnlyList<TaskItem> column)
    {
        var task = new TaskItem(_client.NewId(), workspaceId, title, status, TaskOrder.Last(column), _client.UserId!);
        await TryAsync($"Add {title}", tx => tx.Table<TaskItem>().Create(task));
    }

    public Task ChangeAsync(string label, TaskItem task, Func<TaskItem, TaskItem> change) =>
        TryAsync(label, tx => tx.Table<TaskItem>().Update(task.Id, change).SetNow(task.Id, t => t.UpdatedAt));

    /// <param name="column">The tasks of the column that it goes to, in order, without itself.</param>
    public Task MoveAsync(TaskItem task, TaskState status, IReadOnlyList<TaskItem> column, int index) => TryAsync("Move task", tx =>
    {
        var tasks = tx.Table<TaskItem>();
        foreach (var (id, orderIndex) in TaskOrder.Place(task.Id, column, index)) tasks.Set(id, t => t.OrderIndex, orderIndex);
        if (status != task.Status) tasks.Set(task.Id, t => t.Status, status);
        tasks.SetNow(task.Id, t => t.UpdatedAt);
    });

    public async Task DeleteAsync(TaskItem task)
    {
        await TryAsync("Delete task", tx => tx.Table<TaskItem>().Delete(task.Id));
        OfferUndo($"Deleted “{task.Title}”.", "Bring back task", tx => tx.Table<TaskItem>().Restore(task.Id));
    }

    /// <summary>Each is a transaction of its own, so that one that is refused holds up no other; undo brings all of them back at once.</summary>
    public async Task DeleteAllAsync(IReadOnlyList<TaskItem> tasks)
    {
        using (_client.Undo.Group($"Delete {tasks.Count} done tasks"))
        {
            foreach (var task in tasks) await TryAsync("Delete task", tx => tx.Table<TaskItem>().Delete(task.Id));
        }
        OfferUndo($"Deleted {tasks.Count} done tasks.", "Bring back tasks", tx =>
        {
            foreach (var task in tasks) tx.Table<TaskItem>().Restore(task.Id);
        });
    }

    public async Task<string> AddWorkspaceAsync(string name)
    {
        var workspace = new Workspace(_client.NewId(), name, _client.UserId!) { MemberIds = [_client.UserId!] };
        await TryAsync($"Add workspace {name}", tx => tx.Table<Workspace>().Create(workspace));
        return workspace.Id;
    }

    public Task RenameAsync(Workspace workspace, string name) => ChangeAsync($"Rename workspace to {name}", workspace, w => w with { Name = name });

    public async Task DeleteAsync(Workspace workspace)
    {
        await TryAsync("Delete workspace", tx => tx.Table<Workspace>().Delete(workspace.Id));
        OfferUndo($"Deleted “{workspace.Name}” and its tasks.", "Bring back workspace", tx => tx.Table<Workspace>().Restore(workspace.Id));
    }

    public Task AddMemberAsync(Workspace workspace, string userId, bool isViewer) => ChangeAsync($"Add {userId}", workspace, w => w with
    {
        MemberIds = [.. w.MemberIds.Where(id => id != userId), userId],
        ViewerIds = Viewers(w, userId, isViewer),
    });

    public Task SetRoleAsync(Workspace workspace, string userId, bool isViewer) =>
        ChangeAsync(isViewer ? $"Let {userId} only look" : $"Let {userId} change tasks", workspace, w => w with { ViewerIds = Viewers(w, userId, isViewer) });

    public Task RemoveMemberAsync(Workspace workspace, string userId) => ChangeAsync($"Remove {userId}", workspace, w => Without(w, userId));

    /// <summary>Everybody may take themselves out. Nothing else is written, or the rule would take it for something else.</summary>
    public async Task LeaveAsync(Workspace workspace)
    {
        _left.Add(workspace.Id);
        var options = new WriteOptions { Label = "Leave workspace", IsUndoable = false };
        await TryAsync(options, tx => tx.Table<Workspace>().Update(workspace.Id, w => Without(w, _client.UserId!)));
        _notices.Show(new Notice($"You left “{workspace.Name}”."));
    }

    /// <summary>True for a workspace that went because its user left it here.</summary>
    public bool HasLeft(string workspaceId) => _left.Contains(workspaceId);

    private static Workspace Without(Workspace workspace, string userId) =>
        workspace with { MemberIds = [.. workspace.MemberIds.Where(id => id != userId)], ViewerIds = Viewers(workspace, userId, isViewer: false) };

    private static IReadOnlyList<string> Viewers(Workspace workspace, string userId, bool isViewer) =>
        isViewer ? [.. workspace.ViewerIds.Where(id => id != userId), userId] : [.. workspace.ViewerIds.Where(id => id != userId)];

    private Task ChangeAsync(string label, Workspace workspace, Func<Workspace, Workspace> change) =>
        TryAsync(label, tx => tx.Table<Workspace>().Update(workspace.Id, change).SetNow(workspace.Id, w => w.UpdatedAt));

    /// <summary>Where something else was done since, the undo of a notice is a write of its own.</summary>
    private void OfferUndo(string text, string label, Action<TransactionBuilder> restore)
    {
        var done = _done;
        _notices.Show(new Notice(text)
        {
            ActionLabel = "Undo",
            Action = () => done == _done ? _undoing.UndoAsync() : TryAsync(label, restore),
        });
    }

    private Task TryAsync(string label, Action<TransactionBuilder> build) => TryAsync(new WriteOptions { Label = label }, build);

    /// <summary>A record may leave this device between the click and the write, and the model's checks run here too.</summary>
    private async Task TryAsync(WriteOptions options, Action<TransactionBuilder> build)
    {
        _done++;
        try
        {
            await _client.WriteAsync(options, build);
        }
        catch (RecordNotHeldException)
        {
            _notices.Show(new Notice(Refusals.Explain(options.Label, ErrorCodes.NotFound, "")) { IsRefusal = true });
        }
        catch (InvalidWriteException invalid)
        {
            _notices.Show(new Notice(Refusals.Explain(options.Label, invalid.Error.Code, invalid.Error.Message)) { IsRefusal = true });
        }
    }
}
