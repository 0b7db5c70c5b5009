using Sync.Server;

namespace Sync.Crash.Tests;

/// <summary>Holds what was done and seen against the log and the records. Linear in their number but for sorting.</summary>
internal sealed class HistoryChecker
{
    private readonly History _history;
    private readonly List<Violation> _violations = [];
    private readonly Dictionary<string, Attempt> _writeOf = [];
    private readonly Dictionary<string, Logged> _entryOf = [];
    private readonly Dictionary<RecordKey, List<Record>> _versionsOf = [];

    private HistoryChecker(History history) => _history = history;

    public static IReadOnlyList<Violation> Check(History history)
    {
        var checker = new HistoryChecker(history);
        checker.CheckLog();
        checker.CheckWrites();
        var state = checker.Replay();
        checker.CheckTime();
        checker.CheckLooks();
        checker._violations.AddRange(Dependencies.Check(history, checker._entryOf));
        checker.CheckEnd(state);
        return checker._violations;
    }

    /// <summary>Whether clients have what the tables have; no more.</summary>
    public static IReadOnlyList<Violation> CheckShown(History history)
    {
        var checker = new HistoryChecker(history);
        foreach (var shown in history.Shown) checker.Compare(shown, history.Stored);
        return checker._violations;
    }

    private void Add(Fault fault, string about) => _violations.Add(new Violation(fault, about));

    private void CheckLog()
    {
        foreach (var write in _history.Writes) _writeOf.Add(write.Mark, write);
        var ids = new HashSet<(string, string)>();
        var revision = 0L;
        foreach (var entry in _history.Log)
        {
            if (entry.Revision != ++revision) Add(Fault.Gap, $"revision {entry.Revision} where {revision} should be");
            revision = entry.Revision;
            if (!ids.Add((entry.Author, entry.TxId))) Add(Fault.Doubled, $"{entry.TxId} of {entry.Author}");
            if (!_entryOf.TryAdd(entry.Mark, entry)) Add(Fault.Doubled, entry.Mark);
            if (_writeOf.GetValueOrDefault(entry.Mark) is not { Outcome: not Outcome.Rejected }) Add(Fault.Uncalled, $"{entry.Mark} at revision {entry.Revision}");
        }
    }

    private void CheckWrites()
    {
        foreach (var write in _history.Writes.Where(w => w.Outcome == Outcome.Accepted))
        {
            if (!_entryOf.TryGetValue(write.Mark, out var entry))
            {
                Add(Fault.Lost, $"{write.Mark} of {write.Writer}");
                continue;
            }
            var told = write.Versions.Select(step => (step.Key, step.Before, step.After)).ToHashSet();
            if (told.Count > 0 && !told.SetEquals(entry.Changes.Select(c => (c.Key, c.Before?.Version ?? 0, c.After.Version)))) Add(Fault.OtherThanTold, write.Mark);
        }
    }

    /// <summary>Carries the log out once more, from nothing. Returns what there is in the end.</summary>
    private Dictionary<RecordKey, Record> Replay()
    {
        var state = new Dictionary<RecordKey, Record>();
        foreach (var entry in _history.Log)
        {
            foreach (var change in entry.Changes)
            {
                var before = state.GetValueOrDefault(change.Key);
                if ((change.Before?.Version ?? 0) != (before?.Version ?? 0) || change.After.Version <= (before?.Version ?? 0))
                    Add(Fault.LostUpdate, $"{change.Key} goes {change.Before?.Version ?? 0} -> {change.After.Version} at revision {entry.Revision}, and was at {before?.Version ?? 0}");
                else if (entry.Operations.Count > 0 && Applied(before, entry, change.Key) is var made && !AreEqual(made, change.After))
                    Add(Fault.OtherEffect, $"{change.Key} at revision {entry.Revision}: {change.After.Fields} and not {made?.Fields}");
                state[change.Key] = change.After;
                if (!_versionsOf.TryGetValue(change.Key, out var versions)) _versionsOf.Add(change.Key, versions = []);
                versions.Add(change.After);
            }
        }
        return state;
    }

    private static Record? Applied(Record? record, Logged entry, RecordKey key)
    {
        foreach (var operation in entry.Operations.Where(o => o.Key == key)) record = Operations.Apply(record, operation, entry.At).Record;
        return record;
    }

    /// <summary>Two that did not overlap stand in the log as they came.</summary>
    private void CheckTime()
    {
        Attempt? latest = null;
        foreach (var entry in _history.Log)
        {
            if (!_writeOf.TryGetValue(entry.Mark, out var write)) continue;
            if (write.Outcome == Outcome.Accepted && latest is not null && latest.Began > write.Ended)
                Add(Fault.AgainstTime, $"{latest.Mark} began at {latest.Began} and stands before {write.Mark}, which was acknowledged at {write.Ended}");
            if (latest is null || write.Began > latest.Began) latest = write;
        }
    }

    private void CheckLooks()
    {
        var acknowledged = _history.Writes.Where(w => w.Outcome == Outcome.Accepted && _entryOf.ContainsKey(w.Mark)).ToLookup(w => w.Writer);
        foreach (var session in _history.Looks.GroupBy(look => look.Session))
        {
            var own = new Queue<Attempt>(acknowledged[session.Key].OrderBy(w => w.Ended));
            var floors = new Dictionary<RecordKey, long>();
            foreach (var look in session)
            {
                while (own.TryPeek(out var write) && write.Ended <= look.At)
                {
                    foreach (var change in _entryOf[own.Dequeue().Mark].Changes) floors[change.Key] = Math.Max(floors.GetValueOrDefault(change.Key), change.After.Version);
                }
                CheckLook(look, floors.GetValueOrDefault(look.Key));
                floors[look.Key] = Math.Max(floors.GetValueOrDefault(look.Key), look.Version ?? 0);
            }
        }
    }

    private void CheckLook(Seen look, long floor)
    {
        var versions = _versionsOf.GetValueOrDefault(look.Key) ?? [];
        if (look.Version is not { } version)
        {
            if (floor > 0 && !versions.Exists(v => v.IsDeleted && v.Version >= floor)) Add(Fault.StaleRead, $"{look.Session} does not see {look.Key} at {look.At}, which it knows at version {floor} and nobody has deleted since");
            return;
        }
        if (version < floor) Add(Fault.StaleRead, $"{look.Session} sees {look.Key} at version {version} at {look.At}, and knows {floor}");
        else if (versions.BinarySearch(new Record(look.Key, version, CanonicalJson.EmptyObject), ByVersion) is var at && (at < 0 || versions[at].IsDeleted)) Add(Fault.StaleRead, $"{look.Session} sees {look.Key} at version {version}, which never was");
    }

    private static Comparer<Record> ByVersion { get; } = Comparer<Record>.Create((left, right) => left.Version.CompareTo(right.Version));

    private void CheckEnd(Dictionary<RecordKey, Record> state)
    {
        var live = state.Values.Where(record => !record.IsDeleted).ToList();
        Compare("the tables", live, _history.Stored);
        foreach (var shown in _history.Shown) Compare(shown, live);
    }

    private void Compare(Shown shown, IEnumerable<Record> live) => Compare($"{shown.Session}, {shown.Query.Key}", [.. live.Where(shown.Query.Matches)], shown.Rows);

    private void Compare(string where, IReadOnlyCollection<Record> expected, IReadOnlyCollection<Record> found)
    {
        var rows = found.ToDictionary(record => record.Key);
        foreach (var record in expected)
        {
            if (!rows.Remove(record.Key, out var row)) Add(Fault.NotConverged, $"{where}: {record.Key} is not there");
            else if (!AreEqual(record, row)) Add(Fault.NotConverged, $"{where}: {record.Key} is {row.Version} {row.Fields} and not {record.Version} {record.Fields}");
        }
        foreach (var key in rows.Keys) Add(Fault.NotConverged, $"{where}: {key} is there and should not be");
    }

    private static bool AreEqual(Record? left, Record right) =>
        left is not null && left.Version == right.Version && left.IsDeleted == right.IsDeleted && left.Fields.Utf8.Span.SequenceEqual(right.Fields.Utf8.Span);
}
