import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

export interface Target {
  stateId: number;
  /** Place in the column, counted without the dragged card. */
  index: number;
  /** Where the mark is drawn, in pixels from the top of the column's list. */
  top: number;
}
interface Options {
  enabled: () => boolean;
  onDrop: (cardId: number, target: Target) => void;
}

const slop = 5;
const touchSlop = 9;
const holdTime = 240;
const edge = 56;

/**
 * Drag and drop for mouse, pen and finger out of pointer events. The browser's own drag is not used: phones have none,
 * and it cannot drop onto cards that a virtual list took away meanwhile. A finger has to rest first, so that a swipe
 * still scrolls.
 */
export function useDrag(root: Ref<HTMLElement | undefined>, options: Options) {
  const dragging = ref<number | null>(null);
  const target = ref<Target | null>(null);
  let ghost: HTMLElement | null = null;
  let source: HTMLElement | null = null;
  let pointer = -1;
  let touch = false;
  let start = { x: 0, y: 0 };
  let grip = { x: 0, y: 0 };
  let last = { x: 0, y: 0 };
  let hold = 0;
  let frame = 0;

  function onDown(event: PointerEvent): void {
    if (pointer !== -1 || !options.enabled() || (event.pointerType === 'mouse' && event.button !== 0)) return;
    const from = event.target as HTMLElement;
    const card = from.closest<HTMLElement>('[data-card]');
    if (!card || from.closest('button, input, textarea, [data-no-drag]')) return;
    source = card;
    pointer = event.pointerId;
    touch = event.pointerType !== 'mouse';
    start = last = { x: event.clientX, y: event.clientY };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', onKey, true);
    if (touch) hold = window.setTimeout(lift, holdTime);
  }

  function onMove(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    last = { x: event.clientX, y: event.clientY };
    if (dragging.value === null) {
      const far = Math.hypot(last.x - start.x, last.y - start.y);
      if (touch) {
        if (far > touchSlop) finish();
      } else if (far > slop) lift();
      return;
    }
    paint();
  }

  function lift(): void {
    if (!source) return;
    const box = source.getBoundingClientRect();
    grip = { x: start.x - box.left, y: start.y - box.top };
    ghost = source.cloneNode(true) as HTMLElement;
    ghost.removeAttribute('data-card');
    ghost.setAttribute('aria-hidden', 'true');
    ghost.classList.add('drag-ghost');
    ghost.style.width = `${box.width}px`;
    ghost.style.height = `${box.height}px`;
    document.body.appendChild(ghost);
    document.body.classList.add('dragging');
    dragging.value = Number(source.dataset.card);
    if (touch && 'vibrate' in navigator) navigator.vibrate(12);
    paint();
    frame = requestAnimationFrame(scrollAlong);
  }

  function paint(): void {
    if (!ghost) return;
    ghost.style.transform = `translate(${last.x - grip.x}px, ${last.y - grip.y}px) rotate(2deg)`;
    target.value = find();
  }

  /** The column under the pointer and the gap nearest to it. */
  function find(): Target | null {
    const columns = Array.from(root.value?.querySelectorAll<HTMLElement>('[data-column]') ?? []);
    const column = columns.find((c) => {
      const box = c.getBoundingClientRect();
      return last.x >= box.left - 8 && last.x <= box.right + 8;
    });
    const list = column?.querySelector<HTMLElement>('[data-list]');
    if (!column || !list) return null;
    const origin = list.getBoundingClientRect().top;
    const cards = Array.from(list.querySelectorAll<HTMLElement>('[data-card]'))
      .filter((c) => Number(c.dataset.card) !== dragging.value)
      .map((c) => ({ box: c.getBoundingClientRect(), index: Number(c.dataset.index) }))
      .sort((a, b) => a.box.top - b.box.top);
    let index = 0;
    let top = 0;
    const own = column === source?.closest('[data-column]') ? Number(source?.dataset.index) : Infinity;
    for (const card of cards) {
      const place = card.index - (card.index > own ? 1 : 0);
      if (last.y < card.box.top + card.box.height / 2) {
        index = place;
        top = card.box.top - origin - 5;
        return { stateId: Number(column.dataset.column), index, top: Math.max(0, top) };
      }
      index = place + 1;
      top = card.box.bottom - origin + 3;
    }
    return { stateId: Number(column.dataset.column), index, top };
  }

  /** Near an edge the board or the column moves along. */
  function scrollAlong(): void {
    if (dragging.value === null) return;
    const board = root.value?.querySelector<HTMLElement>('[data-board]') ?? root.value;
    if (board) {
      const box = board.getBoundingClientRect();
      if (last.x < box.left + edge) board.scrollLeft -= speed(box.left + edge - last.x);
      else if (last.x > box.right - edge) board.scrollLeft += speed(last.x - box.right + edge);
    }
    const id = target.value?.stateId;
    const scroller = id ? root.value?.querySelector<HTMLElement>(`[data-column="${id}"] [data-scroller]`) : null;
    if (scroller) {
      const box = scroller.getBoundingClientRect();
      if (last.y < box.top + edge) scroller.scrollTop -= speed(box.top + edge - last.y);
      else if (last.y > box.bottom - edge) scroller.scrollTop += speed(last.y - box.bottom + edge);
    }
    target.value = find();
    frame = requestAnimationFrame(scrollAlong);
  }
  function speed(depth: number): number {
    return 2 + Math.min(depth, edge) * 0.25;
  }

  function onUp(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    const id = dragging.value;
    const to = target.value;
    if (id !== null) {
      // The click that follows the drop would open the card.
      window.addEventListener('click', swallow, { capture: true, once: true });
      window.setTimeout(() => window.removeEventListener('click', swallow, true), 60);
    }
    finish();
    if (id !== null && to) options.onDrop(id, to);
  }
  function swallow(event: Event): void {
    event.preventDefault();
    event.stopPropagation();
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && dragging.value !== null) {
      event.stopPropagation();
      finish();
    }
  }
  function cancel(event: PointerEvent): void {
    if (event.pointerId === pointer) finish();
  }
  function finish(): void {
    window.clearTimeout(hold);
    cancelAnimationFrame(frame);
    window.removeEventListener('pointermove', onMove);
    window.removeEventListener('pointerup', onUp);
    window.removeEventListener('pointercancel', cancel);
    window.removeEventListener('keydown', onKey, true);
    ghost?.remove();
    document.body.classList.remove('dragging');
    ghost = null;
    source = null;
    pointer = -1;
    dragging.value = null;
    target.value = null;
  }

  // Registered before any touch begins: a listener added later could no longer stop the page from scrolling.
  function onTouchMove(event: TouchEvent): void {
    if (dragging.value !== null && event.cancelable) event.preventDefault();
  }
  function onMenu(event: Event): void {
    if (touch && pointer !== -1) event.preventDefault();
  }
  function onNative(event: Event): void {
    event.preventDefault();
  }

  onMounted(() => {
    root.value?.addEventListener('pointerdown', onDown);
    root.value?.addEventListener('touchmove', onTouchMove, { passive: false });
    root.value?.addEventListener('contextmenu', onMenu);
    root.value?.addEventListener('dragstart', onNative);
  });
  onBeforeUnmount(finish);

  return { dragging, target };
}
