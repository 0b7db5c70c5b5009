using System.Text.Json.Nodes;

namespace Sync.Crash.Tests;

/// <summary>
/// Somebody who writes tasks through a driver, starts it again whenever it was killed, and remembers what was acknowledged. Each write carries a mark that no other
/// has, so that the server's log can be held against it.
/// </summary>
internal sealed class Writer(string name, string user, string folder, Uri server, Random random, bool isAloneInFolder = true)
{
    private const string Workspace = "demo";
    private const int LookedAtAfterStart = 20;

    private readonly Lock _gate = new();
    private readonly List<Written> _acknowledged = [];
    private readonly List<string> _inDoubt = [];
    private DriverProcess? _driver;
    private int _count;

    public string Name => name;

    /// <summary>Else another process may adopt what this one leaves when it is killed, so that this one does not find it at once.</summary>
    public bool IsAloneInFolder => isAloneInFolder;

    public int Starts { get; private set; }

    /// <summary>What the driver said was saved, in that order.</summary>
    public IReadOnlyList<Written> Acknowledged => _acknowledged;

    /// <summary>The marks of writes whose reply never came.</summary>
    public IReadOnlyList<string> InDoubt => _inDoubt;

    public void Kill()
    {
        lock (_gate) _driver?.Kill();
    }

    /// <summary>The process that writes next; a plain one unless somebody sets it.</summary>
    public Func<DriverProcess> Start { get; init; } = () => DriverProcess.Start();

    /// <summary>Whether the driver's storage may lose its newest writes to a power cut.</summary>
    public bool LosesNewest { get; init; }

    /// <summary>Writes new tasks: a third without a network, a third with, a third without again.</summary>
    public async Task WriteThroughAsync(int count, CancellationToken patience)
    {
        await using var driver = StartDriver();
        await OpenAsync(driver, isOffline: true, patience);
        for (var i = 0; i < count; i++)
        {
            if (i == count / 3)
            {
                await driver.TryDoAsync(new JsonObject { ["do"] = "online" }, patience);
                await driver.TryDoAsync(new JsonObject { ["do"] = "settle", ["live"] = true }, patience);
            }
            if (i == 2 * count / 3)
            {
                await driver.TryDoAsync(new JsonObject { ["do"] = "settle" }, patience);
                await driver.TryDoAsync(new JsonObject { ["do"] = "offline" }, patience);
            }
            await WriteAsync(driver, patience, onlyNew: true);
        }
    }

    /// <summary>Writes offline until it is killed, or until it has written enough.</summary>
    public async Task WriteOfflineAsync(int most, CancellationToken patience)
    {
        await using var driver = StartDriver();
        if (!await OpenAsync(driver, isOffline: true, patience)) return;
        if (!await LookAsync(driver, LookedAtAfterStart, patience)) return;
        while (most-- > 0 && await WriteAsync(driver, patience))
        {
        }
    }

    /// <summary>Writes until it is told to stop.</summary>
    /// <param name="onReply">Told after each acknowledgement.</param>
    public async Task RunAsync(Action onReply, CancellationToken stop, CancellationToken patience)
    {
        while (!stop.IsCancellationRequested)
        {
            await using var driver = StartDriver();
            await WorkAsync(driver, onReply, stop, patience);
            lock (_gate) _driver = null;
            driver.Kill();
            Assert.That(await driver.LastWordsAsync(patience), Is.Empty, $"{name}'s driver ended by itself.");
        }
    }

    /// <summary>After the last start: nothing is left in the queue, and nothing was refused.</summary>
    public async Task SettleAsync(CancellationToken patience)
    {
        await using var driver = DriverProcess.Start();
        if (!await OpenAsync(driver, isOffline: false, patience)) Assert.Fail($"{name}'s driver ended by itself: {await driver.LastWordsAsync(patience)}");
        var settled = await driver.TryDoAsync(new JsonObject { ["do"] = "settle", ["live"] = true, ["timeoutMs"] = 60_000 }, patience);
        Assert.That((bool?)settled?["isInTime"], Is.True, $"{name} still has work: {settled}");
        Assert.That((int?)settled?["needAttention"], Is.Zero, $"{name} was refused something.");
        await LookAsync(driver, _acknowledged.Count, patience);
    }

    private DriverProcess StartDriver()
    {
        Starts++;
        var driver = Start();
        lock (_gate) _driver = driver;
        return driver;
    }

    private async Task WorkAsync(DriverProcess driver, Action onReply, CancellationToken stop, CancellationToken patience)
    {
        var isOffline = random.Next(3) == 0;
        if (!await OpenAsync(driver, isOffline, patience)) return;
        if (isAloneInFolder && !await LookAsync(driver, LookedAtAfterStart, patience)) return;
        while (!stop.IsCancellationRequested)
        {
            if (random.Next(25) == 0)
            {
                isOffline = !isOffline;
                if (await driver.TryDoAsync(new JsonObject { ["do"] = isOffline ? "offline" : "online" }, patience) is null) return;
            }
            if (!await WriteAsync(driver, patience)) return;
            onReply();
        }
    }

    private async Task<bool> OpenAsync(DriverProcess driver, bool isOffline, CancellationToken patience)
    {
        var open = new JsonObject { ["do"] = "open", ["folder"] = folder, ["server"] = server.ToString(), ["user"] = user, ["offline"] = isOffline, ["losesNewest"] = LosesNewest };
        if (await driver.TryDoAsync(open, patience) is not { } opened) return false;
        Assert.That((bool)opened["ok"]!, Is.True, $"{name} could not open: {opened}");
        var query = JsonNode.Parse($$"""{"table":"tasks","where":[{"field":"workspaceId","op":"eq","value":"{{Workspace}}"}]}""");
        return await driver.TryDoAsync(new JsonObject { ["do"] = "subscribe", ["query"] = query }, patience) is not null;
    }

    /// <summary>The newest acknowledged writes are there, whether the server has them or not.</summary>
    private async Task<bool> LookAsync(DriverProcess driver, int count, CancellationToken patience)
    {
        foreach (var written in _acknowledged.TakeLast(count))
        {
            if (await driver.TryDoAsync(new JsonObject { ["do"] = "read", ["table"] = "tasks", ["record"] = written.Record }, patience) is not { } read) return false;
            var newest = _acknowledged.Last(other => other.Record == written.Record).Mark;
            var seen = (string?)read["record"]?["title"];
            if (seen != newest && !(seen is not null && _inDoubt.Contains(seen)))
                Assert.Fail($"{name} wrote \"{newest}\" to {written.Record} and found {read.ToJsonString()} after a restart. {await ExplainAsync(driver, written.Record, patience)}");
        }
        return true;
    }

    /// <summary>What the driver says of it a little later: whether it was gone for a moment or for good.</summary>
    private static async Task<string> ExplainAsync(DriverProcess driver, string record, CancellationToken patience)
    {
        JsonObject[] questions =
        [
            new() { ["do"] = "status" },
            new() { ["do"] = "rows", ["subscription"] = 1 },
            new() { ["do"] = "settle", ["live"] = true, ["timeoutMs"] = 3_000 },
            new() { ["do"] = "read", ["table"] = "tasks", ["record"] = record },
        ];
        var answers = new List<string>();
        foreach (var question in questions) answers.Add((await driver.TryDoAsync(question, patience))?.ToJsonString() ?? "no answer");
        return string.Join('\n', answers);
    }

    private async Task<bool> WriteAsync(DriverProcess driver, CancellationToken patience, bool onlyNew = false)
    {
        var mark = $"{name} {++_count}";
        var isUpdate = isAloneInFolder && !onlyNew && _acknowledged.Count > 0 && random.Next(4) == 0;
        var record = isUpdate ? _acknowledged[random.Next(_acknowledged.Count)].Record : $"t-{name}-{_count}";
        var command = isUpdate
            ? new JsonObject { ["do"] = "update", ["table"] = "tasks", ["record"] = record, ["set"] = new JsonObject { ["title"] = mark } }
            : new JsonObject
            {
                ["do"] = "create",
                ["table"] = "tasks",
                ["record"] = record,
                ["value"] = new JsonObject { ["workspaceId"] = Workspace, ["title"] = mark, ["status"] = "todo", ["orderIndex"] = _count, ["createdBy"] = user },
            };
        if (await driver.TryDoAsync(command, patience) is not { } reply)
        {
            _inDoubt.Add(mark);
            return false;
        }
        Assert.That((bool)reply["ok"]!, Is.True, $"{name} could not write: {reply}");
        _acknowledged.Add(new Written((string)reply["txId"]!, record, mark));
        return true;
    }
}

/// <summary>A write that was acknowledged.</summary>
internal sealed record Written(string TxId, string Record, string Mark);
