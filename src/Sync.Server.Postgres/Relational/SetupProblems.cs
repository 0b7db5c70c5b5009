namespace Sync.Server.Postgres;

/// <summary>All that does not fit between the model and the database, told at once.</summary>
internal sealed class SetupProblems
{
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> All => _problems;

    public void Add(string problem) => _problems.Add(problem);

    public void ThrowIfAny(string database)
    {
        if (_problems.Count == 0) return;
        throw new StoreSetupException($"The database {database} does not fit the model:{string.Concat(_problems.Select(p => $"{Environment.NewLine}- {p}"))}");
    }
}
