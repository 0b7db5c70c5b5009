// A script of its own, because the page's policy lets no inline script run.
if (window.frameElement) document.documentElement.classList.add('framed');
navigator.serviceWorker?.register('service-worker.js', { updateViaCache: 'none' });
