using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Sync.Client.Blazor;

/// <summary>
/// A component that shows live queries: it renders when they change, at most once in <see cref="RenderInterval"/> after the first time, and closes them when it goes.
/// Queries open where the component is interactive and somebody is signed in; before that they are loading.
/// </summary>
public abstract class SyncComponentBase : ComponentBase, IAsyncDisposable
{
    /// <summary>About thirty renderings a second: more than that nobody sees.</summary>
    public static readonly TimeSpan DefaultRenderInterval = TimeSpan.FromMilliseconds(33);

    private readonly List<OpenQuery> _queries = [];
    private RenderThrottle? _throttle;
    private bool _isDisposed;

    [Inject] protected SyncClient Client { get; set; } = null!;
    [Inject] private IServiceProvider Services { get; set; } = null!;

    /// <summary>The shortest time between two renderings that changes of rows or status cause.</summary>
    [Parameter] public TimeSpan RenderInterval { get; set; } = DefaultRenderInterval;

    /// <summary>Keeps a query current as long as this component lives, or until it is replaced by <see cref="Use{T}(SyncRows{T}?, TableQuery{T})"/>.</summary>
    protected SyncRows<T> Use<T>(TableQuery<T> query) where T : class => Use(null, query);

    /// <summary>As <see cref="Use{T}(TableQuery{T})"/>, in place of what was used before: the same rows where the query is the same.</summary>
    protected SyncRows<T> Use<T>(SyncRows<T>? before, TableQuery<T> query) where T : class
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (before is not null && before.Query.Equals(query)) return before;

        var rows = new SyncRows<T>(query);
        _queries.Add(new OpenQuery(rows, rows.Open, rows.CloseAsync, () => rows.IsOpen));
        OpenWhatCanBe();
        if (before is not null) Drop(before);
        return rows;
    }

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) Client.StatusChanged += OnStatusChanged;
    }

    /// <summary>Told on the renderer's dispatcher when connection, queue or sign-in changed. Renders nothing unless overridden.</summary>
    protected virtual void OnStatus(ClientStatus status) { }

    /// <summary>Renders, now or at the end of the interval. May be called from anywhere.</summary>
    protected void RequestRender() => Dispatch(() => (_throttle ??= MakeThrottle()).Request());

    public virtual async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Client.StatusChanged -= OnStatusChanged;
        _throttle?.Dispose();
        foreach (var query in _queries) await query.CloseAsync(RequestRender).ConfigureAwait(false);
        _queries.Clear();
        GC.SuppressFinalize(this);
    }

    private void OnStatusChanged(ClientStatus status) => Dispatch(() =>
    {
        OpenWhatCanBe();
        OnStatus(status);
    });

    private void OpenWhatCanBe()
    {
        if (!RendererInfo.IsInteractive || Client.UserId is null) return;
        foreach (var query in _queries.Where(query => !query.IsOpen())) query.Open(RequestRender);
    }

    private void Drop(object rows)
    {
        var index = _queries.FindIndex(query => query.Rows == rows);
        if (index < 0) return;
        var query = _queries[index];
        _queries.RemoveAt(index);
        Dispatch(() => query.CloseAsync(RequestRender));
    }

    private RenderThrottle MakeThrottle() =>
        new(StateHasChanged, Dispatch, Services.GetService<TimeProvider>() ?? TimeProvider.System, RenderInterval);

    private void Dispatch(Action action) => Dispatch(() =>
    {
        action();
        return ValueTask.CompletedTask;
    });

    private void Dispatch(Func<ValueTask> action) => _ = DispatchAsync(action);

    /// <summary>What fails goes where the component's other failures go, to its error boundary: so nobody needs to wait for it.</summary>
    private async Task DispatchAsync(Func<ValueTask> action)
    {
        try
        {
            await InvokeAsync(async () =>
            {
                if (!_isDisposed) await action();
            }).ConfigureAwait(false);
        }
        catch (Exception fault) when (!_isDisposed)
        {
            await DispatchExceptionAsync(fault).ConfigureAwait(false);
        }
    }

    private sealed record OpenQuery(object Rows, Action<Action> Open, Func<Action, ValueTask> CloseAsync, Func<bool> IsOpen);
}
