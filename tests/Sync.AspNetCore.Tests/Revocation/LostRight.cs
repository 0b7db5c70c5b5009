using Sync.AspNetCore.Tests.Site;
using Sync.Server;
using Sync.Server.Sqlite;

namespace Sync.AspNetCore.Tests.Revocation;

/// <summary>A way in which bob may read the docs of project <c>plans</c>, loses that right, and gets it back.</summary>
public sealed record LostRight(string Name, Action<TransactionBuilder> Give, Action<TransactionBuilder> Take, Action<TransactionBuilder> GiveAgain)
{
    public static IEnumerable<LostRight> All { get; } =
    [
        new("by a list two levels up",
            tx => tx.Table<Team>().Set("crew", t => t.MemberIds, ["ann", "bob"]),
            tx => tx.Table<Team>().Set("crew", t => t.MemberIds, ["ann"]),
            tx => tx.Table<Team>().Set("crew", t => t.MemberIds, ["ann", "bob"])),
        new("by a row of a membership table",
            tx => tx.Table<Membership>().Create(new("bob-crew", "crew", "bob")),
            tx => tx.Table<Membership>().Delete("bob-crew"),
            tx => tx.Table<Membership>().Restore("bob-crew")),
        new("by the record between",
            tx => tx.Table<Project>().Set("plans", p => p.TeamId, "all"),
            tx => tx.Table<Project>().Set("plans", p => p.TeamId, "crew"),
            tx => tx.Table<Project>().Set("plans", p => p.TeamId, "all")),
        new("by the deletion of a record above",
            tx => tx.Table<Team>().Set("crew", t => t.MemberIds, ["ann", "bob"]),
            tx => tx.Table<Team>().Delete("crew"),
            tx => tx.Table<Team>().Restore("crew")),
    ];

    public override string ToString() => Name;
}

/// <summary>A site on SQLite, and devices whose disk can be read byte by byte.</summary>
internal sealed class LibrarySite : IAsyncDisposable
{
    public const int Docs = 3;

    private readonly DirectoryInfo _folder;
    private readonly List<Device> _devices = [];
    private readonly LostRight _right;

    private LibrarySite(TestSite site, LostRight right, DirectoryInfo folder) => (Site, _right, _folder) = (site, right, folder);

    public TestSite Site { get; }

    public static async Task<LibrarySite> StartAsync(LostRight? right = null, TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("sync-revocation-");
        var site = await TestSite.StartAsync(Library.Model, builder => Library.AddRules(builder.UseSqlite(Path.Combine(folder.FullName, "server.db"))), time: time);
        var library = new LibrarySite(site, right ?? LostRight.All.First(), folder);
        await library.WriteAsync(tx =>
        {
            tx.Table<Team>().Create(new("crew", "Crew", ["ann"])).Create(new("all", "All", ["ann", "bob"]));
            tx.Table<Project>().Create(new("plans", "crew")).Create(new("lunch", "all"));
            tx.Table<Doc>().Create(new("menu", "lunch", "soup"));
            tx.Table<Memo>().Create(new("bobs", "bob"));
            for (var i = 1; i <= Docs; i++) tx.Table<Doc>().Create(new($"doc-{i}", "plans", $"{i}: {Library.Secret}"));
        });
        await library.WriteAsync(library._right.Give);
        return library;
    }

    public Task GiveAgainAsync() => WriteAsync(_right.GiveAgain);

    public Task TakeAsync() => WriteAsync(_right.Take);

    public async Task WriteAsync(Action<TransactionBuilder> build)
    {
        var result = await Site.Server.WriteAsync(Caller.App("test"), build);
        Assert.That(result.IsAccepted, Is.True, result.Receipt?.Message ?? result.Refusal?.Message);
    }

    /// <summary>A device of bob's with a disk of its own.</summary>
    public Device NewDevice()
    {
        var device = new Device(Site, Path.Combine(_folder.FullName, $"device-{_devices.Count + 1}"));
        _devices.Add(device);
        return device;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices) await device.CloseAsync();
        await Site.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
