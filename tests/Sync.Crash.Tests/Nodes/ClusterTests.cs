namespace Sync.Crash.Tests;

/// <summary>The short run, among the usual tests: see <see cref="ClusterLoopTests"/> for the long one.</summary>
[NonParallelizable]
public sealed class ClusterTests
{
    private const int Clients = 20;

    [Test]
    public async Task What_nodes_acknowledged_survives_their_end_and_that_of_the_database()
    {
        var seed = Settings.Seed ?? TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        await new ClusterRun(Clients, seed).RunAsync(async nemesis =>
        {
            await nemesis.GoOnAsync();
            await nemesis.KillNodeAsync(0);
            await nemesis.GoOnAsync();
            await nemesis.KillDatabaseAsync();
            await nemesis.GoOnAsync();
            await nemesis.KillNodeAsync(1);
            await nemesis.GoOnAsync();
        });
    }
}

/// <summary>The long run, by <c>./build.sh --target=Kill --loops=100 --seed=7 --filter=FullyQualifiedName~ClusterLoopTests</c>: so many faults, 50 clients.</summary>
[NonParallelizable]
[Explicit("Long.")]
public sealed class ClusterLoopTests
{
    private const int Clients = 50;
    private const int UsualFaults = 50;

    [Test]
    public async Task Whatever_befalls_nodes_and_database_nothing_acknowledged_is_lost_or_done_twice_and_all_see_the_same()
    {
        var (faults, seed) = (Settings.Loops ?? UsualFaults, Settings.Seed ?? TestContext.CurrentContext.Random.Next());
        TestContext.Out.WriteLine($"{faults} faults, seed {seed}");
        await new ClusterRun(Clients, seed).RunAsync(nemesis => nemesis.RunAsync(faults));
    }
}
