namespace Sync.Server;

/// <summary>Answers queries under a caller's rights.</summary>
internal sealed class QueryReader(SyncModel model, RecordSource source, Judge judge, SyncServerOptions options)
{
    /// <summary>Most times that a query starts again because its records changed while they were judged.</summary>
    private const int MaxTries = 8;

    /// <summary>How much wider each look is, where a limit is not filled by what may be read.</summary>
    private const int WindowGrowth = 4;

    public async ValueTask<QueryResult> QueryAsync(Caller caller, Query query, CancellationToken cancellationToken)
    {
        if (model.Find(query.Table) is { } table) query = table.Normalize(query);
        if (Check(caller, query) is { } refused) return new QueryResult([], refused);
        for (var i = 0; i < MaxTries; i++)
        {
            if (await TryQueryAsync(caller, query, cancellationToken).ConfigureAwait(false) is { } result) return result;
        }
        return new QueryResult([], new ApplyError(ErrorCodes.Busy, "The records of this query change faster than they can be read."));
    }

    /// <summary>Null where a record changed while it was judged.</summary>
    private async ValueTask<QueryResult?> TryQueryAsync(Caller caller, Query query, CancellationToken cancellationToken)
    {
        var rules = await judge.ReadableAsync(caller, query.Table, cancellationToken).ConfigureAwait(false);
        var window = Math.Min(query.Limit ?? options.MaxRecordsPerQuery, options.MaxRecordsPerQuery);
        while (true)
        {
            var found = await source.QueryAsync(query, rules.Conditions ?? [], window, cancellationToken).ConfigureAwait(false);
            var judgement = await judge.MayReadAsync(caller, found.Records, cancellationToken).ConfigureAwait(false);
            if (judgement.Outdated.Count > 0) return null;

            var readable = judgement.Seen.OfType<Record>();
            Record[] records = [.. query.Limit is { } limit ? readable.Take(limit) : readable];
            if (!found.IsCut || records.Length == query.Limit) return new QueryResult(records);
            if (window == options.MaxRecordsPerQuery) return new QueryResult([], TooBroad());
            window = (int)Math.Min((long)window * WindowGrowth, options.MaxRecordsPerQuery);
        }
    }

    private ApplyError? Check(Caller caller, Query query)
    {
        if (query.Check() is { } malformed) return malformed;
        if (caller.IsApp && model.Find(query.Table) is { } table) return table.IsServerOnly ? null : table.CheckOfApp(query);
        return model.Check(query);
    }

    private ApplyError TooBroad() => new(ErrorCodes.QueryTooBroad, $"More than {options.MaxRecordsPerQuery} records would have to be looked at. Narrow the query by a condition on an indexed field.");
}
