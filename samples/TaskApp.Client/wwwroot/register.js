// A script of its own, because the page's policy lets no inline script run.
navigator.serviceWorker?.register('service-worker.js', { updateViaCache: 'none' });
