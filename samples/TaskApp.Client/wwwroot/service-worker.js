// While the app is developed every file comes from the server. What a published app runs is service-worker.published.js.
self.addEventListener('fetch', () => { });
