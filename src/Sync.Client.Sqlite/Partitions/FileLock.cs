namespace Sync.Client.Sqlite;

/// <summary>An exclusive lock of the operating system on a file, which ends with the process however that ends. A held one is never taken.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    private FileLock(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Null where somebody holds it, in this process or another.</summary>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException fault) when (IsHeld(fault))
        {
            return null;
        }
    }

    /// <summary>Takes a lock and sees that a second one is refused: some file systems do not lock and do not say so.</summary>
    public static FileLock? TryTakeForCertain(string path)
    {
        if (TryTake(path) is not { } taken) return null;
        if (TryTake(path) is not { } second) return taken;
        second.Dispose();
        taken.Dispose();
        throw new IOException($"The file system of {path} does not lock files, so several processes could send the same writes. Give UseSqlite a folder on a local disk, and leave file locking switched on.");
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Gives it up for good: nobody will ask for a lock of this name again.</summary>
    public void Remove()
    {
        Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (IOException)
        {
            // Somebody just looks whether it is held. An empty file stays behind, which does no harm.
        }
    }

    private static bool IsHeld(IOException fault)
    {
        const int SharingViolation = 32;
        const int LockViolation = 33;
        const int WouldBlockOnLinux = 11;
        const int WouldBlockOnApple = 35;
        return OperatingSystem.IsWindows() ? (fault.HResult & 0xFFFF) is SharingViolation or LockViolation : fault.HResult is WouldBlockOnLinux or WouldBlockOnApple;
    }
}
