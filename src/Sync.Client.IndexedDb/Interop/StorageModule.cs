using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>The functions of <c>wwwroot/storage.js</c>.</summary>
[SupportedOSPlatform("browser")]
internal static partial class StorageModule
{
    private const string Name = "Sync.Client.IndexedDb";

    // Seen from the runtime's folder _framework.
    private const string Path = "../_content/Sync.Client.IndexedDb/storage.js";

    private static int _calls;

    /// <summary>Loads the script, once for a page.</summary>
    public static Task ImportAsync(CancellationToken cancellationToken) => JSHost.ImportAsync(Name, Path, cancellationToken);

    /// <summary>Numbers a call: its answer is fetched under the number.</summary>
    public static int NextCall() => ++_calls;

    /// <summary>A number of the open database, or the negative number of a <see cref="Failure"/>.</summary>
    [JSImport("open", Name)]
    public static partial Task<int> OpenAsync(int call, string name);

    [JSImport("close", Name)]
    public static partial void Close(int database);

    [JSImport("write", Name)]
    public static partial Task<int> WriteAsync(int call, int database, byte[] packed, bool isStrict);

    [JSImport("readStores", Name)]
    public static partial Task<int> ReadStoresAsync(int call, int database, int[] stores);

    [JSImport("find", Name)]
    public static partial Task<int> FindAsync(int call, int database, byte[] keys);

    [JSImport("readTable", Name)]
    public static partial Task<int> ReadTableAsync(int call, int database, string table);

    /// <summary>The next piece of an answer, empty where there is none left.</summary>
    [JSImport("take", Name)]
    public static partial byte[] Take(int call);

    /// <summary>What a failed call has to say.</summary>
    [JSImport("takeMessage", Name)]
    public static partial string TakeMessage(int call);

    [JSImport("hasLocks", Name)]
    public static partial bool HasLocks();

    /// <summary>A number of the lock that is now held; 0 where somebody else holds it.</summary>
    [JSImport("tryLock", Name)]
    public static partial Task<int> TryLockAsync(string name);

    /// <summary>The same, waiting for whoever holds it.</summary>
    [JSImport("waitForLock", Name)]
    public static partial Task<int> WaitForLockAsync(string name);

    [JSImport("unlock", Name)]
    public static partial Task UnlockAsync(int number);

    /// <summary>Whether the browser keeps the data of this origin, after it was asked to.</summary>
    [JSImport("persist", Name)]
    public static partial Task<bool> PersistAsync();
}
