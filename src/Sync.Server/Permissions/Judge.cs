using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>
/// Runs the read rules over <see cref="RecordSource"/>. What they ask for and is not known is loaded and they run again, a bounded number of
/// rounds, then there is no access. Callers that are the app's own code may read everything. Whatever goes to a user comes from here: rules see whole records, and
/// what they let through is without the fields that never leave the server.
/// </summary>
internal sealed class Judge(SyncModel model, RuleBook rules, RecordSource source)
{
    /// <summary>Most rounds of loading what rules ask for.</summary>
    public const int MaxRounds = 8;

    /// <summary>The live records with these keys that the caller may read, as they are now: records and what the rules looked at are of one revision.</summary>
    public async ValueTask<ReadableRecords> ReadAsync(Caller caller, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var readable = new List<Record>();
        var (revision, dependencies) = await RunAsync(
            (related, reads) =>
            {
                readable.Clear();
                foreach (var key in keys)
                {
                    if (reads.Take(key, related) is { } record && reads.Take(rules.MayRead(caller, record, related))) readable.Add(Reveal(caller, record));
                }
            },
            cancellationToken).ConfigureAwait(false);
        return new ReadableRecords(revision, readable, dependencies);
    }

    /// <summary>
    /// What the rules say of records as they are given: use it for records of a query. Completes at once when all that the rules look at is known.
    /// </summary>
    public async ValueTask<ReadJudgement> MayReadAsync(Caller caller, IReadOnlyList<Record> records, CancellationToken cancellationToken)
    {
        var seen = new Record?[records.Count];
        var (revision, dependencies) = await RunAsync(
            (related, reads) =>
            {
                for (var i = 0; i < records.Count; i++) seen[i] = reads.Take(rules.MayRead(caller, records[i], related)) ? Reveal(caller, records[i]) : null;
            },
            cancellationToken).ConfigureAwait(false);
        return new ReadJudgement(revision, seen, dependencies, OutdatedAmong(records));
    }

    /// <summary>Conditions that hold for all that a caller may read of a table. Where the rule threw or came to no end: one that holds for nothing.</summary>
    public async ValueTask<ReadableJudgement> ReadableAsync(Caller caller, string table, CancellationToken cancellationToken)
    {
        ImmutableArray<QueryCondition>? conditions = null;
        var (_, dependencies) = await RunAsync(
            (related, reads) => conditions = !reads.Take(rules.Readable(caller, table, related, out var known)) ? Nothing : known.IsEmpty ? null : known,
            cancellationToken).ConfigureAwait(false);
        return new ReadableJudgement(conditions, dependencies);
    }

    /// <summary>First over what is known, if nothing is committed meanwhile; else over a snapshot of all that was asked for, until nothing more is.</summary>
    private async ValueTask<(Revision Revision, Dependencies Dependencies)> RunAsync(Action<IRelatedSource, RuleReadsOfRun> run, CancellationToken cancellationToken)
    {
        var head = source.Head;
        var reads = new RuleReadsOfRun();
        run(source, reads);
        if (!reads.IsMissing && source.Head == head) return (head, reads.ToDependencies());

        for (var round = 0; ; round++)
        {
            var snapshot = await source.SnapshotAsync(reads.Keys, reads.Lookups, cancellationToken).ConfigureAwait(false);
            reads.StartAgain();
            run(snapshot, reads);
            if (!reads.IsMissing || round == MaxRounds) return (snapshot.Revision, reads.ToDependencies());
        }
    }

    private Record Reveal(Caller caller, Record record) => caller.IsApp ? record : model.Find(record.Table)!.Reveal(record);

    private RecordKey[] OutdatedAmong(IReadOnlyList<Record> records) =>
        [.. records.Where(record => source.TryGet(record.Key, out var now) && now is not null && now.Version > record.Version).Select(record => record.Key)];

    private static ImmutableArray<QueryCondition> Nothing { get; } = [new QueryCondition.AnyOf(FieldPath.Id, [])];
}
