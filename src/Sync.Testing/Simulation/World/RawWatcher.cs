using System.Text;
using Sync.Server;

namespace Sync.Testing;

/// <summary>The watcher without a client of ours: requests as over HTTP, and frames by hand on lines of its own. All that comes back is kept.</summary>
internal sealed class RawWatcher(string user, Func<int, SyncServer?> serverAt, SimulatedClock clock, Witness witness)
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<int, RawLine> _lines = [];
    private readonly TokenNames _tokens = new();
    private int _questions;

    public void Ask(SimulationStep.Ask ask) => _ = AskAsync(++_questions, ask);

    public void Say(SimulationStep.Say say)
    {
        if (!_lines.TryGetValue(say.Line, out var line) || line.HasEnded)
        {
            if (serverAt(say.Line) is not { } up) return;
            _lines[say.Line] = line = new RawLine(clock, Delay, say.Line, witness, frame => _tokens.Name(frame));
            _ = up.RunSessionAsync(line.ServerEnd, Caller.User(user), CancellationToken.None);
        }
        line.Send(say.Frame.Replace("{token}", _tokens.Newest, StringComparison.Ordinal));
    }

    public void Hang(int line)
    {
        if (_lines.Remove(line, out var open)) open.Close();
    }

    private async Task AskAsync(int number, SimulationStep.Ask ask)
    {
        if (serverAt(number) is not { } up) return;
        try
        {
            witness.Heard(number, await AnswerAsync(up, ask).ConfigureAwait(false));
        }
        catch (Exception fault) // Whatever a request throws is an answer too: it must be the same in both worlds.
        {
            witness.Heard(number, $"threw {fault.GetType().Name}");
        }
    }

    private async ValueTask<string> AnswerAsync(SyncServer up, SimulationStep.Ask ask)
    {
        var (caller, text) = (Caller.User(user), CanonicalJson.Parse(ask.Text));
        switch (ask.What)
        {
            case Question.Records:
                return Shown(await up.GetRecordsAsync(caller, [.. text.Elements.Select(KeyOf)]).ConfigureAwait(false));
            case Question.Query:
                var found = await up.QueryAsync(caller, StepText.Query(ask.Text)).ConfigureAwait(false);
                return $"{found.Error} {string.Join(' ', found.Records.Select(Shown))}";
            case Question.History:
                var told = await up.HistoryAsync(caller, KeyOf(text)).ConfigureAwait(false);
                return $"{told.Error} {told.Page.Cursor is null} {told.Page.IsTrimmed} {string.Join(' ', told.Page.Entries.Select(entry => $"{entry.AuthorId} {entry.Kind} {entry.Before?.Version} {entry.After?.Version} {entry.Now:O}"))}";
            case Question.Write:
                return ProtocolCodec.TryReadTransaction(text, out var transaction, out var fault) ? Shown(await up.WriteAsync(caller, transaction).ConfigureAwait(false)) : $"{fault}";
            default:
                throw new ArgumentOutOfRangeException(nameof(ask), ask, "Not a question.");
        }
    }

    private static RecordKey KeyOf(CanonicalJson pointer) => new(pointer["table"].AsString()!, pointer["id"].AsString()!);

    private static string Shown(WriteResult result) => result.Receipt is { } receipt
        ? $"{receipt.IsAccepted} {receipt.Now:O} {receipt.Code} {receipt.Status} {receipt.Message} [{string.Join(' ', receipt.Versions)}] [{string.Join(' ', receipt.FailedConditions)}] "
            + $"{Shown(result.Records)} | {Shown(result.Written)} | {string.Join(' ', result.Gone)}"
        : $"{result.Refusal}";

    private static string Shown(IEnumerable<Record> records) => string.Join(' ', records.OrderBy(record => record.Key).Select(Shown));
    private static string Shown(Record record) => $"{record.Key}@{record.Version} {record.Fields}";
}

/// <summary>A connection whose one end is a server's session, and whose other end only sends what it is told to and keeps what comes.</summary>
internal sealed class RawLine : ILinkWatcher
{
    private readonly SimulatedLink _link;
    private readonly Witness _witness;
    private readonly Action<string> _heard;

    public RawLine(SimulatedClock clock, TimeSpan delay, int number, Witness witness, Action<string> heard)
    {
        (_witness, _heard) = (witness, heard);
        _link = new SimulatedLink(clock, client: 0, number, () => delay, new ProcessGate(), this);
        _ = ListenAsync();
    }

    public bool HasEnded { get; private set; }

    public ITransportConnection ServerEnd => _link.ServerEnd;

    public void Send(string frame) => _ = SendAsync(frame);

    public void Close() => _ = _link.ClientEnd.CloseAsync(new TransportClose(TransportClose.Normal, ""), CancellationToken.None);

    public void ServerSends(SimulatedLink link, ReadOnlySpan<byte> frame)
    {
        _heard(Encoding.UTF8.GetString(frame));
        _witness.Heard(link.Number, frame);
    }

    public void Arrived(SimulatedLink link, bool isUp, ReadOnlySpan<byte> frame) { }

    private async Task SendAsync(string frame)
    {
        try
        {
            await _link.ClientEnd.SendAsync(Encoding.UTF8.GetBytes(frame), CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransportException)
        {
            HasEnded = true;
        }
    }

    private async Task ListenAsync()
    {
        TransportReceive received;
        do received = await _link.ClientEnd.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
        while (received.Close is null);
        HasEnded = true;
        _witness.Heard(_link.Number, $"closed {received.Close.Code} {received.Close.Reason}", isLine: true);
    }
}
