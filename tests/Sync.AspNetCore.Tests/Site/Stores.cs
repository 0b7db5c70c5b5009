using Sync.Server;
using Sync.Server.Sqlite;

namespace Sync.AspNetCore.Tests.Site;

/// <summary>The stores that a whole path runs on.</summary>
public static class Stores
{
    public static IEnumerable<StoreChoice> All { get; } = [new("in memory", (builder, _) => builder.UseInMemory()), new("SQLite", (builder, file) => builder.UseSqlite(file))];
}

public sealed class StoreChoice(string name, Func<SyncServerBuilder, string, SyncServerBuilder> use)
{
    private string _folder = "";

    public void Open() => _folder = Directory.CreateTempSubdirectory("sync-web-").FullName;

    public SyncServerBuilder Use(SyncServerBuilder builder) => use(builder, Path.Combine(_folder, "sync.db"));

    public void Close() => Directory.Delete(_folder, recursive: true);

    public override string ToString() => name;
}
