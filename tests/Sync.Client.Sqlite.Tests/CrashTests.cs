using System.Diagnostics;
using System.Globalization;
using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

[TestFixture]
public sealed class CrashTests
{
    private const int Kills = 8;
    private const int MostLines = 120;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task What_was_written_before_a_kill_is_stored_and_stored_whole()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var home = new SqliteStorageHome();
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var before = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            var (opened, written, begun) = await RunAndKillAsync(home.Folder, random.Next(1, MostLines), patience.Token);
            Assert.That(opened, Is.EqualTo(before), "what the next process found is what was there");
            before = await CheckAsync(home, written, begun, patience.Token);
        }
    }

    [Test]
    public async Task What_a_process_holds_is_free_once_it_is_killed_and_not_before()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var home = new SqliteStorageHome();
        using var other = Start(home.Folder);
        while (await other.StandardOutput.ReadLineAsync(patience.Token) is { } line && line != "wrote 1") { }

        var storage = await home.Provider.OpenAsync(StorageScene.Ann, patience.Token);
        await using var _ = storage;
        var beside = await storage.LoadAsync("beside", patience.Token);
        Assert.That((beside.ClientId, beside.IsWriter, beside.Queue.Length), Is.EqualTo(("beside", false, 0)));
        Assert.That(await storage.TryBecomeWriterAsync(patience.Token), Is.False);

        other.Kill();
        await other.WaitForExitAsync(patience.Token);
        Assert.That(await storage.TryBecomeWriterAsync(patience.Token), Is.True);
        await using var heir = await home.Provider.OpenAsync(StorageScene.Ann, patience.Token);
        var inherited = await heir.LoadAsync("heir", patience.Token);
        Assert.That((inherited.ClientId, inherited.Queue.IsEmpty), Is.EqualTo(("client", false)));
    }

    private static async Task<(long Opened, long Written, long Begun)> RunAndKillAsync(string folder, int linesToWaitFor, CancellationToken patience)
    {
        using var client = Start(folder);
        long opened = -1, written = 0, begun = 0;
        for (var line = 0; await client.StandardOutput.ReadLineAsync(patience) is { } said; line++)
        {
            // What it had said before it died counts too, so this reads to the end.
            if (line == linesToWaitFor) client.Kill();
            var number = long.Parse(said.Split(' ')[1], CultureInfo.InvariantCulture);
            if (said.StartsWith("opened", StringComparison.Ordinal)) opened = written = begun = number;
            else if (said.StartsWith("writing", StringComparison.Ordinal)) begun = number;
            else written = number;
        }
        await client.WaitForExitAsync(patience);
        return (opened, written, begun);
    }

    private static async Task<long> CheckAsync(SqliteStorageHome home, long written, long begun, CancellationToken patience)
    {
        await using var storage = await home.Provider.OpenAsync(StorageScene.Ann, patience);
        var state = await storage.LoadAsync("other", patience);
        var stored = state.LastSeq;
        Assert.That(stored, Is.InRange(written, begun), "all that was written, and nothing that was not begun");
        Assert.That(state.ClientId, Is.EqualTo("client"));
        Assert.That(state.IsWriter);
        Assert.That(state.Token, Is.EqualTo($"t{stored}"));
        var unsettled = Enumerable.Range(0, CrashingClient.Unsettled).Select(i => stored - CrashingClient.Unsettled + 1 + i).Where(seq => seq > 0);
        Assert.That(state.Queue.Select(one => one.Place.Seq), Is.EqualTo(unsettled));

        var records = await storage.QueryAsync(Kept.All, patience);
        foreach (var slot in records.Where(record => record.Key != CrashingClient.Counter).GroupBy(record => record.Id.Split('-')[0]))
        {
            Assert.That(slot.Count(), Is.EqualTo(CrashingClient.RecordsInBatch));
            Assert.That(slot.Select(N).Distinct().Count(), Is.EqualTo(1), "each batch is stored whole");
        }
        Assert.That(records.Count == 0 ? 0 : records.Max(N), Is.EqualTo(stored));
        Assert.That(records.Where(record => record.Key == CrashingClient.Counter).Select(N), Is.All.EqualTo(stored));
        return stored;
    }

    private static long N(Record record) => record.Get(FieldPath.Of("n")).AsInt64()!.Value;

    private static Process Start(string folder) => Process.Start(new ProcessStartInfo("dotnet")
    {
        RedirectStandardOutput = true,
        ArgumentList = { typeof(CrashTests).Assembly.Location, folder },
    })!;
}
