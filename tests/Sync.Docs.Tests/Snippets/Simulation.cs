using System.Collections.Immutable;
using MyApp.Model;
using Sync;
using Sync.Server;
using Sync.Testing;

namespace MyApp.Tests;

/// <summary>What users of the board might do, drawn by chance.</summary>
public sealed class TaskWorkload : SimulationWorkload
{
    public override SyncModel Model { get; } = AppModel.Create();

    public override void AddPermissions(SyncServerBuilder server) =>
        server.AddPermissions<Workspace, WorkspacePermissions>().AddPermissions<TaskItem, TaskPermissions>();

    public override IReadOnlyList<string> Users => ["ann", "bob"];

    public override IEnumerable<Operation> First =>
        Write(tx => tx.Table<Workspace>().Create(new Workspace("w", "Home", "ann", ["ann", "bob"])));

    public override ImmutableArray<Operation> DrawWrite(Random random, string user)
    {
        var id = $"t{random.Next(5)}";
        return random.Next(4) switch
        {
            0 => Write(tx => tx.Table<TaskItem>().Create(new TaskItem(id, "w", "Milk", TaskState.Todo))),
            1 => Write(tx => tx.Table<TaskItem>().Set(id, t => t.Status, TaskState.Done).SetNow(id, t => t.UpdatedAt)),
            2 => Write(tx => tx.Table<TaskItem>().ListInsert(id, t => t.Tags, user)),
            _ => Write(tx => tx.Table<TaskItem>().Delete(id)),
        };
    }

    public override Query DrawQuery(Random random, string user) => new()
    {
        Table = "tasks",
        Where = [new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), CanonicalJson.From("w"))],
        OrderBy = [new SortField(FieldPath.Of("title"))],
        Limit = random.Next(2) == 0 ? null : 3,
    };

    // Rights that come and go.
    public override ImmutableArray<Operation> DrawAppWrite(Random random) =>
        random.Next(2) == 0
            ? Write(tx => tx.Table<Workspace>().ListInsert("w", w => w.MemberIds, "bob"))
            : Write(tx => tx.Table<Workspace>().ListRemove("w", w => w.MemberIds, "bob"));
}

public static class TaskSimulation
{
    public static void Run()
    {
        Simulation.Run(new TaskWorkload(), new SimulationOptions { Seeds = 200 }).ThrowIfFailed();
    }
}
