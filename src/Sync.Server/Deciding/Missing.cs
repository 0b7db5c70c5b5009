namespace Sync.Server;

/// <summary>What a decision needs and does not have.</summary>
internal sealed class Missing
{
    private readonly HashSet<RecordKey> _keys = [];
    private readonly HashSet<RelatedLookup> _lookups = [];

    public bool IsEmpty => _keys.Count == 0 && _lookups.Count == 0;

    public void Add(RecordKey key) => _keys.Add(key);
    public void Add(RelatedLookup lookup) => _lookups.Add(lookup);

    public void Add(RuleReads reads)
    {
        _keys.UnionWith(reads.Keys);
        _lookups.UnionWith(reads.Lookups);
    }

    public Decision? ToDecision() => IsEmpty ? null : new Decision.Needs([.. _keys], [.. _lookups]);
}
