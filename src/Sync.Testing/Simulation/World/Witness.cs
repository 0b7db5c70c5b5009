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
    private readonly SortedDictionary<(int Client, int Number), List<string>> _watcherFrames = [];
    private InvariantBrokenException? _broken;

    public Figures Figures => figures;

    /// <summary>What the watcher's sessions were sent, one line a frame, in the order of sessions: which of two sessions is served first may tell.</summary>
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
        if (user == watcher) Keep(link, frame);
        try
        {
            frames.Check(user, frame);
        }
        catch (InvariantBrokenException broken)
        {
            _broken ??= broken;
        }
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

    private void Keep(SimulatedLink link, ReadOnlySpan<byte> frame)
    {
        if (!_watcherFrames.TryGetValue((link.Client, link.Number), out var sent)) _watcherFrames[(link.Client, link.Number)] = sent = [];
        sent.Add($"{link.Client}.{link.Number} {Encoding.UTF8.GetString(frame)}");
    }
}
