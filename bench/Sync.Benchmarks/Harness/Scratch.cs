namespace Sync.Benchmarks;

/// <summary>A folder that is gone when the benchmark is over.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sync-bench-").FullName;

    public string File(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
