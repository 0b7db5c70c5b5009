namespace Sync.Transport.WebSockets;

public static class WebSocketTarget
{
    /// <summary>Connects over WebSockets. Returns what it was called on.</summary>
    public static TTarget UseWebSockets<TTarget>(this TTarget target) where TTarget : ITransportTarget
    {
        target.UseTransport(services => new WebSocketTransport(time: (TimeProvider?)services.GetService(typeof(TimeProvider))));
        return target;
    }
}
