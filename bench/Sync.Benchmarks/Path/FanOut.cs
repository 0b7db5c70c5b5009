using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;

namespace Sync.Benchmarks;

/// <summary>One change to many sockets, beside raw sends of frames of the same size in a process of the same kind.</summary>
internal static class FanOut
{
    private const int PacedChanges = 60;
    private const int PacedPerSecond = 20;

    public static async Task RunAsync(Report report, int clients)
    {
        await using var ours = await Lane.StartAsync("ours", clients, 0);
        await ours.ChangeAsync(5, PacedPerSecond);
        await using var raw = await Lane.StartAsync("raw", clients, ours.FrameBytes);
        await raw.ChangeAsync(5, PacedPerSecond);
        var (cpu, flat, ourCpu, rawCpu, ourRate, rawRate) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < 5; round++)
        {
            var (a, b) = (await ours.ChangeAsync(PacedChanges, PacedPerSecond), await raw.ChangeAsync(PacedChanges, PacedPerSecond));
            cpu.Add(a.CpuMicrosecondsPerFrame / b.CpuMicrosecondsPerFrame);
            (ourCpu, rawCpu) = ([.. ourCpu, a.CpuMicrosecondsPerFrame], [.. rawCpu, b.CpuMicrosecondsPerFrame]);
            var (c, d) = (await ours.ChangeAsync(200, 0), await raw.ChangeAsync(200, 0));
            flat.Add(c.ChangesDeliveredPerSecond / d.ChangesDeliveredPerSecond);
            (ourRate, rawRate) = ([.. ourRate, c.ChangesDeliveredPerSecond], [.. rawRate, d.ChangesDeliveredPerSecond]);
        }
        report.Row($"fan-out to {clients} sockets, paced: server CPU per frame of {ours.FrameBytes} B", Report.Number(SideBySide.Median(ourCpu), "µs"), Report.Number(SideBySide.Median(rawCpu), "µs"), Report.Times(SideBySide.Median(cpu)), "1.25x", "1.05x");
        report.Row($"fan-out to {clients} sockets, flat out: changes delivered", Report.Rate(SideBySide.Median(ourRate)), Report.Rate(SideBySide.Median(rawRate)), Report.Times(SideBySide.Median(flat)), "0.8x (more is better)", "bursts coalesce");
    }

    /// <summary>Ten that watch a record among many that watch others, and what a connection with ten subscriptions holds in memory.</summary>
    public static async Task RunInterestAsync(Report report)
    {
        const int Few = 100, Many = 5000, Interested = 10, Subscriptions = 10;
        await using var few = await Lane.StartAsync("ours", Few, 0, Interested, Subscriptions);
        await using var many = await Lane.StartAsync("ours", Many, 0, Interested, Subscriptions);
        await using var raw = await Lane.StartAsync("raw", Many, 300);
        await few.ChangeAsync(100, 100);
        await many.ChangeAsync(100, 100);
        var (ratios, a, b) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < 5; round++)
        {
            b.Add((await few.ChangeAsync(200, 100)).CpuMicrosecondsPerFrame);
            a.Add((await many.ChangeAsync(200, 100)).CpuMicrosecondsPerFrame);
            ratios.Add(a[^1] / b[^1]);
        }
        report.Row("one write, 10 interested of 5,000 connections: server CPU per frame", Report.Number(SideBySide.Median(a), "µs"), "10 of 100: " + Report.Number(SideBySide.Median(b), "µs"), Report.Times(SideBySide.Median(ratios)), "1.3x", "1.1x");
        report.Row("resident memory per connection, 10 subscriptions each, of 5,000", Report.Number(many.BytesPerConnection / 1024, "kB"), "raw socket " + Report.Number(raw.BytesPerConnection / 1024, "kB"), Report.Times(many.BytesPerConnection / raw.BytesPerConnection), "1.5x", "1.2x");
    }

    private sealed record Outcome(double CpuMicrosecondsPerFrame, double ChangesDeliveredPerSecond);

    private sealed class Lane : IAsyncDisposable
    {
        private readonly Process _server;
        private readonly List<ClientWebSocket> _sockets = [];
        private readonly int _clients;
        private long _frames;
        private int _behind;
        private byte[] _awaited = [];
        private readonly bool _isRaw;
        private int _changes;
        private int _interested;

        private Lane(Process server, int clients, bool isRaw) => (_server, _clients, _isRaw) = (server, clients, isRaw);

        public int FrameBytes { get; private set; }

        public double BytesPerConnection { get; private set; }

        /// <param name="interested">How many of the clients watch the record that changes; 0 for all.</param>
        public static async Task<Lane> StartAsync(string kind, int clients, int frameBytes, int interested = 0, int subscriptions = 1)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(FanOut).Assembly.Location);
            foreach (var argument in (string[])["fan-out-server", kind, frameBytes.ToString(CultureInfo.InvariantCulture)]) start.ArgumentList.Add(argument);
            var lane = new Lane(Process.Start(start)!, clients, kind == "raw");
            var address = new Uri((await lane._server.StandardOutput.ReadLineAsync())!.Replace("http", "ws", StringComparison.Ordinal) + "/socket?access_token=alice");
            lane._interested = interested == 0 ? clients : interested;
            var before = await lane.MemoryAsync();
            for (var i = 0; i < clients; i++) await lane.JoinAsync(address, i, subscriptions);
            await Task.Delay(1000);
            lane.BytesPerConnection = (await lane.MemoryAsync() - before) / clients;
            return lane;
        }

        private async Task<double> MemoryAsync()
        {
            await _server.StandardInput.WriteLineAsync("memory");
            return double.Parse((await _server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        }

        private async Task JoinAsync(Uri address, int client, int subscriptions)
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(address, default);
            _sockets.Add(socket);
            if (!_isRaw)
            {
                await SayAsync(socket, new ClientMessage.Hello(ProtocolCodec.Version, $"client-{_sockets.Count}"));
                for (var n = 0; n < subscriptions; n++)
                {
                    var record = client < _interested && n == 0 ? 7 : 10 + (client * subscriptions + n) % 4900;
                    await SayAsync(socket, new ClientMessage.Subscribe(new SubscriptionId(n + 1), Query.ForRecord(new RecordKey("tasks", SampleRecords.Id(record)))));
                }
            }
            _ = ReadAsync(socket);
        }

        private static async Task SayAsync(ClientWebSocket socket, ClientMessage message)
        {
            var buffer = new ArrayBufferWriter<byte>();
            ProtocolCodec.Write(buffer, message);
            await socket.SendAsync(buffer.WrittenMemory, WebSocketMessageType.Text, true, default);
        }

        private async Task ReadAsync(ClientWebSocket socket)
        {
            var buffer = new byte[16 * 1024];
            var (seen, length) = (0, 0);
            try
            {
                while (true)
                {
                    var received = await socket.ReceiveAsync(buffer.AsMemory(length), default);
                    if (received.MessageType == WebSocketMessageType.Close) return;
                    length += received.Count;
                    if (!received.EndOfMessage) continue;
                    Interlocked.Increment(ref _frames);
                    FrameBytes = length;
                    seen++;
                    var isLast = _isRaw ? seen == _changes : buffer.AsSpan(0, length).IndexOf(Volatile.Read(ref _awaited)) >= 0;
                    if (isLast) Interlocked.Decrement(ref _behind);
                    length = 0;
                }
            }
            catch (WebSocketException)
            {
                // The server's process is ended at the end of the benchmark.
            }
        }

        public async Task<Outcome> ChangeAsync(int count, int perSecond)
        {
            _changes += count;
            Volatile.Write(ref _awaited, System.Text.Encoding.UTF8.GetBytes($"Title {_changes - 1:0000000}"));
            _behind = _interested;
            var before = Interlocked.Read(ref _frames);
            var start = Stopwatch.GetTimestamp();
            await _server.StandardInput.WriteLineAsync($"{count} {perSecond}");
            var cpu = double.Parse((await _server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            while (Volatile.Read(ref _behind) > 0 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60)) await Task.Delay(1);
            if (Volatile.Read(ref _behind) > 0) throw new InvalidOperationException($"{_behind} of {_clients} sockets never saw the last change.");
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return new Outcome(cpu * 1000 / (Interlocked.Read(ref _frames) - before), (double)count * _interested / seconds);
        }

        public async ValueTask DisposeAsync()
        {
            await _server.StandardInput.WriteLineAsync();
            foreach (var socket in _sockets) socket.Abort();
            if (!_server.WaitForExit(5000)) _server.Kill();
            _server.Dispose();
        }
    }
}
