namespace Sync.Transport.WebSockets;

public static class WebSocketTarget
{
    /// <summary>Connects over WebSockets. Returns what it was called on.</summary>
    public static TTarget UseWebSockets<TTarget>(this TTarget target) where TTarget : ITransportTarget => target.UseWebSockets([]);

    /// <summary>Connects over WebSockets, to the first of several addresses of one server that answers: see <see cref="FailoverTransport"/>.</summary>
    public static TTarget UseWebSockets<TTarget>(this TTarget target, params IReadOnlyList<Uri> otherServers) where TTarget : ITransportTarget
    {
        target.UseTransport(services =>
        {
            var sockets = new WebSocketTransport(time: (TimeProvider?)services.GetService(typeof(TimeProvider)));
            return otherServers.Count == 0 ? sockets : new FailoverTransport(sockets, otherServers);
        });
        return target;
    }
}
