namespace Sync.Server;

/// <summary>A group of transactions as far as it is decided: what will be committed, and what each submission came to.</summary>
internal sealed class GroupDraft(RecordSource source, RecentDecisions recent, FillRandom random)
{
    private readonly List<(Submission Submission, Decision Decision)> _decisions = [];
    private readonly List<(Submission Submission, CommitEntry Entry)> _entries = [];
    private readonly Dictionary<TransactionId, StoredReceipt> _receipts = [];
    private readonly Dictionary<TransactionId, IReadOnlyList<RecordChange>> _changes = [];
    private readonly Dictionary<string, ClientPosition> _positions = new(StringComparer.Ordinal);

    public WorkingSnapshot Snapshot { get; } = new(source);
    public int EntryCount => _entries.Count;
    public Submission SubmissionOf(int entryIndex) => _entries[entryIndex].Submission;

    public CommitBatch ToBatch() => new([.. _entries.Select(entry => entry.Entry)], Snapshot.Expected, Snapshot.ExpectedLookups);

    /// <summary>A submission with what is known of earlier decisions, those of this group included; null where the store must be asked again.</summary>
    public Proposal? ProposalOf(Submission submission)
    {
        var (id, client, earlier) = (submission.Id, submission.Client, submission.Earlier);
        var receipt = _receipts.GetValueOrDefault(id) ?? recent.Find(id) ?? earlier.Receipt;
        var position = client is { } numbered ? _positions.GetValueOrDefault(numbered.ClientId) ?? recent.FindClient(numbered.ClientId) : null;
        if (!recent.CoversSince(earlier.Generation) && (receipt is null || (client is not null && position is null))) return null;
        return submission.Proposal with { Receipt = receipt, Position = position ?? earlier.Position };
    }

    public void Add(Submission submission, Decision decision)
    {
        _decisions.Add((submission, decision));
        switch (decision)
        {
            case Decision.Accepted accepted:
                Snapshot.Accept(accepted.Changes);
                AddEntry(submission, accepted.Receipt, accepted.Changes, accepted.Operations);
                break;
            case Decision.Rejected rejected:
                AddEntry(submission, rejected.Receipt, [], CanonicalJson.EmptyList);
                break;
        }
    }

    /// <summary>Gives the accepted entries their revisions, and their changes the form in which they are stored.</summary>
    public (IReadOnlyList<Commit> Commits, IReadOnlyList<(StoredReceipt Receipt, ClientPosition? Position)> Receipts) Number(CommitAnswer.Committed committed)
    {
        var commits = new List<Commit>();
        var receipts = new List<(StoredReceipt, ClientPosition?)>();
        var next = committed.First;
        for (var i = 0; i < _entries.Count; i++)
        {
            var entry = _entries[i].Entry;
            var revision = entry.Receipt.IsAccepted ? next : Revision.None;
            if (entry.Receipt.IsAccepted)
            {
                var changes = _changes[entry.Id] = committed.AsStored.GetValueOrDefault(i, entry.Changes);
                commits.Add(new Commit(revision, entry.Mark, entry.Id, changes));
                next = next.Next;
            }

            var stored = new StoredReceipt(entry.Id, entry.ContentHash, revision, entry.Receipt);
            _receipts[entry.Id] = stored;
            receipts.Add((stored, entry.Client));
        }
        return (commits, receipts);
    }

    /// <summary>What to tell each submission once the group is committed.</summary>
    public IEnumerable<(Submission Submission, Outcome? Outcome)> Outcomes => _decisions.Select(decided => (decided.Submission, (Outcome?)OutcomeOf(decided.Decision)));

    /// <summary>What to tell those whose answer does not depend on the commit; null for the others.</summary>
    public IEnumerable<(Submission Submission, Outcome? Outcome)> OutcomesWithoutCommit =>
        _decisions.Select(decided => (decided.Submission, IsSettled(decided.Decision) ? OutcomeOf(decided.Decision) : null));

    private void AddEntry(Submission submission, Receipt receipt, IReadOnlyList<RecordChange> changes, CanonicalJson operations)
    {
        var hash = submission.Proposal.ContentHash;
        var position = submission.Client is { } client ? new ClientPosition(client.ClientId, submission.Id.AuthorId, client.Seq) : null;
        _entries.Add((submission, new CommitEntry(submission.Id, hash, receipt, changes, operations, position, NewMark())));
        _receipts[submission.Id] = new StoredReceipt(submission.Id, hash, Revision.None, receipt);
        if (position is not null) _positions[position.ClientId] = position;
    }

    private bool IsSettled(Decision decision) => decision switch
    {
        Decision.Refused => true,
        Decision.Duplicate duplicate => !_receipts.ContainsKey(duplicate.Stored.Id),
        _ => false,
    };

    private Outcome OutcomeOf(Decision decision) => decision switch
    {
        Decision.Accepted accepted => Outcome.Of(ReceiptOf(accepted.Receipt), _changes[IdOf(accepted.Receipt)]),
        Decision.Rejected rejected => Outcome.Of(ReceiptOf(rejected.Receipt)),
        Decision.Duplicate duplicate => Outcome.Of(_receipts.GetValueOrDefault(duplicate.Stored.Id, duplicate.Stored)),
        Decision.Refused refused => Outcome.Of(refused.Refusal),
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Not an end of a decision."),
    };

    private StoredReceipt ReceiptOf(Receipt receipt) => _receipts[IdOf(receipt)];

    private static TransactionId IdOf(Receipt receipt) => new(receipt.AuthorId, receipt.TxId);

    private ulong NewMark()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
