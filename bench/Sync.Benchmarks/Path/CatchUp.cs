using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Sync.Client;
using Sync.Server;
using Sync.Transport.WebSockets;

namespace Sync.Benchmarks;

/// <summary>
/// A client comes back: what goes over the wire, how often and for how long, until it knows that it holds the server's result. Over a real socket on loopback, with
/// the client's own answers, beside the least that could be sent: the changed records alone, in Brotli at its fastest.
/// </summary>
internal static class CatchUp
{
    private const int Rounds = 7;
    private static readonly Query All = new() { Table = "tasks", Where = [new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), CanonicalJson.From("workspace-0"))] };

    public static async Task RunAsync(Report report)
    {
        report.Heading("Catch-up");
        report.Header("held, changed", "by", "down", "changed records in Brotli", "ratio", "up", "messages down / up", "time", "read, serialise, compress, parse", "ratio");
        foreach (var (total, changed) in new[] { (10_000, 0), (10_000, 100), (10_000, 1000), (10_000, 10_000), (90_000, 10), (90_000, 10_000) }) await RunAsync(report, total, changed);
        report.Line("");
        report.Line("Floors: 10,000 changed of 100,000 in 1.2x the bytes and 2.5x the time; 10 changed of 100,000 in 3 kB, whatever the total.");
    }

    private static async Task RunAsync(Report report, int total, int changed)
    {
        await using var server = await BenchServer.StartAsync(null);
        await server.SeedAsync(total, workspaces: 1);
        var first = await ReturnAsync(server, [], default);
        for (var from = 0; from < changed; from += 500)
        {
            var start = from;
            await server.Server.WriteAsync(Caller.App("bench"), tx =>
            {
                for (var i = start; i < Math.Min(start + 500, changed); i++) tx.Table<BenchTask>().Set(SampleRecords.Id(Spread(i, total)), t => t.Title, $"Write another report {i}");
            });
        }
        foreach (var byLog in changed == 0 ? [true] : new[] { true, false })
        {
            var visits = new List<Visit>();
            var limits = new List<double>();
            var ratios = new List<double>();
            var bytes = 0;
            for (var round = -2; round < Rounds; round++)
            {
                GC.Collect();
                (var limit, bytes) = await LimitAsync(server, total, changed);
                GC.Collect();
                var visit = await ReturnAsync(server, first.Rows, byLog ? first.Token : default);
                if (visit.Rows.Count != total) throw new InvalidOperationException($"{visit.Rows.Count} rows came of {total}.");
                if (round < 0) continue;
                visits.Add(visit);
                limits.Add(limit.TotalMilliseconds);
                ratios.Add(visit.Time / limit);
            }
            var one = visits[0];
            report.Row(
                string.Create(CultureInfo.InvariantCulture, $"{total:#,0}, {changed:#,0}"),
                changed == 0 ? "equal digests" : byLog ? "the log" : "comparing",
                Kilobytes(one.Down),
                Kilobytes(bytes),
                changed == 0 ? "" : Report.Times((double)one.Down / bytes),
                Kilobytes(one.Up),
                $"{one.MessagesDown} / {one.MessagesUp}",
                Report.Number(SideBySide.Median(visits.Select(v => v.Time.TotalMilliseconds)), "ms"),
                Report.Number(SideBySide.Median(limits), "ms"),
                changed == 0 ? "" : Report.Times(SideBySide.Median(ratios)));
        }
    }

    private static int Spread(int i, int total) => (int)((long)i * 7919 % total);

    /// <summary>The sum of the parts, for the changed records alone: read from the store, written, compressed, inflated and parsed.</summary>
    private static async Task<(TimeSpan Time, int Bytes)> LimitAsync(BenchServer server, int total, int changed)
    {
        if (changed == 0) return (TimeSpan.FromMilliseconds(1), 0);
        var keys = Enumerable.Range(0, changed).Select(i => new RecordKey("tasks", SampleRecords.Id(Spread(i, total)))).ToArray();
        var start = Stopwatch.GetTimestamp();
        var records = new List<Record>(changed);
        foreach (var some in keys.Chunk(1000)) records.AddRange(await server.Server.GetRecordsAsync(Caller.App("bench"), some));
        var json = new ArrayBufferWriter<byte>();
        ProtocolCodec.Write(json, new ServerMessage.Part(new SubscriptionId(1), [.. records]));
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(json.WrittenSpan);
        packed.Position = 0;
        var unpacked = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionMode.Decompress, leaveOpen: true)) brotli.CopyTo(unpacked);
        if (!ProtocolCodec.TryReadServer(unpacked.ToArray(), out _, out var fault)) throw new InvalidOperationException(fault.Message);
        return (Stopwatch.GetElapsedTime(start), (int)packed.Length);
    }

    /// <summary>Subscribes with a claim, answers what it is asked, and takes all until the subscription is loaded. The clock starts when the socket is open.</summary>
    private static async Task<Visit> ReturnAsync(BenchServer server, IReadOnlyCollection<Record> held, Token token)
    {
        await using var connection = await new WebSocketTransport().ConnectAsync(new TransportRequest(server.Address, "alice"), default);
        var visit = new Visit();
        var claim = new ResultClaim(held);
        var staged = new Dictionary<string, Record>(StringComparer.Ordinal);
        var start = Stopwatch.GetTimestamp();
        await SayAsync(new ClientMessage.Hello(ProtocolCodec.Version, "bench-client", token, FrameFormats.Known));
        await SayAsync(new ClientMessage.Subscribe(new SubscriptionId(1), All, token, held.Count == 0 ? null : claim.Digest));
        while (true)
        {
            var received = await connection.ReceiveAsync(default);
            visit.Down += received.Message.Length;
            visit.MessagesDown++;
            if (!ProtocolCodec.TryReadServer(received.Message.Span, out var message, out var fault)) throw new InvalidOperationException(fault.Message);
            if (message is ServerMessage.Compare compare) await SayAsync(claim.Answer(compare));
            if (message is ServerMessage.Part part) foreach (var record in part.Records) staged[record.Id] = record;
            if (message is not ServerMessage.Checkpoint { Subscriptions: [{ IsLoaded: true } delta] } checkpoint) continue;
            foreach (var record in checkpoint.Records) staged[record.Id] = record;
            if (delta.IsKept) foreach (var record in held) staged.TryAdd(record.Id, record);
            foreach (var id in delta.Out) staged.Remove(id);
            visit.Time = Stopwatch.GetElapsedTime(start);
            visit.Rows = staged.Values;
            visit.Token = checkpoint.Token;
            return visit;
        }

        async Task SayAsync(ClientMessage message)
        {
            var buffer = new ArrayBufferWriter<byte>();
            ProtocolCodec.Write(buffer, message);
            visit.Up += buffer.WrittenCount;
            visit.MessagesUp++;
            await connection.SendAsync(buffer.WrittenMemory, default);
        }
    }

    private static string Kilobytes(double bytes) => Report.Number(bytes / 1024, "kB");

    private sealed class Visit
    {
        public long Down { get; set; }
        public long Up { get; set; }
        public int MessagesDown { get; set; }
        public int MessagesUp { get; set; }
        public TimeSpan Time { get; set; }
        public Token Token { get; set; }
        public IReadOnlyCollection<Record> Rows { get; set; } = [];
    }
}
