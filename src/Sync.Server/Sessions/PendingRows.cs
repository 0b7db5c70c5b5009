namespace Sync.Server;

/// <summary>A row that waits to be sent. Without a record it is a retract; <paramref name="IsKnown"/>: the client has it already.</summary>
internal readonly record struct PendingRow(Subscription Subscription, string Id, Record? Record, bool IsKnown);

/// <summary>
/// What a session is owed of its subscriptions' rows, merged: however many changes wait, a row waits once, with its newest body. A row that came
/// and went while it waited was never there.
/// </summary>
internal sealed class PendingRows
{
    private const int SearchedInLine = 16;
    private const int MaxEmptyPlaces = 64;

    private readonly List<PendingRow> _rows = [];
    private Dictionary<(Subscription, string), int>? _places;

    public int Count { get; private set; }
    public long Bytes { get; private set; }

    public void Put(Subscription subscription, string id, Record record, bool isNew)
    {
        var place = Find(subscription, id);
        if (place < 0) Append(new PendingRow(subscription, id, record, !isNew));
        else Set(place, _rows[place] with { Record = record });
    }

    public void Retract(Subscription subscription, string id)
    {
        var place = Find(subscription, id);
        if (place < 0) Append(new PendingRow(subscription, id, null, true));
        else if (_rows[place].IsKnown) Set(place, _rows[place] with { Record = null });
        else Clear(place);
    }

    /// <summary>Takes out a row that waits; false where none does.</summary>
    public bool TryTake(Subscription subscription, string id, out PendingRow row)
    {
        var place = Find(subscription, id);
        row = place < 0 ? default : _rows[place];
        if (place >= 0) Clear(place);
        return place >= 0;
    }

    public void Drop(Subscription subscription)
    {
        for (var place = 0; place < _rows.Count; place++)
        {
            if (_rows[place].Subscription == subscription) Clear(place);
        }
    }

    /// <summary>Takes the rows of all subscriptions but those held back, in no particular order.</summary>
    public List<PendingRow> TakeExcept(Func<Subscription, bool> isHeldBack)
    {
        var taken = new List<PendingRow>(Count);
        for (var place = 0; place < _rows.Count; place++)
        {
            if (_rows[place].Id is null || isHeldBack(_rows[place].Subscription)) continue;
            taken.Add(_rows[place]);
            Clear(place);
        }
        if (Count == 0) Reset();
        return taken;
    }

    public bool HasAnyExcept(Func<Subscription, bool> isHeldBack)
    {
        if (Count == 0) return false;
        foreach (var row in _rows)
        {
            if (row.Id is not null && !isHeldBack(row.Subscription)) return true;
        }
        return false;
    }

    public void Reset()
    {
        _rows.Clear();
        _places = null;
        (Count, Bytes) = (0, 0);
    }

    private int Find(Subscription subscription, string id)
    {
        if (_places is not null) return _places.GetValueOrDefault((subscription, id), -1);
        for (var place = 0; place < _rows.Count; place++)
        {
            if (_rows[place].Subscription == subscription && _rows[place].Id == id) return place;
        }
        return -1;
    }

    private void Append(PendingRow row)
    {
        if (_rows.Count >= 2 * Count + MaxEmptyPlaces) Compact();
        _rows.Add(row);
        Count++;
        Bytes += SizeOf(row);
        if (_places is not null) _places[(row.Subscription, row.Id)] = _rows.Count - 1;
        else if (_rows.Count > SearchedInLine) IndexAll();
    }

    private void Compact()
    {
        _rows.RemoveAll(r => r.Id is null);
        _places = null;
        if (_rows.Count > SearchedInLine) IndexAll();
    }

    private void IndexAll()
    {
        _places = new Dictionary<(Subscription, string), int>(_rows.Count * 2);
        for (var place = 0; place < _rows.Count; place++)
        {
            if (_rows[place].Id is not null) _places[(_rows[place].Subscription, _rows[place].Id)] = place;
        }
    }

    private void Set(int place, PendingRow row)
    {
        Bytes += SizeOf(row) - SizeOf(_rows[place]);
        _rows[place] = row;
    }

    // An emptied place stays until all are taken, so that the others keep theirs.
    private void Clear(int place)
    {
        var row = _rows[place];
        if (row.Id is null) return;
        Bytes -= SizeOf(row);
        Count--;
        _places?.Remove((row.Subscription, row.Id));
        _rows[place] = default;
    }

    private static int SizeOf(PendingRow row) => row.Record?.Fields.Utf8.Length ?? 0;
}
