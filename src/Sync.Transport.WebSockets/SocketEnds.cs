using System.Net.WebSockets;
using System.Text;

namespace Sync.Transport.WebSockets;

/// <summary>How the ways in which a socket ends, and is ended, are said in our words.</summary>
internal static class SocketEnds
{
    private const int MaxReasonBytes = 123;
    private const int NoStatus = 1005;
    private const int FirstOfTheApp = 3000;

    public static readonly TransportClose Lost = new(TransportClose.Lost, "The connection was lost.");
    public static readonly TransportClose NotText = new(TransportClose.UnsupportedData, "Only text messages are spoken here.");

    public static TransportClose TooBig(int bound) => new(TransportClose.TooBig, $"A message may have {bound} bytes.");

    /// <summary>The goodbye that the peer sent.</summary>
    public static TransportClose Of(WebSocket socket) =>
        new(socket.CloseStatus is { } status ? (int)status : NoStatus, socket.CloseStatusDescription ?? "");

    /// <summary>What a failed read means. The platform has told the peer already where it was the peer's fault.</summary>
    public static TransportClose Of(Exception failure) => failure is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted }
        ? new(TransportClose.BadData, "The peer broke the WebSocket protocol or sent text that is not UTF-8.")
        : Lost;

    /// <summary>Every way in which a socket reports that it is, or has just been, gone. Cancelling is one: it drops the socket.</summary>
    public static bool IsEnd(Exception e) =>
        e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException;

    /// <summary>A page in a browser may say 1000 and 3000 to 4999 only.</summary>
    public static WebSocketCloseStatus StatusOf(TransportClose close) =>
        (WebSocketCloseStatus)(close.Code == NoStatus || (OperatingSystem.IsBrowser() && close.Code < FirstOfTheApp) ? TransportClose.Normal : close.Code);

    public static string ReasonOf(TransportClose close)
    {
        var bytes = 0;
        var length = 0;
        foreach (var rune in close.Reason.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxReasonBytes) break;
            length += rune.Utf16SequenceLength;
        }

        return close.Reason[..length];
    }
}
