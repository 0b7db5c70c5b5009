using Sync;
using Sync.Client;
using TaskApp.Model;

namespace TaskCli;

/// <summary>What each command does. Each waits a little for the server and goes on without it.</summary>
internal sealed class Commands(SyncClient client, string workspace, TextWriter output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public Task<int> RunAsync(string command, string text, CancellationToken stop) => command switch
    {
        "list" => ListAsync(stop),
        "add" => AddAsync(text, stop),
        "done" => DoneAsync(text, stop),
        "watch" => WatchAsync(stop),
        "tray" => Task.FromResult(ShowTray()),
        "discard" => DiscardAsync(text),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Not a command."),
    };

    private TableQuery<TaskItem> Tasks => client.Table<TaskItem>().Where(t => t.WorkspaceId, workspace).OrderByDescending(t => t.Status).OrderBy(t => t.OrderIndex);

    private async Task<int> ListAsync(CancellationToken stop)
    {
        await using var tasks = await OpenAsync(stop);
        await InTimeAsync(WhenAllIsSentAsync, stop);
        Show(tasks.Items);
        ShowState(tasks.Freshness);
        return 0;
    }

    private async Task<int> AddAsync(string title, CancellationToken stop)
    {
        await using var tasks = await OpenAsync(stop);
        List<TaskItem> column = [.. tasks.Items.Where(t => t.Status == TaskState.Todo)];
        var task = new TaskItem(client.NewId(), workspace, title, TaskState.Todo, TaskOrder.Last(column), client.UserId!);
        return await WriteAsync($"Add {title}", tx => tx.Table<TaskItem>().Create(task), stop);
    }

    private async Task<int> DoneAsync(string which, CancellationToken stop)
    {
        await using var tasks = await OpenAsync(stop);
        var found = int.TryParse(which, out var number)
            ? tasks.Items.ElementAtOrDefault(number - 1)
            : tasks.Items.FirstOrDefault(t => t.Title.StartsWith(which, StringComparison.CurrentCultureIgnoreCase));
        if (found is null)
        {
            output.WriteLine($"There is no task \"{which}\" on this device.");
            return 1;
        }
        return await WriteAsync("Finish task", tx => tx.Table<TaskItem>().Update(found.Id, t => t with { Status = TaskState.Done }).SetNow(found.Id, t => t.UpdatedAt), stop);
    }

    private async Task<int> WatchAsync(CancellationToken stop)
    {
        client.StatusChanged += status => output.WriteLine($"-- {Words(status)}");
        client.WriteRejected += refused => output.WriteLine($"!! {refused.Label} was refused: {RefusalReasons.Of(refused.Code, refused.Message)}");
        await using var tasks = Tasks.Live();
        try
        {
            await foreach (var snapshot in tasks.WatchAsync(stop))
            {
                if (snapshot.Freshness == Freshness.Unknown) continue;
                output.WriteLine();
                Show(snapshot.Rows);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        return 0;
    }

    private int ShowTray()
    {
        var items = client.Tray.Items;
        if (items.Count == 0) output.WriteLine("Nothing was refused.");
        foreach (var (item, i) in items.Select((item, i) => (item, i)))
        {
            output.WriteLine($"{i + 1,3}. {item.Label}: {RefusalReasons.Of(item.Code, item.Message)}");
            foreach (var field in item.Fields.Where(field => field.Field is "title" or "status")) output.WriteLine($"     {field.Field}: yours {Text(field.Mine)}, the server's {Text(field.Theirs)}");
        }
        return 0;
    }

    private async Task<int> DiscardAsync(string number)
    {
        if (!int.TryParse(number, out var place) || client.Tray.Items.ElementAtOrDefault(place - 1) is not { } item)
        {
            output.WriteLine($"The tray has no number {number}.");
            return 1;
        }
        await client.Tray.DiscardAsync(item.TxId);
        output.WriteLine($"Discarded: {item.Label}.");
        return 0;
    }

    /// <summary>Saved when the call returns; the rest is news about it.</summary>
    private async Task<int> WriteAsync(string label, Action<TransactionBuilder> build, CancellationToken stop)
    {
        WriteHandle write;
        try
        {
            write = await client.WriteAsync(label, build, stop);
        }
        catch (InvalidWriteException invalid)
        {
            output.WriteLine($"Not written: {RefusalReasons.Of(invalid.Error.Code, invalid.Error.Message)}");
            return 1;
        }

        if (!await InTimeAsync(cancellation => write.Receipt.WaitAsync(cancellation), stop))
        {
            output.WriteLine($"{label}: saved on this device. It is sent as soon as the server answers, by whichever command runs then.");
            return 0;
        }
        var receipt = await write.Receipt;
        output.WriteLine(receipt.IsAccepted ? $"{label}: done." : $"{label}: refused, {RefusalReasons.Of(receipt.Code!, receipt.Message ?? "")} See \"tray\".");
        return receipt.IsAccepted ? 0 : 1;
    }

    /// <summary>The tasks as the server has them, or after a while as they are on this device.</summary>
    private async Task<LiveQuery<TaskItem>> OpenAsync(CancellationToken stop)
    {
        var tasks = Tasks.Live();
        await InTimeAsync(tasks.WhenCurrentAsync, stop);
        return tasks;
    }

    private async Task WhenAllIsSentAsync(CancellationToken cancellation)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StatusChanged += Look;
        Look(client.Status);
        try
        {
            await sent.Task.WaitAsync(cancellation);
        }
        finally
        {
            client.StatusChanged -= Look;
        }

        void Look(ClientStatus status)
        {
            if (status.PendingWrites == 0) sent.TrySetResult();
        }
    }

    private void Show(IReadOnlyList<TaskItem> tasks)
    {
        foreach (var (task, i) in tasks.Select((task, i) => (task, i)))
        {
            var box = task.Status switch { TaskState.Done => "[x]", TaskState.InProgress => "[~]", _ => "[ ]" };
            output.WriteLine($"{i + 1,3}. {box} {task.Title}{Mark(client.Table<TaskItem>().StatusOf(task.Id))}");
        }
        if (tasks.Count == 0) output.WriteLine("No tasks.");
    }

    private void ShowState(Freshness freshness)
    {
        if (freshness != Freshness.Current) output.WriteLine(freshness == Freshness.Stale ? "The server does not answer: this is what was here last time." : "The server does not answer, and nothing is on this device yet.");
        if (client.Status is { PendingWrites: > 0 } or { NeedAttention: > 0 }) output.WriteLine(Words(client.Status));
    }

    private static string Mark(RecordStatus status) => status switch
    {
        { NeedsAttention: true } => "  (needs attention)",
        { IsPending: true } => "  (waits to be sent)",
        _ => "",
    };

    private static string Words(ClientStatus status) =>
        $"{status.Connection}, {status.PendingWrites} to send{(status.NeedAttention > 0 ? $", {status.NeedAttention} need attention: see \"tray\"" : "")}";

    private static string Text(CanonicalJson value) => value.IsMissingOrNull ? "nothing" : $"\"{value.AsString() ?? value.ToString()}\"";

    private static async Task<bool> InTimeAsync(Func<CancellationToken, Task> wait, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            await wait(patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
