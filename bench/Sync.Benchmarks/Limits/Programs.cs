namespace Sync.Tests;

/// <summary>Where the cluster of <c>tests/SharedPostgres</c> finds PostgreSQL.</summary>
internal static class Programs
{
    public static string PostgresFolder =>
        Environment.GetEnvironmentVariable("POSTGRES_PATH")
        ?? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).OrderDescending(StringComparer.Ordinal).First(folder => File.Exists(Path.Combine(folder, "initdb")));
}
