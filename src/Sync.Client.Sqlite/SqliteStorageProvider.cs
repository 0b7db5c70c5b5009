namespace Sync.Client.Sqlite;

/// <summary>Opens storages in a folder. Disk work is done on threads of the pool, so that a screen never waits for the disk.</summary>
internal sealed class SqliteStorageProvider(string folder, SqliteStorageOptions options, TimeProvider time) : IRecordStorageProvider
{
    public ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken)
    {
        var files = new StorageFiles(folder, name);
        return new(Task.Run(() => Open(files), cancellationToken));
    }

    private IRecordStorage Open(StorageFiles files)
    {
        files.CreateFolder();
        var database = new StorageDatabase(files, options);
        try
        {
            database.Open();
            return new SqliteRecordStorage(files, database, time);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
