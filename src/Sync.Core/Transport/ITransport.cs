namespace Sync;

/// <summary>Dials a server. One call gives one new connection; the client's connection state machine decides when.</summary>
public interface ITransport
{
    /// <exception cref="TransportException">The server could not be reached, or refused: then <see cref="TransportException.Status"/> says how.</exception>
    ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken);
}

/// <summary>Where to dial and with which credential. The token is null where a same-origin cookie signs in.</summary>
public sealed record TransportRequest(Uri Server, string? AccessToken);

/// <summary>
/// A duplex stream of whole messages, in order, each at most once. One sender and one receiver at a time; the two may overlap. What the end that dialled sends is text in UTF-8;
/// what the other sends may be any bytes, and is text unless it begins with a control character.
/// </summary>
public interface ITransportConnection : IAsyncDisposable
{
    /// <exception cref="TransportException">The connection is gone.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>The next message, valid until the next call; or how the connection ended. Ends are values here, whatever the cause.</summary>
    ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Says goodbye with a close code and a short reason, and waits a bounded time for the peer to agree. Never throws.</summary>
    ValueTask CloseAsync(TransportClose close, CancellationToken cancellationToken);
}

/// <summary>A message, or the end of the connection.</summary>
public readonly record struct TransportReceive(ReadOnlyMemory<byte> Message, TransportClose? Close)
{
    public bool IsClosed => Close is not null;
    public static TransportReceive Of(ReadOnlyMemory<byte> message) => new(message, null);
    public static TransportReceive Closed(TransportClose close) => new(default, close);
}

/// <summary>Why a connection ended: a WebSocket close code (1000 to 4999) and a short reason.</summary>
public sealed record TransportClose(int Code, string Reason)
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;
    public const int UnsupportedData = 1003;
    public const int Lost = 1006;
    public const int BadData = 1007;
    public const int PolicyViolation = 1008;
    public const int TooBig = 1009;
    public const int InternalError = 1011;
    public const int TryAgainLater = 1013;
    public const int NotSignedIn = 4401;
    public const int TooSlow = 4408;
    public const int RateLimited = 4429;
}

/// <summary>The network failed or the server refused the dial. <see cref="Status"/> is the HTTP status where there was one, else 0.</summary>
public sealed class TransportException(string message, int status = 0, Exception? inner = null) : Exception(message, inner)
{
    public int Status { get; } = status;
}

/// <summary>Something that a transport can be given to: the client's builder. It lives here so that a transport's package need not know the client.</summary>
public interface ITransportTarget
{
    ITransportTarget UseTransport(Func<IServiceProvider, ITransport> create);
}
