using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sync.Server.Postgres.Tests;

/// <summary>Where a connection is cut that carries a commit.</summary>
public enum Cut
{
    /// <summary>The database never sees it.</summary>
    BeforeTheCommit,

    /// <summary>In the midst of what was sent.</summary>
    HalfWay,

    /// <summary>The database has it, and nobody hears its answer.</summary>
    BehindTheCommit,
}

/// <summary>Stands between a node and its database, and cuts the connection that carries a commit.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _to;
    private Cut _cut;
    private int _left;

    public CuttingProxy(int to)
    {
        _to = to;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Cuts { get; private set; }

    /// <summary>Cuts the next commits.</summary>
    public void Arm(Cut cut, int times) => (_cut, _left) = (cut, times);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // It was disposed of.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var client = near;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _to);
            var isCut = false;
            var back = BackAsync(server.GetStream(), client.GetStream(), () => isCut);
            if (await ThereAsync(client.GetStream(), server.GetStream(), () => isCut = true) is Cut.BehindTheCommit) await back;
        }
        catch (Exception fault) when (fault is SocketException or IOException or ObjectDisposedException)
        {
            // One end went; the other goes with it.
        }
    }

    private async Task<Cut?> ThereAsync(NetworkStream client, NetworkStream server, Action cut)
    {
        var buffer = new byte[64 * 1024];
        var isOurCommit = false;
        while (await client.ReadAsync(buffer) is > 0 and var count)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, count);
            isOurCommit |= text.Contains("INSERT INTO sync.receipts", StringComparison.Ordinal);
            if (_left > 0 && isOurCommit && text.Contains("COMMIT\0", StringComparison.Ordinal))
            {
                (_left, Cuts) = (_left - 1, Cuts + 1);
                cut();
                await server.WriteAsync(buffer.AsMemory(0, _cut switch { Cut.BeforeTheCommit => 0, Cut.HalfWay => count / 2, _ => count }));
                return _cut;
            }
            await server.WriteAsync(buffer.AsMemory(0, count));
        }
        return null;
    }

    /// <summary>The answer to a commit that is cut off is waited for, and kept back.</summary>
    private static async Task BackAsync(NetworkStream server, NetworkStream client, Func<bool> isCut)
    {
        var buffer = new byte[64 * 1024];
        while (await server.ReadAsync(buffer) is > 0 and var count && !isCut()) await client.WriteAsync(buffer.AsMemory(0, count));
    }
}
