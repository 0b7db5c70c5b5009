namespace Sync.Client;

/// <summary>What the server was asked and has answered about one query. Ids are given anew in each session.</summary>
internal sealed class QuerySubscription
{
    /// <summary>Its number in this session; none where it has not been asked for yet.</summary>
    public SubscriptionId Id { get; set; }

    /// <summary>Whether the server ever said what belongs to it.</summary>
    public bool HasLoaded { get; set; }

    /// <summary>Whether it has said so in this session, and keeps it so.</summary>
    public bool IsCurrent { get; set; }

    /// <summary>Why the server refused it in this session.</summary>
    public ApplyError? Error { get; set; }

    /// <summary>First rows in the making: kept aside until a checkpoint says that they are whole.</summary>
    public Dictionary<string, Record>? Staged { get; set; }

    public bool IsSettled => IsCurrent || Error is not null;

    /// <summary>A connection has ended: what was asked on it counts no more, what was held stays.</summary>
    public void Lose()
    {
        (Id, IsCurrent, Error, Staged) = (default, false, null, null);
    }
}
