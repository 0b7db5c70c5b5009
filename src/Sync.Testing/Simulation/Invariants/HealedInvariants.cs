using Sync.Client;
using Sync.Server;

namespace Sync.Testing;

/// <summary>What must hold once faults have stopped and a minute has passed: nothing waits, and everybody sees what the store has and they may read.</summary>
internal static class HealedInvariants
{
    public static void Check(World world)
    {
        foreach (var node in world.Clients)
        {
            if (node.Client is not { } client) throw new InvariantBrokenException("liveness", $"client {node.Number} of {node.User} did not come up");
            if (client.Status.Connection != ConnectionState.Live) throw new InvariantBrokenException("liveness", $"client {node.Number} of {node.User} is {client.Status.Connection}");
            if (client.Status.PendingWrites != 0) throw new InvariantBrokenException("the queue drains", $"client {node.Number} of {node.User} still has {client.Status.PendingWrites} writes");
            if (node.Runs.FirstOrDefault(run => !run.Confirmed.IsCompleted || run.Confirmed.IsFaulted) is { } run)
                throw new InvariantBrokenException("an undo is answered", $"client {node.Number} of {node.User} waits for what {run.Local.Outcome} here: {run.Confirmed.Exception}");
            foreach (var screen in node.Screens) CheckScreen(world, node, client, screen);
        }
        foreach (var written in world.Book.All)
        {
            CheckFate(world, written);
            CheckTray(world, written);
        }
    }

    private static void CheckScreen(World world, ClientNode node, SyncClient client, Screen screen)
    {
        if (screen.Error is { } error) throw new InvariantBrokenException("liveness", $"{node.User} may not ask {screen.Query}: {error.Code}");
        if (screen.Freshness != Freshness.Current) throw new InvariantBrokenException("liveness", $"{node.User} has {screen.Freshness} rows of {screen.Query}");

        var expected = world.Database.Ledger.Projection(Caller.User(node.User), world.Rules[screen.Query.Table], screen.Query);
        var shown = screen.Ids.Select(id => client.Records.Get(new RecordKey(screen.Query.Table, id))!).ToArray();
        if (!shown.Select(Line).SequenceEqual(expected.Select(Line)))
            throw new InvariantBrokenException("convergence", $"client {node.Number} of {node.User} shows of {screen.Query}:\n  {Lines(shown)}\nbut should:\n  {Lines(expected)}");
        for (var i = 0; i < expected.Count; i++)
        {
            if (screen.TypedOf(expected[i]) is { } typed && typed != screen.RowOf(i))
                throw new InvariantBrokenException("convergence", $"{node.User} has the row {screen.RowOf(i)}, but the record reads {typed}");
        }
    }

    // What a client said was saved was decided once; what it was told is what was stored.
    private static void CheckFate(World world, WrittenTransaction written)
    {
        if (written.TxId is not { } txId || written.HasFailed || written.IsVoid || written.Device < 0) return;
        var stored = world.Database.Ledger.ReceiptOf(new TransactionId(written.Author, txId));
        if (stored is null && written.Receipt is not { IsAccepted: false } && !written.MayBeWithdrawn)
            throw new InvariantBrokenException("nothing saved is lost", $"{txId} of {written.Author} was saved and never decided");
        if (stored is not null && written.Receipt is { } told && told.IsAccepted != stored.IsAccepted && told.Code != ErrorCodes.TxExpired)
            throw new InvariantBrokenException("acknowledged stays", $"{txId} of {written.Author} was told {told.IsAccepted}, stored {stored.IsAccepted}");
    }

    // What was rejected waits for somebody to deal with it, on the device where it was written.
    private static void CheckTray(World world, WrittenTransaction written)
    {
        if (written.Receipt is not { IsAccepted: false } || written.Receipt.Code == ErrorCodes.Withdrawn || written.IsDealtWith || written.IsVoid || written.Device < 0) return;
        if (!world.Clients.Any(node => node.Device == written.Device && node.Client!.Tray.Items.Any(item => item.TxId == written.TxId)))
            throw new InvariantBrokenException("a rejection stays in the tray", $"{written.TxId} of {written.Author} was rejected with {written.Receipt.Code} and is in no tray");
    }

    private static string Line(Record record) => $"{record.Key}@{record.Version} {record.Fields}";
    private static string Lines(IEnumerable<Record> records) => string.Join("\n  ", records.Select(Line));
}
