// The switches of the page of two people. A frame reads the state of its switch from its own element, so that one that is loaded again stays off.

for (const network of document.querySelectorAll('[data-frame]')) {
  const frame = document.querySelector(`iframe[name=${network.dataset.frame}]`);
  network.checked = true; // Browsers bring back how a form was left; the frames begin connected.
  network.addEventListener('change', () => {
    frame.dataset.network = network.checked ? 'on' : 'off';
    network.closest('.switch').querySelector('.switch-word').textContent = network.checked ? 'Online' : 'Offline';
    network.closest('.seat').classList.toggle('off', !network.checked);
    frame.contentWindow.postMessage('network', location.origin);
  });
}
