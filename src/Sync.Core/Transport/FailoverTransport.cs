namespace Sync;

/// <summary>
/// Dials one of several addresses of the same server: nodes that share a database. The one that answered last is dialled first; where it cannot be reached, or answers that it is not there
/// now (5xx), the next is tried at once; where it says nothing until the dial is given up, the next dial begins with the next. A refusal for who is signed in (401, 403) is everybody's and ends the dial. Not for servers with databases of their own.
/// </summary>
/// <param name="inner">Dials one address.</param>
/// <param name="otherServers">Addresses beside the one that the client is given. Read at each dial, so it may grow.</param>
public sealed class FailoverTransport(ITransport inner, IReadOnlyList<Uri> otherServers) : ITransport
{
    private const int ServerErrors = 500;

    private Uri? _dialFirst;

    public async ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
    {
        List<Uri> servers = [request.Server, .. otherServers.Where(server => server != request.Server)];
        var first = Math.Max(0, _dialFirst is null ? 0 : servers.IndexOf(_dialFirst));
        for (var i = 0; ; i++)
        {
            var server = servers[(first + i) % servers.Count];
            try
            {
                var connection = await inner.ConnectAsync(request with { Server = server }, cancellationToken).ConfigureAwait(false);
                _dialFirst = server;
                return connection;
            }
            catch (TransportException fault) when (i < servers.Count - 1 && fault.Status is 0 or >= ServerErrors)
            {
                // The last one's fault is the dial's.
            }
            catch (OperationCanceledException)
            {
                // One that takes a connection and says nothing used up the dial's time: the next dial begins behind it.
                _dialFirst = servers[(first + i + 1) % servers.Count];
                throw;
            }
        }
    }
}
