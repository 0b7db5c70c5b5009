namespace Sync.Server.Sqlite;

/// <summary>All that does not fit between the model and the database, told at once.</summary>
internal sealed class SetupProblems
{
    private readonly List<string> _problems = [];

    public void Add(string problem) => _problems.Add(problem);

    public void ThrowIfAny(string path)
    {
        if (_problems.Count == 0) return;
        throw new StoreSetupException($"The database {path} does not fit the model:{string.Concat(_problems.Select(p => $"{Environment.NewLine}- {p}"))}");
    }
}
