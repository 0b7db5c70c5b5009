// The browser's side of Sync.Client.IndexedDb. A batch comes as one packed array and is one transaction; answers go back as packed arrays, fetched by the
// number of the call. What values hold is not looked into, but for the owner in front of a partition and of the writer's place.

const newest = 2;
const stores = ['state', 'partitions', 'queue', 'tray', 'records', 'subscriptions', 'undoSteps'];
const narrow = ['state', 'partitions', 'queue', 'tray', 'undoSteps'];
const recordsInPiece = 1000;

const failure = { takenOver: 1, full: 2, newer: 3, damaged: 4, closed: 5, other: 6 };
const failureOfName = { QuotaExceededError: failure.full, VersionError: failure.newer, InvalidStateError: failure.closed };
const writerCheck = { none: 0, mustBeWriter: 1, all: 2 };
const act = { put: 0, remove: 1, removeUnder: 2, removeAll: 3 };

const databases = new Map();
const answers = new Map();
const messages = new Map();
const locks = new Map();
let lastNumber = 0;

// Each step brings a database from the version before to the next one.
const upgrades = [
  database => {
    for (const store of ['state', 'partitions', 'queue', 'tray', 'records', 'subscriptions']) database.createObjectStore(store);
  },
  database => database.createObjectStore('undoSteps'),
];

class Failed extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

class Reader {
  static #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  #bytes;
  #view;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd() {
    return this.#at >= this.#bytes.length;
  }

  byte() {
    return this.#bytes[this.#at++];
  }

  int32() {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  number() {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  // A copy: a view would be stored with the whole array that it looks at.
  bytes() {
    const length = this.int32();
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  text() {
    return Reader.#utf8.decode(this.bytes());
  }

  key() {
    const parts = Array.from({ length: this.byte() }, () => (this.byte() === 0 ? this.text() : this.number()));
    return parts.length === 1 ? parts[0] : parts;
  }
}

export async function open(call, name) {
  return answer(call, async () => {
    const request = indexedDB.open(name, newest);
    request.onupgradeneeded = change => {
      for (let version = change.oldVersion; version < newest; version++) upgrades[version](request.result);
    };
    // Other tabs close their databases when they are told of a newer version, so a blocked request goes on by itself.
    const database = await resultOf(request);
    if (stores.some(store => !database.objectStoreNames.contains(store))) {
      database.close();
      throw new Failed(failure.damaged, 'A store is missing.');
    }
    database.onversionchange = () => database.close();
    const number = ++lastNumber;
    database.onclose = () => databases.delete(number);
    databases.set(number, database);
    return number;
  });
}

export function close(number) {
  databases.get(number)?.close();
  databases.delete(number);
}

export async function write(call, number, packed, isStrict) {
  return answer(call, async () => {
    const reader = new Reader(packed);
    const [owner, check, owned] = [reader.text(), reader.byte(), []];
    for (let count = reader.int32(); count > 0; count--) owned.push(reader.text());

    const transaction = databaseOf(number).transaction(check === writerCheck.none ? narrow : stores, 'readwrite', isStrict ? { durability: 'strict' } : {});
    const end = endOf(transaction);
    try {
      await checkOwner(transaction, owner, owned, check);
      while (!reader.isAtEnd) carryOut(transaction, reader);
      transaction.commit?.();
    } catch (fault) {
      abort(transaction);
      await end.catch(() => {});
      throw transaction.error ?? fault;
    }
    await end;
    return 0;
  });
}

export async function readStores(call, number, wanted) {
  return answer(call, async () => {
    const names = Array.from(wanted, index => stores[index]);
    const transaction = databaseOf(number).transaction(names, 'readonly');
    const values = await Promise.all(names.map(name => resultOf(transaction.objectStore(name).getAll())));
    answers.set(call, values.map(pack));
    return values.length;
  });
}

export async function find(call, number, packedKeys) {
  return answer(call, async () => {
    const records = databaseOf(number).transaction('records', 'readonly').objectStore('records');
    const found = [];
    for (const reader = new Reader(packedKeys); !reader.isAtEnd;) found.push(resultOf(records.get([reader.text(), reader.text()])));
    answers.set(call, [pack((await Promise.all(found)).filter(value => value !== undefined))]);
    return 1;
  });
}

export async function readTable(call, number, table) {
  return answer(call, async () => {
    const records = databaseOf(number).transaction('records', 'readonly').objectStore('records');
    const pieces = [];
    for (let from = [table]; ;) {
      const values = await resultOf(records.getAll(IDBKeyRange.bound(from, [table, []], pieces.length > 0), recordsInPiece));
      if (values.length === 0) break;
      pieces.push(pack(values));
      const last = new Reader(values[values.length - 1]);
      from = [last.text(), last.text()];
    }
    answers.set(call, pieces);
    return pieces.length;
  });
}

export function take(call) {
  const pieces = answers.get(call);
  const piece = pieces?.shift();
  if (!pieces?.length) answers.delete(call);
  return piece ?? new Uint8Array(0);
}

export function takeMessage(call) {
  const message = messages.get(call) ?? '';
  messages.delete(call);
  return message;
}

export const hasLocks = () => navigator.locks !== undefined;

export const tryLock = name => lock(name, { ifAvailable: true });

export const waitForLock = name => lock(name, {});

export async function unlock(number) {
  const held = locks.get(number);
  locks.delete(number);
  held?.release();
  await held?.end;
}

export async function persist() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}

// A lock is held until the promise that its callback gave is settled.
function lock(name, options) {
  return new Promise((resolve, reject) => {
    const end = navigator.locks.request(name, options, granted => {
      if (!granted) return resolve(0);
      const number = ++lastNumber;
      return new Promise(release => {
        locks.set(number, { release, end });
        resolve(number);
      });
    });
    end.catch(reject);
  });
}

// A number from 0 upwards, or the negative number of a failure, whose message is kept.
async function answer(call, run) {
  try {
    return await run();
  } catch (fault) {
    messages.set(call, fault?.message ?? String(fault));
    return -(fault instanceof Failed ? fault.code : failureOfName[fault?.name] ?? failure.other);
  }
}

async function checkOwner(transaction, owner, owned, check) {
  for (const clientId of owned) {
    const partition = await resultOf(transaction.objectStore('partitions').get(clientId));
    if (!partition || new Reader(partition).text() !== owner) throw new Failed(failure.takenOver, clientId);
  }
  if (check !== writerCheck.mustBeWriter) return;
  const writer = await resultOf(transaction.objectStore('state').get('writer'));
  if (!writer || new Reader(writer).text() !== owner) throw new Failed(failure.takenOver, owned.at(-1));
}

function carryOut(transaction, reader) {
  const [what, store, key] = [reader.byte(), transaction.objectStore(stores[reader.byte()]), reader.key()];
  if (what === act.put) store.put(reader.bytes(), key);
  else if (what === act.remove) store.delete(key);
  else if (what === act.removeUnder) store.delete(IDBKeyRange.bound([key], [key, []]));
  else if (what === act.removeAll) store.clear();
  else throw new Failed(failure.other, `There is no act ${what}.`);
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

function databaseOf(number) {
  const database = databases.get(number);
  if (!database) throw new Failed(failure.closed, 'It is not open.');
  return database;
}

function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function endOf(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Failed(failure.other, 'The transaction was ended.'));
  });
}

function pack(values) {
  const packed = new Uint8Array(values.reduce((sum, value) => sum + 4 + value.length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const value of values) {
    view.setInt32(at, value.length, true);
    packed.set(value, at + 4);
    at += 4 + value.length;
  }
  return packed;
}
