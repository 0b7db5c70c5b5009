namespace Sync.Server.Sqlite;

/// <summary>
/// Keeps other servers off a database file: an exclusive lock of the operating system on a file beside it, which ends with the process however that ends.
/// The file stays: taking it away would let two servers hold locks on two files of one name.
/// </summary>
internal sealed class StoreFileLock : IDisposable
{
    private readonly FileStream _file;

    private StoreFileLock(FileStream file) => _file = file;

    /// <exception cref="StoreSetupException">Another server holds the file.</exception>
    public static StoreFileLock Take(string databasePath)
    {
        var path = databasePath + "-sync-lock";
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (Exception fault) when (fault is IOException and not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new StoreSetupException(
                $"Another Sync server uses {databasePath}: its lock on {path} is held. One process serves one SQLite file; stop the other, give this one another path, or use a store for many nodes.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreSetupException($"The lock file {path} cannot be made: the folder must exist and be writable.", fault);
        }
    }

    public void Dispose() => _file.Dispose();
}
