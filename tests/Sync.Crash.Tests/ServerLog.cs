using Microsoft.Data.Sqlite;

namespace Sync.Crash.Tests;

/// <summary>What the server's file says was carried out, in its order. Read when the server is down.</summary>
internal sealed class ServerLog
{
    private readonly List<(string TxId, string Operations)> _entries = [];

    public static ServerLog Read(string file)
    {
        var log = new ServerLog();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT tx_id, operations FROM sync_log ORDER BY revision";
        using var reader = command.ExecuteReader();
        while (reader.Read()) log._entries.Add((reader.GetString(0), reader.GetString(1)));
        return log;
    }

    public int Count => _entries.Count;

    /// <summary>Everything acknowledged is there once, in the order of its writer where no other process may have adopted what it left; what was in doubt at most once; and nothing else.</summary>
    public void Check(IReadOnlyCollection<Writer> writers)
    {
        var twice = _entries.GroupBy(entry => entry.TxId).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.That(twice, Is.Empty, "Transactions that were carried out twice.");

        var places = _entries.Select((entry, place) => (entry.TxId, place)).ToDictionary(entry => entry.TxId, entry => entry.place);
        foreach (var writer in writers)
        {
            var lost = writer.Acknowledged.Where(written => !places.ContainsKey(written.TxId)).Select(written => written.Mark);
            Assert.That(lost, Is.Empty, $"Of {writer.Acknowledged.Count} acknowledged writes of {writer.Name} these are lost.");
            if (writer.IsAloneInFolder) Assert.That(writer.Acknowledged.Select(written => places[written.TxId]), Is.Ordered, $"The order of {writer.Name}'s writes.");
            foreach (var mark in writer.InDoubt) Assert.That(_entries.Count(entry => entry.Operations.Contains($"\"{mark}\"")), Is.LessThanOrEqualTo(1), $"In doubt: {mark}");
        }

        var known = writers.SelectMany(writer => writer.Acknowledged).Select(written => written.TxId).ToHashSet();
        var inDoubt = writers.SelectMany(writer => writer.InDoubt).Select(mark => $"\"{mark}\"").ToList();
        var strangers = _entries.Where(entry => !known.Contains(entry.TxId) && !inDoubt.Any(entry.Operations.Contains));
        Assert.That(strangers, Is.Empty, "Transactions that nobody wrote.");
    }
}
