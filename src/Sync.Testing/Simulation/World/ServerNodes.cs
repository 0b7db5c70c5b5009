using System.Collections.Immutable;
using Sync.Server;

namespace Sync.Testing;

/// <summary>The server nodes of a run, all over one database. Who comes is served by any that is up.</summary>
internal sealed class ServerNodes(IEnumerable<ServerNode> nodes)
{
    public ImmutableArray<ServerNode> All { get; } = [.. nodes];

    /// <summary>The node of this number, counted round.</summary>
    public ServerNode this[int number] => All[number % All.Length];

    public void Start()
    {
        foreach (var node in All) node.Start();
    }

    public ServerNode? FindUp(Random random)
    {
        var up = All.Where(node => node.IsUp).ToArray();
        return up.Length == 0 ? null : up[random.Next(up.Length)];
    }

    /// <summary>The node of this number, or else another that is up; null where none is.</summary>
    public SyncServer? FindUp(int number) => this[number].Server ?? All.FirstOrDefault(node => node.IsUp)?.Server;
}
