using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>One open database. Each call is one transaction of IndexedDB and crosses to JavaScript once, with all that it brings in one packed array.</summary>
[SupportedOSPlatform("browser")]
internal sealed class Database
{
    private readonly int _number;
    private readonly bool _isStrict;

    private Database(string name, int number, bool isStrict) => (Name, _number, _isStrict) = (name, number, isStrict);

    public string Name { get; }

    public static async Task<Database> OpenAsync(string name, bool isStrict)
    {
        var call = StorageModule.NextCall();
        return new Database(name, Checked(call, await StorageModule.OpenAsync(call, name).ConfigureAwait(false), name), isStrict);
    }

    /// <summary>Writes all of it or nothing.</summary>
    /// <exception cref="StorageTakenOverException">What the write says it owns belongs to somebody else by now.</exception>
    public async Task WriteAsync(PackedWrite write)
    {
        var call = StorageModule.NextCall();
        Checked(call, await StorageModule.WriteAsync(call, _number, write.ToArray(), _isStrict).ConfigureAwait(false), Name);
    }

    /// <summary>Every value of some stores, seen at one time.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<byte[]>>> ReadAsync(params Stored[] stores)
    {
        var call = StorageModule.NextCall();
        Checked(call, await StorageModule.ReadStoresAsync(call, _number, [.. stores.Select(store => (int)store)]).ConfigureAwait(false), Name);
        return [.. stores.Select(_ => PackedReader.Values(StorageModule.Take(call)).ToList())];
    }

    /// <summary>The values of those keys that are there.</summary>
    public async Task<IEnumerable<byte[]>> FindAsync(IEnumerable<RecordKey> keys)
    {
        var call = StorageModule.NextCall();
        Checked(call, await StorageModule.FindAsync(call, _number, PackedWriter.Pack(keys)).ConfigureAwait(false), Name);
        return Pieces(call).SelectMany(PackedReader.Values);
    }

    /// <summary>The values of all records of a table.</summary>
    public async Task<IEnumerable<byte[]>> ReadTableAsync(string table)
    {
        var call = StorageModule.NextCall();
        Checked(call, await StorageModule.ReadTableAsync(call, _number, table).ConfigureAwait(false), Name);
        return Pieces(call).SelectMany(PackedReader.Values);
    }

    public void Close() => StorageModule.Close(_number);

    /// <summary>Reads values that this package packed.</summary>
    /// <exception cref="StorageFormatException">They are not as it packs them.</exception>
    public T Parse<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception fault) when (fault is ArgumentException or JsonFaultException)
        {
            throw Damaged(Name, fault);
        }
    }

    private static StorageFormatException Damaged(string name, Exception? fault = null) => new(
        $"The database {name} is damaged and cannot be read. It was left as it is. Clear this site's data to start anew from the server; writes that were not sent yet are lost with it.", fault);

    private static IEnumerable<byte[]> Pieces(int call)
    {
        while (StorageModule.Take(call) is { Length: > 0 } piece) yield return piece;
    }

    private static int Checked(int call, int answer, string name)
    {
        if (answer >= 0) return answer;
        var message = StorageModule.TakeMessage(call);
        throw (Failure)(-answer) switch
        {
            Failure.TakenOver => new StorageTakenOverException(message),
            Failure.Full => new StorageFullException($"The browser has no room left for the database {name}: {message}"),
            Failure.Newer => new StorageFormatException($"The database {name} was made by a newer version of Sync.Client.IndexedDb. It was left as it is, unsent writes included. Reload the page to get the newest version of the app."),
            Failure.Damaged => Damaged(name),
            Failure.Closed => new IOException($"The database {name} was closed by the browser or for a newer version of the app in another tab. Reload the page. ({message})"),
            Failure.Other => new IOException($"The database {name} failed: {message}"),
            var unknown => new InvalidOperationException($"The script of this package gave the answer {unknown}, which is none."),
        };
    }
}

/// <summary>Why a call failed. The script tells these numbers, negated.</summary>
internal enum Failure
{
    TakenOver = 1,
    Full = 2,
    Newer = 3,
    Damaged = 4,
    Closed = 5,
    Other = 6,
}
