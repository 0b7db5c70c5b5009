using TaskApp.Model;

namespace TaskApp.Client.Board;

/// <summary>The three states in the order of the board, with the names that people and the wire know.</summary>
internal static class TaskStates
{
    public static IReadOnlyList<TaskState> All { get; } = [TaskState.Todo, TaskState.InProgress, TaskState.Done];

    public static string Label(this TaskState state) => state switch
    {
        TaskState.Todo => "To do",
        TaskState.InProgress => "In progress",
        TaskState.Done => "Done",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Wire(this TaskState state) => state switch
    {
        TaskState.Todo => "todo",
        TaskState.InProgress => "in_progress",
        TaskState.Done => "done",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static TaskState Parse(string? wire) => All.First(state => state.Wire() == wire);

    public static TaskState? Find(string? wire) => All.Where(state => state.Wire() == wire).Select(state => (TaskState?)state).FirstOrDefault();
}
