using Microsoft.Data.Sqlite;
using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

/// <summary>A folder, which goes when the test ends.</summary>
internal sealed class SqliteStorageHome : RecordStorageHome
{
    private const int HeaderBytes = 100;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sync-client-sqlite-");

    public SqliteStorageHome() => Provider = new SqliteStorageProvider(Folder, new SqliteStorageOptions(), TimeProvider.System);

    public string Folder => _folder.FullName;

    public override StorageFeatures Offers => StorageFeatures.Freezing | StorageFeatures.Formats;

    public override IRecordStorageProvider Provider { get; }

    public override ValueTask CrashAsync(IRecordStorage storage)
    {
        ((SqliteRecordStorage)storage).Abandon();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whoever comes next makes new lock files, which nobody holds.</summary>
    public override ValueTask LetGoAsync(IRecordStorage storage)
    {
        foreach (var file in _folder.EnumerateFiles("*lock")) file.Delete();
        return ValueTask.CompletedTask;
    }

    public override ValueTask MakeNewerAsync(StorageName name)
    {
        Execute(name, "PRAGMA user_version=1000");
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DamageAsync(StorageName name)
    {
        await using var file = new FileStream(PathOf(name), FileMode.Open);
        var noise = new byte[file.Length - HeaderBytes];
        new Random(1).NextBytes(noise);
        file.Seek(HeaderBytes, SeekOrigin.Begin);
        await file.WriteAsync(noise);
    }

    public override async ValueTask<byte[]> ReadRawAsync(StorageName name)
    {
        var journal = PathOf(name) + "-wal";
        return [.. await File.ReadAllBytesAsync(PathOf(name)), .. File.Exists(journal) ? await File.ReadAllBytesAsync(journal) : []];
    }

    public string PathOf(StorageName name) => new StorageFiles(Folder, name).Database;

    public void Execute(StorageName name, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={PathOf(name)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public long Count(StorageName name, string table)
    {
        using var connection = new SqliteConnection($"Data Source={PathOf(name)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
