// Keeps the files of one published version, all or none, so that the app opens without a network and without a server. Records are not its business: they are
// in IndexedDB, and the socket and the api go past it.

self.importScripts('./service-worker-assets.js');

const prefix = 'tasks-';
const name = prefix + self.assetsManifest.version;
const isKept = asset => !/(^service-worker.*\.js$)|(\.(br|gz|map|pdb)$)/.test(asset.url);

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(activate()));
self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
  event.respondWith(answer(event.request));
});

// The hash makes a file of another version fail the install, which the browser tries again later: the old version goes on meanwhile.
async function install() {
  const requests = self.assetsManifest.assets.filter(isKept).map(asset => new Request(asset.url, { integrity: asset.hash, cache: 'no-cache' }));
  await (await caches.open(name)).addAll(requests);
}

// A page that was loaded from the server is served from here at its next load; one without any worker before is taken over at once.
async function activate() {
  for (const other of await caches.keys()) {
    if (other.startsWith(prefix) && other !== name) await caches.delete(other);
  }
  await self.clients.claim();
}

// An address of the app is its one page, whatever stands behind the slash; the page of two people is another.
async function answer(request) {
  const cache = await caches.open(name);
  const page = new URL(request.url).pathname === '/demo' ? 'demo.html' : 'index.html';
  const kept = await cache.match(request.mode === 'navigate' ? page : request, { ignoreSearch: true });
  return kept ?? fetch(request);
}
