namespace Sync.Client.Blazor;

/// <summary>Turns many requests into few renderings: the first at once, those that follow within the interval as one at its end. Lives on the renderer's dispatcher.</summary>
internal sealed class RenderThrottle : IDisposable
{
    private readonly Action _render;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private long? _rendered;
    private bool _isWaiting;
    private bool _isDisposed;

    /// <param name="dispatch">Runs something on the dispatcher: the timer's tick comes from anywhere.</param>
    public RenderThrottle(Action render, Action<Action> dispatch, TimeProvider time, TimeSpan interval)
    {
        (_render, _time, _interval) = (render, time, interval);
        _timer = time.CreateTimer(_ => dispatch(Tick), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Request()
    {
        if (_isWaiting || _isDisposed) return;

        var left = _rendered is { } rendered ? _interval - _time.GetElapsedTime(rendered) : TimeSpan.Zero;
        if (left <= TimeSpan.Zero)
        {
            Render();
            return;
        }

        _isWaiting = true;
        _timer.Change(left, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        if (!_isWaiting || _isDisposed) return;
        _isWaiting = false;
        Render();
    }

    private void Render()
    {
        _rendered = _time.GetTimestamp();
        _render();
    }

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }
}
