using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>
/// One run of the decision, as a list of checks in order: the first that has an answer ends it. The order is a promise (docs/protocol.md): it fixes which code is told
/// where several hold, and what existence a code may give away.
/// </summary>
internal sealed class DecisionRun(Decider decider, Proposal proposal, IRelatedSource snapshot, DateTimeOffset now, bool isLastRound, ICollection<RuleQuestion>? asked)
{
    private readonly Caller _caller = proposal.Caller;
    private readonly Transaction _transaction = proposal.Transaction;
    private readonly TransactionDraft _draft = new(snapshot);
    private readonly Missing _missing = new();
    private readonly List<Operation> _carriedOut = [];
    private readonly List<int> _failedConditions = [];
    private readonly HashSet<RecordKey> _hiddenTombstones = [];

    private ImmutableArray<BaseVersion> BaseVersions => _transaction.BaseVersions.IsDefault ? [] : _transaction.BaseVersions;

    public Decision Decide() =>
        CheckStoredReceipt()
        ?? CheckClient()
        ?? AcceptSessionsEnd()
        ?? CheckTables()
        ?? TouchRecords()
        ?? CheckReadAccess()
        ?? ApplyOperations()
        ?? BringToStoredForm()
        ?? CheckBaseVersions()
        ?? JudgeWrites()
        ?? Accept();

    private Decision? CheckStoredReceipt()
    {
        if (proposal.Receipt is not { } stored) return null;
        return stored.ContentHash.Span.SequenceEqual(proposal.ContentHash.Span)
            ? new Decision.Duplicate(stored)
            : Refuse(ErrorCodes.TxIdReused, "This txId was used for other content. Give each transaction an id of its own.");
    }

    private Decision? CheckClient()
    {
        if (proposal.Client is not { } client || proposal.Position is not { } position) return null;
        if (position.AuthorId != _caller.UserId) return Refuse(ErrorCodes.NotAllowed, "This client id belongs to another user.");
        return client.Seq > position.LastSeq ? null : Refuse(ErrorCodes.TxExpired, "This place of the client's queue was decided, and its receipt is no longer kept.");
    }

    private Decision.Accepted? AcceptSessionsEnd() => proposal.EndsSessionsOf is { } user ? Accept() with { Operations = SessionsEnd.OperationsFor(user) } : null;

    private Decision? CheckTables()
    {
        foreach (var operation in _transaction.Operations)
        {
            if (Table(operation.Key) is null) return Reject(SyncModel.UnknownTable(operation.Key.Table));
        }
        foreach (var expected in BaseVersions)
        {
            if (Table(expected.Key) is null) return Reject(SyncModel.UnknownTable(expected.Key.Table));
        }
        return null;
    }

    private Decision? TouchRecords()
    {
        foreach (var operation in _transaction.Operations)
        {
            if (snapshot.TryGet(operation.Key, out var record)) _draft.Touch(operation.Key, record, isNamed: true);
            else _missing.Add(operation.Key);
        }
        foreach (var expected in BaseVersions)
        {
            if (!snapshot.TryGet(expected.Key, out _)) _missing.Add(expected.Key);
        }
        return Ask();
    }

    /// <summary>
    /// What is missing and what may not be read are answered alike, to the letter. A create needs no access: a taken id is told to everybody. So an id stays taken where what
    /// had it was deleted and may not be read: else a create would tell of the deletion, and its version of all that was there.
    /// </summary>
    private Decision? CheckReadAccess()
    {
        var seen = new HashSet<RecordKey>();
        Decision? rejected = null;
        foreach (var operation in _transaction.Operations)
        {
            if (!seen.Add(operation.Key)) continue;
            snapshot.TryGet(operation.Key, out var record);
            if (operation is Operation.Create)
            {
                if (record is { IsDeleted: true } && !MayRead(AsItWas(record))) _hiddenTombstones.Add(record.Key);
                continue;
            }
            var target = operation is Operation.Restore && record is { IsDeleted: true } ? AsItWas(record) : record;
            if (!MayRead(target)) rejected ??= Reject(NotFound(operation.Key));
        }
        return Ask() ?? rejected;
    }

    private Decision? ApplyOperations()
    {
        try
        {
            for (var i = 0; i < _transaction.Operations.Length; i++)
            {
                if (Apply(_transaction.Operations[i], i) is { } error) return Reject(error);
            }
        }
        catch (LookupTooBroadException)
        {
            return RefuseCascade();
        }
        return _carriedOut.Count <= MaxCarriedOut ? Ask() : RefuseCascade();
    }

    private Decision.Refused RefuseCascade() =>
        Refuse(ErrorCodes.TooManyOperations, $"With what it deletes along, the transaction would have more than {MaxCarriedOut} operations.");

    private ApplyError? Apply(Operation operation, int index)
    {
        var table = Table(operation.Key)!;
        if ((_caller.IsApp ? table.CheckOfApp(operation) : table.Check(operation)) is { } refused) return refused;

        var entry = _draft.Touch(operation.Key, null, isNamed: true);
        var meant = table.Normalize(operation);
        if (!_caller.IsApp) meant = table.Unveil(meant, entry.Current);
        var carriedOut = table.Translate(meant, entry.Current);
        var result = Operations.Apply(_hiddenTombstones.Contains(operation.Key) ? AsItWas(entry.Current!) : entry.Current, carriedOut, now);
        if (result.Error is { } error) return error.Code == ErrorCodes.NotFound ? NotFound(operation.Key) : error;

        entry.Current = result.Record;
        _carriedOut.Add(carriedOut);
        if (result.ConditionFailed) _failedConditions.Add(index);
        else if (carriedOut is Operation.Delete) Cascade(operation.Key);
        return null;
    }

    private void Cascade(RecordKey parent)
    {
        foreach (var cascade in decider.Cascades.Where(cascade => cascade.ParentTable == parent.Table))
        {
            var lookup = new RelatedLookup(cascade.ChildTable, cascade.ChildField, CanonicalJson.From(parent.Id));
            if (!_draft.Running.TryFind(lookup, out var children))
            {
                _missing.Add(lookup);
                continue;
            }

            foreach (var child in children)
            {
                if (_carriedOut.Count > MaxCarriedOut) return;
                CarryAlong(cascade, child);
            }
        }
    }

    private void CarryAlong(StoreCascade cascade, Record child)
    {
        var entry = _draft.Touch(child.Key, child, isNamed: false);
        Operation operation = cascade.Action == CascadeAction.Delete
            ? new Operation.Delete(child.Key)
            : new Operation.Set(child.Key, cascade.ChildField, CanonicalJson.Null);
        var result = Operations.Apply(entry.Current, operation, now);
        entry.Current = result.Record ?? throw new InvalidOperationException($"A cascade could not be applied: {result.Error?.Code}");
        _carriedOut.Add(operation);
        if (operation is Operation.Delete) Cascade(child.Key);
    }

    private Decision? BringToStoredForm()
    {
        foreach (var entry in _draft.Entries)
        {
            if (!entry.IsChanged || entry.Current is not { IsDeleted: false } record) continue;

            var normalized = decider.Normalize(record.Key, record.Fields, now);
            if (normalized.Error is { } refused) return Reject(entry.IsNamed ? refused : CannotGoAlong);
            if (normalized.Fields != record.Fields) entry.Current = record = new Record(record.Key, record.Version, normalized.Fields);
            if (Validate(record) is { } invalid) return Reject(entry.IsNamed ? invalid : CannotGoAlong);
        }
        return null;
    }

    /// <summary>What a delete would take along may be hidden: nothing is said of it but what a database says.</summary>
    private static ApplyError CannotGoAlong => new(ErrorCodes.Constraint, "A constraint of the database does not hold for this change.");

    private ApplyError? Validate(Record record)
    {
        var table = decider.Model.Find(record.Table)!;
        if (table.Validate(record) is not { } fault) return null;

        // What is wrong with a field that users must not know of is not told by its name.
        var isHidden = !_caller.IsApp && table.HasServerOnlyFields && fault.Code == ErrorCodes.InvalidRecord && table.Validate(table.Reveal(record)) is null;
        return isHidden ? new ApplyError(ErrorCodes.InvalidRecord, $"A record of \"{record.Table}\" does not fit its type.") : fault;
    }

    /// <summary>What may not be read counts as no record, so that a precondition finds out nothing.</summary>
    private Decision? CheckBaseVersions()
    {
        Decision? rejected = null;
        foreach (var expected in BaseVersions)
        {
            snapshot.TryGet(expected.Key, out var record);
            var version = MayRead(record) ? record!.Version : 0;
            if (version != expected.Version)
                rejected ??= Reject(ErrorCodes.VersionConflict, $"{expected.Key} is not at version {expected.Version}: it was changed, or made, or it is gone.");
        }
        return Ask() ?? rejected;
    }

    private Decision? JudgeWrites()
    {
        Decision? rejected = null;
        foreach (var entry in _draft.Entries)
        {
            if (!entry.IsNamed || !entry.IsChanged) continue;
            var outcome = decider.Rules.MayWrite(_caller, entry.Key, entry.Before, entry.Current, _draft.ForRules);
            asked?.Add(new RuleQuestion(entry.Key, true, outcome));
            if (IsOpen(outcome)) continue;
            if (!outcome.IsAllowed)
                rejected ??= Reject((outcome as RuleOutcome.Denied)?.Code ?? ErrorCodes.NotAllowed, $"You may not make this change to {entry.Key}.", status: 403);
        }
        return Ask() ?? rejected;
    }

    private Decision.Accepted Accept()
    {
        TransactionDraft.Entry[] changed = [.. _draft.Entries.Where(entry => entry.IsChanged)];
        var receipt = new Receipt
        {
            TxId = _transaction.TxId,
            AuthorId = _caller.UserId,
            IsAccepted = true,
            Now = now,
            Versions = [.. changed.Where(entry => entry.IsNamed).Select(entry => new VersionStep(entry.Key, entry.Before?.Version ?? 0, entry.Current!.Version))],
            FailedConditions = [.. _failedConditions],
        };
        return new Decision.Accepted(
            receipt,
            [.. changed.Select(entry => new RecordChange(entry.Before, entry.Current!))],
            CanonicalJson.List(_carriedOut.Select(ProtocolCodec.ToJson)));
    }

    /// <summary>A tombstone's last image.</summary>
    private static Record AsItWas(Record tombstone) => new(tombstone.Key, tombstone.Version, tombstone.Fields);

    private bool MayRead(Record? record)
    {
        if (record is null or { IsDeleted: true }) return false;
        var outcome = decider.Rules.MayRead(_caller, record, snapshot);
        asked?.Add(new RuleQuestion(record.Key, false, outcome));
        return !IsOpen(outcome) && outcome.IsAllowed;
    }

    /// <summary>True for an answer that waits for what the rule asked for.</summary>
    private bool IsOpen(RuleOutcome outcome)
    {
        if (isLastRound || outcome is not RuleOutcome.Needs needs) return false;
        _missing.Add(needs.Missing);
        return true;
    }

    private Decision? Ask() => _missing.ToDecision();

    private int MaxCarriedOut => Math.Max(decider.Options.MaxOperationsPerTransaction, decider.Options.MaxCascadedOperations);

    /// <summary>The table, unless it is one that this caller must not know of.</summary>
    private TableModel? Table(RecordKey key) => decider.Model.Find(key.Table) is { } table && (_caller.IsApp || !table.IsServerOnly) ? table : null;

    private static ApplyError NotFound(RecordKey key) => new(ErrorCodes.NotFound, $"There is no {key}, or you may not read it.");

    private static Decision.Refused Refuse(string code, string message) => new(new Refusal(code, message));

    private Decision.Rejected Reject(ApplyError error) => Reject(error.Code, error.Message, StatusOf(error.Code));

    private Decision.Rejected Reject(string code, string message, int? status = null) => new(Rejection.Of(proposal, now, code, message, status));

    private static int StatusOf(string code) => ErrorCodes.StatusOf(code);
}
