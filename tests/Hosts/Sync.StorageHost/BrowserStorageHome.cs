using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Client;
using Sync.Client.IndexedDb;
using Sync.Testing;

namespace Sync.StorageHost;

/// <summary>Databases of this page's origin. They go with the browser's profile.</summary>
[SupportedOSPlatform("browser")]
internal sealed partial class BrowserStorageHome : RecordStorageHome
{
    private static int _homes;

    private readonly IndexedDbStorageProvider _provider = new($"home{++_homes}", new IndexedDbStorageOptions(), NullLogger.Instance);

    public override StorageFeatures Offers => StorageFeatures.Freezing | StorageFeatures.Formats;

    public override IRecordStorageProvider Provider => _provider;

    public override ValueTask CrashAsync(IRecordStorage storage) => storage.DisposeAsync();

    public override async ValueTask LetGoAsync(IRecordStorage storage) => await ((IndexedDbRecordStorage)storage).LetGoAsync();

    public override async ValueTask MakeNewerAsync(StorageName name) => await HarnessMakeNewerAsync(_provider.NameOf(name));

    public override async ValueTask DamageAsync(StorageName name) => await HarnessDamageAsync(_provider.NameOf(name));

    public override async ValueTask<byte[]> ReadRawAsync(StorageName name) => Encoding.UTF8.GetBytes(await HarnessDumpAsync(_provider.NameOf(name)));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [JSImport("globalThis.harness.rawPut")]
    public static partial Task RawPutAsync(int key, byte[] value);

    [JSImport("globalThis.harness.makeNewer")]
    private static partial Task HarnessMakeNewerAsync(string name);

    [JSImport("globalThis.harness.damage")]
    private static partial Task HarnessDamageAsync(string name);

    [JSImport("globalThis.harness.dump")]
    private static partial Task<string> HarnessDumpAsync(string name);
}
