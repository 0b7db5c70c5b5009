namespace Sync.Core.Tests;

/// <summary>The tables that the tests of the model share.</summary>
internal static class Models
{
    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("tasks", ModelJson.Default.TaskItem).Index(t => t.WorkspaceId).Index(t => t.Tags).Index(t => t.Status).Validate(t => t.Title.Length is > 0 and <= 20, "title_length");
        m.Table("workspaces", ModelJson.Default.Workspace).Index(w => w.MemberIds).Small();
        m.Table("people", PeopleJson.Default.Person).SoftDelete(p => p.Deleted).Index(p => p.Home!.City).Index(p => p.TeamId);
        m.Table("memberships", ModelJson.Default.Membership).Index(m => m.UserId).ServerOnly();
        m.Table("strict", StrictJson.Default.Strict);
    });

    public static TableModel<TaskItem> Tasks => Model.TableOf<TaskItem>();
    public static TableModel<Person> People => Model.TableOf<Person>();

    public static TaskItem Task { get; } = new("t1", "w1", "Write", TaskState.Todo, new DateOnly(2026, 3, 4), ["a", "b"]);

    public static Person NewPerson() => new() { Id = "p1", Name = "Ada", Nickname = null };

    public static Record TaskRecord(string fields, long version = 1) => new(new RecordKey("tasks", "t1"), version, Some.Json(fields));

    public static Record PersonRecord(string fields, long version = 1) => new(new RecordKey("people", "p1"), version, Some.Json(fields));

    public static Record RecordOf<T>(TableModel<T> table, T value) where T : class => new(new RecordKey(table.Name, table.IdOf(value)), 1, table.Write(value));

    /// <summary>What a record becomes when operations are carried out on it.</summary>
    public static Record After(Record record, IEnumerable<Operation> operations) =>
        operations.Aggregate(record, (current, operation) => Operations.Apply(current, operation, Some.Now).Record ?? throw new AssertionException($"refused: {operation}"));
}
