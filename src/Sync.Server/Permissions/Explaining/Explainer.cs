using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>Runs the rules as reads and writes run them, and keeps what they otherwise only conclude from.</summary>
internal sealed class Explainer(SyncModel model, RuleBook rules, RecordSource source, Decider decider, BuiltWrites built, TimeProvider time)
{
    private static readonly Caller s_reader = Caller.App("explain");

    public async ValueTask<ReadExplanation> ReadAsync(Caller caller, RecordKey key, CancellationToken cancellationToken)
    {
        if (model.Find(key.Table) is not { } table) return Plain(caller, key, null, false, $"no table \"{key.Table}\" is registered.");

        var snapshot = await source.SnapshotAsync([key], [], cancellationToken).ConfigureAwait(false);
        snapshot.TryGet(key, out var record);
        if (record is null) return Plain(caller, key, null, false, "there is no such record.");
        if (record.IsDeleted) return Plain(caller, key, record, false, "it is deleted.");
        if (caller.IsApp) return Plain(caller, key, record, true, "the app's own code may read everything.");
        if (table.IsServerOnly) return Plain(caller, key, record, false, $"the table \"{table.Name}\" never leaves the server.");
        if (rules.NameOf(table.Name) is not { } name)
            return Plain(caller, key, record, false, $"the table \"{table.Name}\" has no rules. Add AddPermissions<{table.RecordType.Name}, …>() behind AddSyncServer(…).");
        if (!table.CanRead(record)) return Plain(caller, key, record, false, $"{table.RecordType.Name} can't read it: {table.Validate(record)?.Message ?? "it does not fit the type."}");

        var read = await AskAsync(related => rules.MayRead(caller, record, related), "MayRead", name, key, cancellationToken).ConfigureAwait(false);
        var conditions = ImmutableArray<QueryCondition>.Empty;
        var readable = await AskAsync(related => rules.Readable(caller, table.Name, related, out conditions), "Readable", name, key, cancellationToken).ConfigureAwait(false);
        var isSoftDeleted = table.IsDeleted(record);
        return new ReadExplanation
        {
            UserId = caller.UserId,
            Key = key,
            Version = record.Version,
            MayRead = read.IsAllowed && !isSoftDeleted,
            Reason = !read.IsAllowed ? "the read rule does not allow it." : isSoftDeleted ? "the rule allows it, but it is soft-deleted." : "the read rule allows it.",
            Rule = read,
            Readable = readable,
            Conditions = conditions,
            MeetsConditions = readable.IsAllowed && new Query { Table = table.Name, Where = conditions }.Matches(record),
        };
    }

    public async ValueTask<WriteExplanation> WriteAsync(Caller caller, Action<TransactionBuilder> build, CancellationToken cancellationToken)
    {
        // Built by what there is, not by what the caller may read: else nothing could be said of a record that may not be.
        var (transaction, refusal) = await built.BuildAsync(s_reader, caller, build, cancellationToken).ConfigureAwait(false);
        if (refusal is null && transaction.Operations.IsEmpty) return new WriteExplanation { UserId = caller.UserId, IsAllowed = true };
        refusal ??= Admission.Check(caller, transaction, null, decider.Options, out _);
        if (refusal is not null) return new WriteExplanation { UserId = caller.UserId, IsAllowed = false, Code = refusal.Code, Message = refusal.Message };

        var (proposal, now, known) = (new Proposal(caller, transaction, default, null), time.GetUtcNow(), new Known(source));
        for (var round = 0; ; round++)
        {
            var asked = new List<RuleQuestion>();
            var decision = decider.Decide(proposal, known.Snapshot, now, isLastRound: round >= Judge.MaxRounds, asked);
            if (decision is Decision.Needs needs && round <= Judge.MaxRounds)
            {
                await known.LoadAsync(needs.Keys, needs.Lookups, cancellationToken).ConfigureAwait(false);
                continue;
            }

            (bool IsAllowed, string? Code, string? Message) told = decision switch
            {
                Decision.Accepted => (true, null, null),
                Decision.Rejected { Receipt: var receipt } => (false, receipt.Code, receipt.Message),
                Decision.Refused { Refusal: var refused } => (false, refused.Code, refused.Message),
                Decision.Needs => (false, ErrorCodes.Busy, "It asked for more records each time that it was decided."),
                _ => throw new InvalidOperationException($"No explanation for {decision.GetType().Name}."),
            };
            return new WriteExplanation
            {
                UserId = caller.UserId,
                IsAllowed = told.IsAllowed,
                Code = told.Code,
                Message = told.Message,
                Rounds = round,
                Rules = [.. asked.Select(question => Explain(question.Outcome, question.IsWrite ? "MayWrite" : "MayRead", rules.NameOf(question.Key.Table), question.Key, round, known.Snapshot))],
            };
        }
    }

    private async ValueTask<RuleExplanation> AskAsync(Func<IRelatedSource, RuleOutcome> ask, string question, string name, RecordKey key, CancellationToken cancellationToken)
    {
        var known = new Known(source);
        for (var round = 0; ; round++)
        {
            var outcome = ask(known.Snapshot);
            if (outcome is not RuleOutcome.Needs needs || round > Judge.MaxRounds) return Explain(outcome, question, name, key, round, known.Snapshot);
            await known.LoadAsync(needs.Missing.Keys, needs.Missing.Lookups, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RuleExplanation Explain(RuleOutcome outcome, string question, string? name, RecordKey key, int rounds, IRelatedSource snapshot) => new()
    {
        Rules = name ?? "no rules",
        Question = question,
        Key = key,
        IsAllowed = outcome.IsAllowed,
        Code = question == "MayWrite" ? (outcome as RuleOutcome.Denied)?.Code : null,
        Fault = (outcome as RuleOutcome.Denied)?.Fault,
        IsCutShort = outcome is RuleOutcome.Needs,
        Rounds = rounds,
        Related = [.. outcome.Reads.Keys.Select(asked => Read(asked, snapshot)), .. outcome.Reads.Lookups.Select(asked => Read(asked, snapshot))],
    };

    private static RelatedRead Read(RecordKey key, IRelatedSource snapshot)
    {
        var isLoaded = snapshot.TryGet(key, out var record);
        return new RelatedRead { Table = key.Table, Id = key.Id, IsNotLoaded = !isLoaded, Found = record is { IsDeleted: false } ? [new VersionedKey(key, record.Version)] : [] };
    }

    private static RelatedRead Read(RelatedLookup lookup, IRelatedSource snapshot)
    {
        var read = new RelatedRead { Table = lookup.Table, Field = lookup.Field, Value = lookup.Value };
        try
        {
            return snapshot.TryFind(lookup, out var found) ? read with { Found = [.. found.Select(record => new VersionedKey(record.Key, record.Version))] } : read with { IsNotLoaded = true };
        }
        catch (LookupTooBroadException)
        {
            return read with { IsTooMany = true };
        }
    }

    private static ReadExplanation Plain(Caller caller, RecordKey key, Record? record, bool mayRead, string reason) =>
        new() { UserId = caller.UserId, Key = key, Version = record?.Version ?? 0, MayRead = mayRead, Reason = reason };

    /// <summary>All that was asked for so far, at one revision. Nothing is known from before, so that the rounds are counted as from cold.</summary>
    private sealed class Known(RecordSource source)
    {
        private readonly HashSet<RecordKey> _keys = [];
        private readonly HashSet<RelatedLookup> _lookups = [];

        public Snapshot Snapshot { get; private set; } = new(Revision.None, new Dictionary<RecordKey, Record?>(), new Dictionary<RelatedLookup, FoundRecords>());

        public async ValueTask LoadAsync(IEnumerable<RecordKey> keys, IEnumerable<RelatedLookup> lookups, CancellationToken cancellationToken)
        {
            _keys.UnionWith(keys);
            _lookups.UnionWith(lookups);
            Snapshot = await source.SnapshotAsync(_keys, _lookups, cancellationToken).ConfigureAwait(false);
        }
    }
}
