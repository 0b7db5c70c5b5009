using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Sync.Node;
using Sync.Server;

namespace Sync.Crash.Tests;

/// <summary>What the database says in the end: the log, the receipts, and the records of all tables. Read by plain SQL, past all code of ours but the codec of changes.</summary>
internal static partial class Evidence
{
    public static async Task<History> AddToAsync(History history, string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return history with { Log = await ReadLogAsync(connection), Stored = [.. await ReadItemsAsync(connection), .. await ReadNotesAsync(connection)] };
    }

    /// <summary>A receipt for each transaction of a user that stands in the log, at its revision.</summary>
    public static async Task<long> LogEntriesWithoutReceiptAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM sync.log AS l LEFT JOIN sync.receipts AS r USING (author, tx_id) WHERE l.rows IS NULL AND r.revision IS DISTINCT FROM l.revision", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<List<Logged>> ReadLogAsync(NpgsqlConnection connection)
    {
        var log = new List<Logged>();
        await using var command = new NpgsqlCommand("SELECT revision, author, tx_id, at, operations, changes, rows::text FROM sync.log ORDER BY revision", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            IReadOnlyList<Operation> operations = [];
            IReadOnlyList<RecordChange> changes;
            string marked;
            if (reader.IsDBNull(6))
            {
                var json = CanonicalJson.Parse(reader.GetFieldValue<byte[]>(4));
                operations = [.. json.Elements.Select(o => ProtocolCodec.TryReadOperation(o, out var operation, out var fault) ? operation : throw new InvalidOperationException($"{fault}"))];
                (changes, marked) = (ChangeCodec.Read(reader.GetFieldValue<byte[]>(5)), json.ToString());
            }
            else
            {
                using var rows = JsonDocument.Parse(reader.GetString(6));
                changes = [.. rows.RootElement.EnumerateArray().Select(row => new RecordChange(Side(row, "before"), Side(row, "after")!))];
                marked = string.Join(' ', changes.Select(change => change.After.Fields.ToString()));
            }
            var marks = MarkPattern().Matches(marked).Select(match => match.Value.Trim('"')).Distinct().ToList();
            var at = new DateTimeOffset(reader.GetDateTime(3), TimeSpan.Zero);
            log.Add(new Logged(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), marks.Count == 1 ? marks[0] : $"{marks.Count} marks in {marked}", at, operations, changes));
        }
        return log;
    }

    private static Record? Side(JsonElement row, string name)
    {
        if (row.GetProperty(name) is not { ValueKind: JsonValueKind.Object } side) return null;
        var fields = side.TryGetProperty("fields", out var known) && known.GetString() is { } text ? CanonicalJson.Parse(text) : Fields(column => side.GetProperty("row").GetProperty(column).GetString()!);
        return new Record(Room.Item(row.GetProperty("id").GetString()!), side.GetProperty("version").GetInt64(), fields, side.TryGetProperty("deleted", out var deleted) && deleted.GetBoolean());
    }

    private static CanonicalJson Fields(Func<string, string> text) => CanonicalJson.Object(
        new("room", CanonicalJson.From(text("room"))),
        new("title", CanonicalJson.From(text("title"))),
        new("marks", CanonicalJson.Parse(text("marks"))),
        new("count", CanonicalJson.From(long.Parse(text("count"), CultureInfo.InvariantCulture))));

    private static async Task<List<Record>> ReadItemsAsync(NpgsqlConnection connection)
    {
        var items = new List<Record>();
        await using var command = new NpgsqlCommand("SELECT id, version, room, title, to_jsonb(marks)::text AS marks, count::text FROM items", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) items.Add(new Record(Room.Item(reader.GetString(0)), reader.GetInt64(1), Fields(column => reader.GetString(reader.GetOrdinal(column)))));
        return items;
    }

    private static async Task<List<Record>> ReadNotesAsync(NpgsqlConnection connection)
    {
        var notes = new List<Record>();
        await using var command = new NpgsqlCommand($"SELECT id, version, fields FROM sync.doc_{NodeModel.Notes}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) notes.Add(new Record(Room.Note(reader.GetString(0)), reader.GetInt64(1), CanonicalJson.Parse(reader.GetString(2))));
        return notes;
    }

    [GeneratedRegex("\"m:[0-9]+\"")]
    private static partial Regex MarkPattern();
}
