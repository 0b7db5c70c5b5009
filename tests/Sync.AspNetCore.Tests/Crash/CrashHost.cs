using Sync.AspNetCore.Tests.Site;
using Sync.Server.Sqlite;

namespace Sync.AspNetCore.Tests.Crash;

/// <summary>This assembly run as a program: a server on the SQLite file that it is given, until it is killed.</summary>
internal static class CrashHost
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not [var file]) return 2;
        await using var site = await TestSite.StartBoardAsync(builder => builder.UseSqlite(file));
        Console.WriteLine(site.Root);
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
