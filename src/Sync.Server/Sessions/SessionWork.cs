namespace Sync.Server;

/// <summary>What one step may bring one session: rows to be judged, rows that leave, and the effects of its own transactions.</summary>
internal sealed class SessionWork(Session session)
{
    private readonly List<TableQuestions> _tables = new(1);

    public Session Session { get; } = session;

    /// <summary>Rows that meet the subscription's query: in if they may be read.</summary>
    public List<(Subscription Subscription, Record Record)> Arrivals { get; } = new(1);

    public List<(Subscription Subscription, string Id)> Departures { get; } = [];
    public List<(PendingWrite Write, IReadOnlyList<Record> Touched)> Writes { get; } = [];

    /// <summary>The rules could not be run: the session must start again.</summary>
    public bool HasFailed { get; set; }

    public Revision JudgedAt => _tables.Count == 0 ? Revision.None : _tables.Max(t => t.Judgement?.Revision ?? Revision.None);

    public void Ask(Record record)
    {
        var table = _tables.Find(t => t.Table == record.Table);
        if (table is null) _tables.Add(table = new TableQuestions(record.Table));
        table.Ask(record);
    }

    public async ValueTask JudgeAsync(Judge judge, CancellationToken cancellationToken)
    {
        foreach (var table in _tables)
        {
            table.Judgement = await judge.MayReadAsync(Session.Caller, table.Records, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The record as the session's user sees it; null where it may not be read.</summary>
    public Record? Seen(Record record) => _tables.Find(t => t.Table == record.Table)!.Seen(record);

    public Dependencies DependenciesOf(Subscription subscription) =>
        _tables.Find(t => t.Table == subscription.Table.Name)?.Judgement?.Dependencies ?? Dependencies.None;

    public bool IsTouchedBy(IEnumerable<RecordChange> changes) => _tables.Exists(t => t.Judgement?.Dependencies.AreTouchedBy(changes) == true);

    public WriteEffects EffectsOf(PendingWrite write, IReadOnlyList<Record> touched) => new(
        write,
        [.. touched.Where(r => !r.IsDeleted).Select(Seen).OfType<Record>()],
        [.. touched.Where(r => r.IsDeleted || Seen(r) is null).Select(r => r.Key)]);

    private sealed class TableQuestions(string table)
    {
        private const int SearchedInLine = 16;
        private Dictionary<Record, int>? _places;

        public string Table { get; } = table;
        public List<Record> Records { get; } = new(1);
        public ReadJudgement? Judgement { get; set; }

        public void Ask(Record record)
        {
            if (PlaceOf(record) >= 0) return;
            Records.Add(record);
            if (_places is not null) _places.Add(record, Records.Count - 1);
            else if (Records.Count > SearchedInLine) _places = Records.Select((r, i) => (r, i)).ToDictionary(p => p.r, p => p.i);
        }

        public Record? Seen(Record record) => Judgement?.Seen[PlaceOf(record)];

        private int PlaceOf(Record record) => _places is null ? Records.IndexOf(record) : _places.GetValueOrDefault(record, -1);
    }
}
