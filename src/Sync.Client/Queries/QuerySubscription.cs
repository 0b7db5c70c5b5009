namespace Sync.Client;

/// <summary>What the server was asked and has answered about one query. Ids are given anew in each session.</summary>
internal sealed class QuerySubscription
{
    /// <summary>Repairs in a row after which the query is given up, with an error that says so.</summary>
    public const int MaxRepairs = 3;

    // Rows on their way in, kept aside until a checkpoint says that they are whole; null for one that is out again.
    private Dictionary<string, Record?>? _staged;

    /// <summary>Its number in this session; none where it has not been asked for yet.</summary>
    public SubscriptionId Id { get; set; }

    /// <summary>Whether what is stored of it is being read; it is asked for after that, so that it can say what it has.</summary>
    public bool IsReading { get; set; }

    /// <summary>Whether the server ever said what belongs to it.</summary>
    public bool HasLoaded { get; set; }

    /// <summary>Whether it has said so in this session, and keeps it so.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>Why the server refused it in this session.</summary>
    public ApplyError? Error { get; private set; }

    /// <summary>What the server was told that this device holds of it; null once it has answered.</summary>
    public ResultClaim? Claim { get; set; }

    /// <summary>How often it had to be repaired since a digest last agreed.</summary>
    public int Repairs { get; set; }

    public bool IsSettled => IsCurrent || Error is not null;
    public bool HasStaged => _staged is not null;

    public Record? Staged(string id) => _staged?.GetValueOrDefault(id);

    public void Stage(Record record) => (_staged ??= new(StringComparer.Ordinal))[record.Id] = record;

    public void Unstage(string id)
    {
        if (!IsCurrent) (_staged ??= new(StringComparer.Ordinal))[id] = null;
        else if (_staged?.ContainsKey(id) == true) _staged[id] = null;
    }

    /// <summary>The first rows are whole: from here on it is kept current.</summary>
    /// <param name="isKept">Whether they are what was claimed with these differences, else these alone.</param>
    public Dictionary<string, Record> Finish(bool isKept)
    {
        var loaded = new Dictionary<string, Record>(StringComparer.Ordinal);
        foreach (var record in isKept && Claim is { } claim ? claim.Records : [])
        {
            if (_staged?.ContainsKey(record.Id) != true) loaded.Add(record.Id, record);
        }
        foreach (var record in TakeStaged()) loaded.Add(record.Id, record);
        (HasLoaded, IsCurrent, Error, Claim) = (true, true, null, null);
        return loaded;
    }

    public Record[] TakeStaged()
    {
        Record[] staged = _staged is null ? [] : [.. _staged.Values.OfType<Record>()];
        _staged = null;
        return staged;
    }

    public void Refuse(ApplyError error) => (IsCurrent, Error, _staged, Claim) = (false, error, null, null);

    /// <summary>A connection has ended: what was asked on it counts no more, what was held stays.</summary>
    public void Lose() => (Id, IsCurrent, Error, _staged, Claim) = (default, false, null, null, null);
}
