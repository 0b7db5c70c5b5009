using Sync.Client;
using TaskApp.Model;

namespace Sync.Driver;

/// <summary>The live queries that are open, by the number that their opener was told.</summary>
internal sealed class OpenQueries(SyncClient client) : IAsyncDisposable
{
    private readonly Dictionary<long, IOpenQuery> _open = [];
    private long _last;

    public (long Number, IOpenQuery Query) Open(Query query)
    {
        IOpenQuery opened = query.Table switch
        {
            "tasks" => Open<TaskItem>(query, task => task.Id),
            "workspaces" => Open<Workspace>(query, workspace => workspace.Id),
            "users" => Open<AppUser>(query, user => user.Id),
            _ => throw new CommandException(ErrorCodes.UnknownTable, $"There is no table \"{query.Table}\"."),
        };
        _open.Add(++_last, opened);
        return (_last, opened);
    }

    public IOpenQuery Find(long number) => _open.TryGetValue(number, out var query) ? query : throw new CommandException("no_subscription", $"Subscription {number} is not open.");

    public ValueTask CloseAsync(long number)
    {
        var query = Find(number);
        _open.Remove(number);
        return query.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var query in _open.Values) await query.DisposeAsync();
    }

    private OpenQuery<T> Open<T>(Query query, Func<T, string> idOf) where T : class => new(client.Table<T>().All().With(query).Live(), idOf);
}

internal interface IOpenQuery : IAsyncDisposable
{
    CanonicalJson Error { get; }
    Freshness Freshness { get; }
    IReadOnlyList<string> Ids { get; }
    Task WhenCurrentAsync(CancellationToken cancellationToken);
}

internal sealed class OpenQuery<T>(LiveQuery<T> live, Func<T, string> idOf) : IOpenQuery where T : class
{
    public CanonicalJson Error => live.Error is { } error ? CanonicalJson.From(error.Code) : default;
    public Freshness Freshness => live.Freshness;
    public IReadOnlyList<string> Ids => [.. live.Items.ToArray().Select(idOf)];
    public Task WhenCurrentAsync(CancellationToken cancellationToken) => live.WhenCurrentAsync(cancellationToken);
    public ValueTask DisposeAsync() => live.DisposeAsync();
}
