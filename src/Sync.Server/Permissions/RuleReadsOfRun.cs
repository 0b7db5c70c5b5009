namespace Sync.Server;

/// <summary>Gathers what the rules of one run asked for. Grows from run to run, so that a snapshot holds all that was ever asked.</summary>
internal sealed class RuleReadsOfRun
{
    public HashSet<RecordKey> Keys { get; } = [];
    public HashSet<RelatedLookup> Lookups { get; } = [];

    /// <summary>True when a rule of this run asked for what was not there: its answer does not count.</summary>
    public bool IsMissing { get; private set; }

    public void StartAgain() => IsMissing = false;

    /// <summary>Takes an outcome in and says whether it allows.</summary>
    public bool Take(RuleOutcome outcome)
    {
        Add(outcome.Reads);
        if (outcome is RuleOutcome.Needs needs)
        {
            Add(needs.Missing);
            IsMissing = true;
        }
        return outcome.IsAllowed;
    }

    /// <summary>The record with a key, null where there is none or it is not known yet.</summary>
    public Record? Take(RecordKey key, IRelatedSource source)
    {
        Keys.Add(key);
        if (!source.TryGet(key, out var record)) IsMissing = true;
        return record;
    }

    public Dependencies ToDependencies() => Keys.Count == 0 && Lookups.Count == 0 ? Dependencies.None : new Dependencies(Keys, Lookups);

    private void Add(RuleReads reads)
    {
        foreach (var key in reads.Keys) Keys.Add(key);
        foreach (var lookup in reads.Lookups) Lookups.Add(lookup);
    }
}
