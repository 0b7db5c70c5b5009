using Sync.Client;
using TaskApp.Client.Attention;

namespace TaskApp.Client.Sessions;

/// <summary>Undo and redo as the keys and buttons do them, and what is said of a part that was left alone.</summary>
public sealed class Undoing(SyncClient client, Notices notices)
{
    /// <summary>Told in a few words what was done, for those who do not see it.</summary>
    public event Action<string>? Done;

    public Task UndoAsync() => RunAsync(client.Undo.UndoAsync, "Undone");

    public Task RedoAsync() => RunAsync(client.Undo.RedoAsync, "Redone");

    private async Task RunAsync(Func<CancellationToken, ValueTask<UndoRun>> start, string word)
    {
        if (client.UserId is null) return;
        var run = await start(CancellationToken.None);
        if (run.Local.Outcome == UndoOutcome.Nothing) return;
        if (run.Local.Outcome != UndoOutcome.Skipped) Done?.Invoke($"{word}: {run.Label}");
        if (!Tell(run.Label, run.Local)) _ = TellOfServerAsync(run);
    }

    /// <summary>The server may find what this device did not know of. It has no more to say after a sign-out.</summary>
    private async Task TellOfServerAsync(UndoRun run)
    {
        try
        {
            Tell(run.Label, await run.Confirmed);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private bool Tell(string? label, UndoReport report)
    {
        if (SkippedWords.Of(label, report) is not { } words) return false;
        notices.Show(new Notice(words));
        return true;
    }
}
