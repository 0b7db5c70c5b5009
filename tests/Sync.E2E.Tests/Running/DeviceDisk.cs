using Microsoft.Playwright;

namespace Sync.E2E.Tests;

/// <summary>What a page's origin has on disk in IndexedDB.</summary>
internal static class DeviceDisk
{
    /// <summary>Every key and value of every store of every database, as text: bytes as the UTF-8 and, in a second reading, as the Latin letters that they may be.</summary>
    private const string ReadAll = """
        async () => {
          const texts = [];
          const read = value => {
            if (value instanceof ArrayBuffer) value = new Uint8Array(value);
            if (ArrayBuffer.isView(value)) {
              texts.push(new TextDecoder().decode(value), String.fromCharCode(...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)));
            } else if (value && typeof value === 'object') Object.values(value).forEach(read);
            else texts.push(String(value));
          };
          const done = request => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
          for (const { name } of await indexedDB.databases()) {
            const database = await done(indexedDB.open(name));
            for (const store of database.objectStoreNames) {
              const objects = database.transaction(store).objectStore(store);
              const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
              texts.push(`== ${name}/${store}`);
              keys.forEach(read);
              values.forEach(read);
            }
            database.close();
          }
          return texts.join('\n');
        }
        """;

    public static Task<string> ReadAsync(IPage page) => page.EvaluateAsync<string>(ReadAll);
}
