namespace Sync.Server;

/// <summary>Watches one connection's silence and its sends by the clock. What to do about them is told to the session.</summary>
internal sealed class Heartbeat
{
    private readonly TimeProvider _time;
    private readonly SessionLimits _limits;
    private long _receivedAt;
    private long _sentAt;
    private long _sendingSince;

    public Heartbeat(TimeProvider time, SessionLimits limits)
    {
        (_time, _limits) = (time, limits);
        _receivedAt = _sentAt = time.GetTimestamp();
    }

    /// <summary>How often to look.</summary>
    public TimeSpan Period => TimeSpan.FromTicks(Math.Min(_limits.Heartbeat.Ticks, _limits.SendTimeout.Ticks) / 2);

    public bool IsPingDue => Since(ref _sentAt) >= _limits.Heartbeat;
    public bool IsPeerSilent => Since(ref _receivedAt) >= _limits.Heartbeat * _limits.MaxSilentHeartbeats;
    public bool IsSendStuck => Volatile.Read(ref _sendingSince) != 0 && Since(ref _sendingSince) >= _limits.SendTimeout;

    public void NoteReceived() => Volatile.Write(ref _receivedAt, _time.GetTimestamp());

    // 0 stands for "not sending": a clock that begins at 0 loses one tick.
    public void NoteSending() => Volatile.Write(ref _sendingSince, Math.Max(1, _time.GetTimestamp()));

    public void NoteSent()
    {
        Volatile.Write(ref _sendingSince, 0);
        Volatile.Write(ref _sentAt, _time.GetTimestamp());
    }

    private TimeSpan Since(ref long timestamp) => _time.GetElapsedTime(Volatile.Read(ref timestamp));
}
