using System.Text;
using Sync.Client;
using Sync.Server;

namespace Sync.Testing;

/// <summary>
/// Sees all that happens in a run: writes it into the transcript, counts it, and looks at what must always hold. What is found broken ends the run at the next
/// look, on the run's own stack and not on that of what it found.
/// </summary>
internal sealed class Witness(Transcript transcript, Figures figures, CommitInvariants commits, FrameInvariants frames, ViewInvariants views, string[] users, string? watcher) : ILinkWatcher
{
    // Behind all clients.
    private const int Asked = 1_000_000;
    private const int Lines = 2_000_000;

    private readonly SortedDictionary<(int Client, int Number), List<string>> _watcherFrames = [];
    private readonly TokenNames _tokens = new();
    private InvariantBrokenException? _broken;

    public Figures Figures => figures;

    /// <summary>
    /// What the watcher was sent, one line a frame or answer, in the order of sessions and questions: which of two is served first may tell. Of a token it stands there how long
    /// it is, and which of those before it is the same.
    /// </summary>
    public IReadOnlyList<string> WatcherFrames => [.. _watcherFrames.Values.SelectMany(sent => sent)];

    public void Note(string what) => transcript.Note(what);

    public void Count(string what)
    {
        figures.Count(what);
        transcript.Note(what);
    }

    public void Break(string invariant, string detail) => _broken ??= new InvariantBrokenException(invariant, detail);

    public void Arrived(SimulatedLink link, bool isUp, ReadOnlySpan<byte> frame) => transcript.Note($"{link.Client}.{link.Number} {(isUp ? "up" : "down")}", frame);

    public void ServerSends(SimulatedLink link, ReadOnlySpan<byte> frame)
    {
        var user = users[link.Client];
        transcript.Note($"{link.Client}.{link.Number} sends", frame);
        figures.Count("frames sent by the server");
        if (user == watcher) Keep(link.Client, link.Number, Encoding.UTF8.GetString(frame));
        Check(user, frame);
    }

    /// <summary>A frame for the watcher on a line of its own.</summary>
    public void Heard(int line, ReadOnlySpan<byte> frame)
    {
        transcript.Note($"line {line} sends", frame);
        var text = Encoding.UTF8.GetString(frame);
        Keep(Lines, line, text);
        if (!text.Contains("\"type\":\"updates\"", StringComparison.Ordinal)) Check(watcher!, frame);
    }

    /// <summary>What the watcher was answered, or how one of its lines ended.</summary>
    public void Heard(int number, string text, bool isLine = false)
    {
        transcript.Note($"{(isLine ? "line" : "question")} {number}: {text}");
        Keep(isLine ? Lines : Asked, number, text);
    }

    /// <summary>What is wrong with a batch, should the store take it; null where nothing is.</summary>
    public InvariantBrokenException? Judge(CommitBatch batch)
    {
        try
        {
            commits.Check(batch);
            return null;
        }
        catch (InvariantBrokenException broken)
        {
            return broken;
        }
    }

    public void Committed(CommitBatch batch, CommitAnswer answer, InvariantBrokenException? broken)
    {
        transcript.Note($"commit of {batch.Entries.Count}: {answer.GetType().Name}");
        figures.Count($"commits: {answer.GetType().Name}");
        if (answer is not CommitAnswer.Committed) return;
        _broken ??= broken;
        foreach (var entry in batch.Entries) figures.Count(entry.Receipt.IsAccepted ? "transactions accepted" : $"transactions rejected: {entry.Receipt.Code}");
    }

    public void Saved(WrittenTransaction written)
    {
        figures.Count("transactions written by clients");
        transcript.Note($"saved {written.TxId}");
    }

    public void Answered(ClientNode node, WrittenTransaction written)
    {
        transcript.Note($"{node.Number} answered {written.TxId} {written.Receipt!.IsAccepted}");
        try
        {
            views.Answered(node, written);
        }
        catch (InvariantBrokenException broken)
        {
            _broken ??= broken;
        }
    }

    /// <summary>Looks at what must hold at every moment.</summary>
    /// <exception cref="InvariantBrokenException">It does not.</exception>
    public void Look(IEnumerable<ClientNode> clients)
    {
        transcript.CheckThread();
        if (_broken is { } broken) throw broken;
        foreach (var client in clients)
        {
            if (!client.IsTold) continue;
            client.IsTold = false;
            views.Look(client);
        }
    }

    private void Keep(int client, int number, string text)
    {
        if (!_watcherFrames.TryGetValue((client, number), out var sent)) _watcherFrames[(client, number)] = sent = [];
        sent.Add($"{client}.{number} {_tokens.Name(text)}");
    }

    private void Check(string user, ReadOnlySpan<byte> frame)
    {
        try
        {
            frames.Check(user, frame);
        }
        catch (InvariantBrokenException broken)
        {
            _broken ??= broken;
        }
    }
}
