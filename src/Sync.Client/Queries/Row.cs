namespace Sync.Client;

/// <summary>One record as rows show it. The typed value is read once and is the same object for everybody.</summary>
internal sealed class Row(Record record)
{
    private static readonly object Unreadable = new();
    private object? _typed;

    public Record Record { get; } = record;
    public string Id => Record.Id;

    /// <summary>Null where the type cannot read it. Called outside the client's lock: reading runs the app's constructors.</summary>
    public T? Read<T>(TableModel<T> table) where T : class
    {
        var typed = Volatile.Read(ref _typed);
        if (typed is null)
        {
            var read = (object?)table.Read(Record) ?? Unreadable;
            typed = Interlocked.CompareExchange(ref _typed, read, null) ?? read;
        }
        return typed as T;
    }
}
