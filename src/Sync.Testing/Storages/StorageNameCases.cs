using Sync.Client;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>Storages of different names share nothing.</summary>
internal static class StorageNameCases
{
    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("Users_tenants_and_servers_share_nothing", "R9", ApartAsync),
        new("A_name_may_hold_any_text", "R9", AnyTextAsync),
    ];

    private static readonly StorageName[] Names =
    [
        StorageScene.Ann,
        StorageScene.Ann with { UserId = "bob" },
        StorageScene.Ann with { UserId = "ANN" },
        StorageScene.Ann with { Tenant = "t" },
        StorageScene.Ann with { Tenant = "" },
        StorageScene.Ann with { Server = new Uri("https://sync.example/api/other") },
    ];

    private static async Task ApartAsync(StorageScene scene)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            var open = await scene.OpenAsync("a", Names[i]);
            Expect.Same(("a", 0, true), (open.State.ClientId, open.State.Queue.Length, open.State.IsWriter), $"id, queue and writer of {Names[i]}");
            await open.WriteAsync(Enqueue("a", i + 1) with { Puts = [Record("one", "{}", i + 1)], Token = $"t{i}", Rejected = [Rejection($"x{i}")] });
            if (i % 2 == 0) await scene.CrashAsync(open);
            else await scene.CloseAsync(open);
        }
        for (var i = 0; i < Names.Length; i++)
        {
            var open = await scene.OpenAsync("b", Names[i]);
            ExpectQueue(open.State, $"a-{i + 1}");
            Expect.SameRecord(Record("one", "{}", i + 1), await open.FindAsync(Key("one")), "the record");
            if (i == 0) await open.Storage.DeleteAsync(scene.Patience);
        }
    }

    private static async Task AnyTextAsync(StorageScene scene)
    {
        foreach (var user in new[] { "../../x", "a/b\\c:d*?", "𝄞", new string('u', 1000), " " })
        {
            var first = await scene.OpenAsync("a", StorageScene.Ann with { UserId = user });
            await first.WriteAsync(Enqueue("a", 1));
            await scene.CrashAsync(first);
            ExpectQueue((await scene.OpenAsync("b", StorageScene.Ann with { UserId = user })).State, "a-1");
        }
    }
}
