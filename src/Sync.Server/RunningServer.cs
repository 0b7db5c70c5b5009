namespace Sync.Server;

/// <summary>What there is of a server once its store is open.</summary>
internal sealed class RunningServer(ServerRooms rooms, SessionHost sessions, BuiltWrites builtWrites, QueryReader queries, HistoryReader history, Explainer explainer, ChangeFeed changes, Vitals vitals)
{
    private int _isEnding;

    public ServerRooms Rooms { get; } = rooms;
    public SessionHost Sessions { get; } = sessions;
    public SessionEnding SessionEnding { get; } = new(sessions, rooms);
    public BuiltWrites BuiltWrites { get; } = builtWrites;
    public QueryReader Queries { get; } = queries;
    public HistoryReader History { get; } = history;
    public Explainer Explainer { get; } = explainer;
    public ChangeFeed Changes { get; } = changes;
    public Vitals Vitals { get; } = vitals;

    /// <summary>The first call ends them.</summary>
    public ValueTask EndSessionsAsync() => Interlocked.Exchange(ref _isEnding, 1) == 0 ? Sessions.DisposeAsync() : ValueTask.CompletedTask;
}
