namespace Sync.Testing;

/// <summary>
/// One process's view of the virtual time: its wall clock may be wrong by years, its timestamps never go back. When the process dies its timers die with it.
/// </summary>
internal sealed class NodeClock(SimulatedClock clock, ProcessGate gate) : TimeProvider
{
    private bool _isDead;

    private ProcessGate Gate => gate;

    /// <summary>How far the wall clock is off.</summary>
    public TimeSpan Skew { get; set; }

    public override DateTimeOffset GetUtcNow() => clock.UtcNow + Skew;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => clock.Now;
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new NodeTimer(this, clock, callback, state, dueTime, period);

    public void Die() => _isDead = true;

    private sealed class NodeTimer : ITimer
    {
        private readonly NodeClock _node;
        private readonly SimulatedClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private ScheduledEvent? _next;
        private TimeSpan _period;
        private bool _isDisposed;

        public NodeTimer(NodeClock node, SimulatedClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_node, _clock, _callback, _state) = (node, clock, callback, state);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed) return false;
            _next?.Cancel();
            _next = null;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan && !_node._isDead) _next = _clock.After(dueTime, Arrive);
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _next?.Cancel();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arrive() => _node.Gate.Run(Fire);

        private void Fire()
        {
            if (_isDisposed || _node._isDead) return;
            _next = _period > TimeSpan.Zero ? _clock.After(_period, Arrive) : null;
            _callback(_state);
        }
    }
}
