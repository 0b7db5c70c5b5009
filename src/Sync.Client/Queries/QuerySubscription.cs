namespace Sync.Client;

/// <summary>What the server was asked and has answered about one query. Ids are given anew in each session.</summary>
internal sealed class QuerySubscription
{
    /// <summary>Its number in this session; none where it has not been asked for yet.</summary>
    public SubscriptionId Id { get; set; }

    /// <summary>Whether the server ever said what belongs to it.</summary>
    public bool HasLoaded { get; set; }

    /// <summary>Whether it has said so in this session, and keeps it so.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>Why the server refused it in this session.</summary>
    public ApplyError? Error { get; private set; }

    /// <summary>First rows in the making: kept aside until a checkpoint says that they are whole.</summary>
    public Dictionary<string, Record>? Staged { get; private set; }

    public bool IsSettled => IsCurrent || Error is not null;

    public void Stage(Record record) => (Staged ??= new(StringComparer.Ordinal))[record.Id] = record;
    public void Unstage(string id) => Staged?.Remove(id);

    /// <summary>The first rows are whole: from here on it is kept current.</summary>
    public Dictionary<string, Record> Finish()
    {
        var loaded = Staged ?? [];
        (HasLoaded, IsCurrent, Error, Staged) = (true, true, null, null);
        return loaded;
    }

    public void Refuse(ApplyError error) => (IsCurrent, Error, Staged) = (false, error, null);

    /// <summary>A connection has ended: what was asked on it counts no more, what was held stays.</summary>
    public void Lose()
    {
        (Id, IsCurrent, Error, Staged) = (default, false, null, null);
    }
}
