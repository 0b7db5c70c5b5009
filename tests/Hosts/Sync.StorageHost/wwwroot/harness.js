// What the conformance suite needs beside the storage under test: to spoil a database that is not open, and to look at all of it.
globalThis.harness = {
  async makeNewer(name) {
    (await openAs(name, 1000)).close();
  },

  // The least that a durable write can be: one value, one transaction.
  async rawPut(key, value) {
    this.raw ??= await openAs('raw', 1, database => database.createObjectStore('values'));
    const transaction = this.raw.transaction('values', 'readwrite', { durability: 'strict' });
    transaction.objectStore('values').put(value, key);
    transaction.commit();
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
  },

  async damage(name) {
    const database = await openAs(name);
    const transaction = database.transaction('queue', 'readwrite');
    transaction.objectStore('queue').put(new Uint8Array([1, 2, 3]), ['a', 1]);
    await new Promise(resolve => { transaction.oncomplete = resolve; });
    database.close();
  },

  // A database as a former version left it, of its dump.
  async restore(name, text) {
    const { version, ...stores } = JSON.parse(text);
    const database = await openAs(name, version, made => { for (const store of Object.keys(stores)) made.createObjectStore(store); });
    const transaction = database.transaction(Object.keys(stores), 'readwrite');
    for (const [store, values] of Object.entries(stores)) for (const [key, value] of values) transaction.objectStore(store).put(new Uint8Array(value), key);
    await new Promise(resolve => { transaction.oncomplete = resolve; });
    database.close();
  },

  async dump(name) {
    const database = await openAs(name);
    const dump = { version: database.version };
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store, 'readonly').objectStore(store);
      const [keys, values] = [objects.getAllKeys(), objects.getAll()];
      await new Promise(resolve => { values.onsuccess = resolve; });
      dump[store] = keys.result.map((key, i) => [key, Array.from(values.result[i])]);
    }
    database.close();
    return JSON.stringify(dump);
  },
};

function openAs(name, version, upgrade) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade?.(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
