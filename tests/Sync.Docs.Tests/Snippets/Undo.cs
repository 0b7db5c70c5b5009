using Sync.Client;

namespace MyApp;

public static class UndoSnippets
{
    public static async Task UseAsync(SyncClient client, IReadOnlyList<string> done, string id, Action<string> show)
    {
        await client.WriteAsync("Rename task", tx => tx.Table<Model.TaskItem>().Set(id, t => t.Title, "Write the report"));

        var undone = await client.Undo.UndoAsync();          // in the view and saved, online or not
        var report = await undone.Confirmed;                 // as the server found it
        if (report.Outcome is UndoOutcome.Partly or UndoOutcome.Skipped) show("Somebody has changed some of it since; that was left alone.");

        await client.Undo.RedoAsync();

        using (client.Undo.Group("Delete done tasks"))
        {
            foreach (var task in done) await client.Table<Model.TaskItem>().DeleteAsync(task);
        }

        await client.WriteAsync(new WriteOptions { IsUndoable = false }, tx => tx.Table<Model.TaskItem>().Set(id, t => t.Title, "tidied"));
    }

    public static void Bind(SyncClient client, Action<bool, string> undoButton) =>
        client.Undo.Changed += state => undoButton(state.CanUndo, state.UndoLabel is { } label ? $"Undo {label}" : "Undo");
}
