using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using Sync.Node;

namespace Sync.Crash.Tests;

/// <summary>Reads records and writes on exactly these versions, one request after the other; what is not answered is sent again under its id, to the next node.</summary>
internal sealed class HttpWriter : IDisposable
{
    private const int MostTries = 10_000;
    private const int MostThinkingMilliseconds = 200;
    private static readonly TimeSpan RequestPatience = TimeSpan.FromSeconds(10);

    private readonly string _name;
    private readonly IReadOnlyList<NodeProcess> _nodes;
    private readonly Books _books;
    private readonly Random _random;
    private readonly HttpClient _http = new() { Timeout = RequestPatience };
    private int _node;
    private int _count;

    public HttpWriter(int number, IReadOnlyList<NodeProcess> nodes, Books books, Random random)
    {
        (_name, _nodes, _books, _random, _node) = ($"http-{number}", nodes, books, random, number % nodes.Count);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _name);
    }

    public int Unavailable { get; private set; }

    public async Task RunAsync(CancellationToken stop, CancellationToken patience)
    {
        while (!stop.IsCancellationRequested)
        {
            await WriteAsync(patience);
            await Task.WhenAny(Task.Delay(_random.Next(MostThinkingMilliseconds), stop));
        }
    }

    /// <summary>The first notes.</summary>
    public async Task PlantAsync(CancellationToken patience)
    {
        for (var i = 0; i < Room.Circles; i++)
        {
            var mark = _books.NewMark();
            var fields = CanonicalJson.Object(new("room", CanonicalJson.From(Room.Circle(i))), new("text", CanonicalJson.From(mark)), new("marks", CanonicalJson.EmptyList));
            await SendAsync(mark, [new Operation.Create(Room.Note(Room.SeedOf(Room.Circle(i))), fields)], [], patience);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Two records are read and one of them is written: what others do the other way round meanwhile must be refused.</summary>
    private async Task WriteAsync(CancellationToken patience)
    {
        var (read, written) = (Room.Item(Room.HotItem(_random)), Room.Item(Room.HotItem(_random)));
        var pointers = CanonicalJson.List(new[] { read, written }.Distinct().Select(key => CanonicalJson.Object(new("table", CanonicalJson.From(key.Table)), new("id", CanonicalJson.From(key.Id)))));
        var found = await AskAsync("getRecords", CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>("pointers", pointers)), patience);
        if (found.Status != HttpStatusCode.OK) Assert.Fail($"{_name} may not read: {found.Status} {found.Body}");
        var versions = new[] { read, written }.Distinct().Select(key => new RecordVersion(key, found.Body["recordMap"][key.Table][key.Id]["version"].AsInt64()!.Value)).ToList();

        var mark = _books.NewMark();
        await SendAsync(mark, [new Operation.Set(written, FieldPath.Of("title"), CanonicalJson.From(mark))], versions, patience);
    }

    private async Task SendAsync(string mark, ImmutableArray<Operation> operations, IReadOnlyList<RecordVersion> versions, CancellationToken patience)
    {
        var transaction = new Transaction { TxId = $"{_name}-{++_count}", Operations = operations, BaseVersions = [.. versions.Select(v => new BaseVersion(v.Key, v.Version))] };
        var entry = _books.Begin(_name, mark, versions);
        var answer = await AskAsync("write", ProtocolCodec.ToJson(transaction), patience);
        if (answer.Status is not (HttpStatusCode.OK or HttpStatusCode.Conflict)) Assert.Fail($"{_name} may not write: {answer.Status} {answer.Body}");
        _books.End(entry, answer.Status == HttpStatusCode.OK);
    }

    private async Task<(HttpStatusCode Status, CanonicalJson Body)> AskAsync(string what, CanonicalJson body, CancellationToken patience)
    {
        for (var tries = 1; ; tries++)
        {
            var node = _nodes[_node];
            try
            {
                using var content = new ByteArrayContent(body.Utf8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using var response = await _http.PostAsync(new Uri(node.Address, $"{NodeModel.Endpoint}/{what}"), content, patience);
                var answer = await response.Content.ReadAsByteArrayAsync(patience);
                if (response.StatusCode < HttpStatusCode.InternalServerError) return (response.StatusCode, CanonicalJson.Parse(answer));
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter is not null) Unavailable++;
                else Assert.Fail($"{node.Name} answered {what} by {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(answer)}\n{node.Output}");
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or IOException && tries < MostTries && !patience.IsCancellationRequested)
            {
                // The node died, stands still, or is not there: the next one is asked.
            }
            _books.Retry();
            _node = (_node + 1) % _nodes.Count;
            await Task.Delay(_random.Next(MostThinkingMilliseconds), patience);
        }
    }
}
