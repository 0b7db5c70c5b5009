// What Blazor can't do by itself: dragging with a mark where the task will land, menus that close, and news of network and visibility.

const hasOwnUndo = 'input:not([readonly]), textarea:not([readonly]), [contenteditable]';

let dragged = null;

export function listen(page) {
  const nudge = () => page.invokeMethodAsync('Nudge');
  const tell = () => page.invokeMethodAsync('SetNetwork', navigator.onLine, isPluggedIn());
  addEventListener('offline', tell);
  addEventListener('online', () => { tell(); nudge(); });
  addEventListener('message', async event => {
    if (event.origin !== location.origin || event.data !== 'network') return;
    await tell();
    if (isPluggedIn()) nudge();
  });
  tell();
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && nudge());

  document.addEventListener('dragstart', start);
  document.addEventListener('dragover', over);
  document.addEventListener('drop', event => drop(event, page));
  document.addEventListener('dragend', end);

  document.addEventListener('click', closeMenus);
  document.addEventListener('keydown', onKey);
  document.addEventListener('keydown', event => onUndoKey(event, page));
}

// Whom a frame of the page of two people is for; null where the app is not in a frame.
export function framedUser() {
  return window.frameElement?.dataset.user ?? null;
}

function isPluggedIn() {
  return window.frameElement?.dataset.network !== 'off';
}

export function focus(id) {
  document.getElementById(id)?.focus();
}

export function showDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

export function closeDialog(dialog) {
  dialog.close();
}

export function save(fileName, json) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function start(event) {
  const card = event.target;
  if (!card.dataset?.task) return; // Text and links inside a card are dragged as anywhere else.
  dragged = card.dataset.task;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', card.getAttribute('aria-label'));
  requestAnimationFrame(() => card.classList.add('dragged'));
}

function over(event) {
  const column = dragged && event.target.closest?.('.column[data-status]');
  if (!column) return unmark();
  event.preventDefault();
  event.dataTransfer.dropEffect = 'move';
  mark(column, next(column, event.clientY));
}

function drop(event, page) {
  const column = dragged && event.target.closest?.('.column[data-status]');
  if (!column) return;
  event.preventDefault();
  page.invokeMethodAsync('DropAsync', dragged, column.dataset.status, next(column, event.clientY)?.dataset.task ?? null);
  end();
}

function end() {
  dragged = null;
  unmark();
  document.querySelectorAll('.dragged').forEach(card => card.classList.remove('dragged'));
}

// The card before which a drop at this height lands; none means the end of the column.
function next(column, y) {
  return [...column.querySelectorAll('[data-task]')]
    .filter(card => card.dataset.task !== dragged)
    .find(card => { const box = card.getBoundingClientRect(); return y < box.top + box.height / 2; });
}

function mark(column, card) {
  const place = card ?? column.querySelector('.cards');
  const kind = card ? 'before' : 'end';
  if (place.dataset.drop === kind) return;
  unmark();
  place.dataset.drop = kind;
  column.dataset.over = '';
}

function unmark() {
  document.querySelectorAll('[data-drop]').forEach(place => delete place.dataset.drop);
  document.querySelectorAll('[data-over]').forEach(column => delete column.dataset.over);
}

// A menu closes by a click elsewhere or on one of its own buttons and links, except where it is a form.
function closeMenus(event) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    const isInside = menu.contains(event.target);
    if (!isInside || (menu.classList.contains('card-menu') && event.target.closest('.panel button, .panel a'))) menu.open = false;
  }
}

function onUndoKey(event, page) {
  const isRedo = redoOf(event);
  if (isRedo === null || event.target.closest?.(hasOwnUndo)) return;
  event.preventDefault();
  page.invokeMethodAsync('UndoAsync', isRedo);
}

// False for undo, true for redo, null for any other key.
function redoOf(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey;
  return key === 'y' && event.ctrlKey && !event.shiftKey ? true : null;
}

function onKey(event) {
  // Browsers take Alt with an arrow for going back and forward.
  if (event.altKey && event.key.startsWith('Arrow') && event.target.closest('[data-task]')) event.preventDefault();
  if (event.key !== 'Escape') return;
  const menu = event.target.closest?.('details.menu[open]');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
}
