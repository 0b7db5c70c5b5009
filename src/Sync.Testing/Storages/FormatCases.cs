using Sync.Client;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>What a storage cannot read it refuses and leaves alone.</summary>
internal static class FormatCases
{
    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("One_made_by_a_newer_version_is_refused_and_left_untouched", "R8", scene => RefusedAsync(scene, scene.Home.MakeNewerAsync), StorageFeatures.Formats),
        new("A_damaged_one_is_refused_and_left_untouched", "R8", scene => RefusedAsync(scene, scene.Home.DamageAsync), StorageFeatures.Formats),
        new("It_makes_itself_and_is_opened_again_and_again", "R8", AgainAsync),
    ];

    private static async Task RefusedAsync(StorageScene scene, Func<StorageName, ValueTask> spoil)
    {
        var other = StorageScene.Ann with { UserId = "bob" };
        foreach (var name in new[] { StorageScene.Ann, other })
        {
            var first = await scene.OpenAsync("a", name);
            await first.WriteAsync(Put([.. Enumerable.Range(0, 100).Select(i => Record($"r{i}"))]) with { Queued = [Queued("a", 1)], LastSeq = 1 });
            await scene.CloseAsync(first);
        }
        await spoil(StorageScene.Ann);
        var before = await scene.Home.ReadRawAsync(StorageScene.Ann);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var refusal = await ExpectThrowsAsync<StorageFormatException>(async () => await scene.OpenAsync("b"), "opening it");
            Expect.That(refusal.Message.Length > 40, $"a message that says what would help, not \"{refusal.Message}\"");
            var after = await scene.Home.ReadRawAsync(StorageScene.Ann);
            Expect.That(after.AsSpan().SequenceEqual(before), "it to be left untouched");
        }
        ExpectQueue((await scene.OpenAsync("b", other)).State, "a-1");
    }

    private static async Task AgainAsync(StorageScene scene)
    {
        for (var i = 1; i <= 3; i++)
        {
            var open = await scene.OpenAsync($"c{i}");
            Expect.Same(("c1", i - 1L), (open.State.ClientId, open.State.LastSeq), "id and last number");
            await open.WriteAsync(Enqueue("c1", i));
            await scene.CloseAsync(open);
        }
    }
}
