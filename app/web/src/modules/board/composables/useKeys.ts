import { nextTick, ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { type Column, sameSpot, spotAt, type Spot } from '../board';

export interface Carried {
  cardId: number;
  stateId: number;
  index: number;
}
interface Options {
  columns: Ref<Column[]>;
  enabled: () => boolean;
  onDrop: (cardId: number, spot: Spot) => void;
  focus: (cardId: number) => void;
}

/** Moving cards without a pointer: space picks up, arrows carry, space puts down, escape puts back. */
export function useKeys(options: Options) {
  const { t } = useI18n();
  const carried = ref<Carried | null>(null);
  const said = ref('');

  function where(cardId: number): { column: number; index: number } | null {
    for (const [column, c] of options.columns.value.entries()) {
      const index = c.cards.findIndex((card) => card.id === cardId);
      if (index >= 0) return { column, index };
    }
    return null;
  }
  function title(cardId: number): string {
    const at = where(cardId);
    return at ? options.columns.value[at.column].cards[at.index].title : '';
  }
  function sayPlace(): void {
    const c = carried.value;
    const column = options.columns.value.find((x) => x.state.id === c?.stateId);
    if (!c || !column) return;
    const others = column.cards.filter((card) => card.id !== c.cardId).length;
    said.value = t('board.say.at', { column: column.state.name, n: c.index + 1, of: others + 1 });
  }
  async function follow(cardId: number): Promise<void> {
    await nextTick();
    options.focus(cardId);
  }

  function pick(cardId: number): void {
    const at = where(cardId);
    if (!at) return;
    carried.value = { cardId, stateId: options.columns.value[at.column].state.id, index: at.index };
    said.value = t('board.say.picked', { title: title(cardId) });
  }
  function carry(dx: number, dy: number): void {
    const c = carried.value;
    if (!c) return;
    const list = options.columns.value;
    const now = list.findIndex((x) => x.state.id === c.stateId);
    const to = Math.max(0, Math.min(now + dx, list.length - 1));
    const others = list[to].cards.filter((card) => card.id !== c.cardId).length;
    const index = Math.max(0, Math.min(c.index + dy, others));
    carried.value = { cardId: c.cardId, stateId: list[to].state.id, index };
    sayPlace();
    void follow(c.cardId);
  }
  function put(): void {
    const c = carried.value;
    if (!c) return;
    const column = options.columns.value.find((x) => x.state.id === c.stateId);
    carried.value = null;
    if (!column) return;
    const spot = spotAt(column, c.index, c.cardId);
    const name = title(c.cardId);
    said.value = t('board.say.put', { title: name, column: column.state.name });
    if (!sameSpot(options.columns.value, c.cardId, spot)) options.onDrop(c.cardId, spot);
    void follow(c.cardId);
  }
  function drop(): void {
    const c = carried.value;
    if (!c) return;
    carried.value = null;
    said.value = t('board.say.back', { title: title(c.cardId) });
    void follow(c.cardId);
  }
  function walk(cardId: number, dx: number, dy: number): void {
    const at = where(cardId);
    if (!at) return;
    const list = options.columns.value;
    if (dy !== 0) {
      const next = list[at.column].cards[at.index + dy];
      if (next) options.focus(next.id);
      return;
    }
    for (let i = at.column + dx; i >= 0 && i < list.length; i += dx) {
      const cards = list[i].cards;
      if (cards.length > 0) {
        options.focus(cards[Math.min(at.index, cards.length - 1)].id);
        return;
      }
    }
  }

  const arrows: Record<string, [number, number]> = {
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
  };
  function onKey(event: KeyboardEvent, cardId: number): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrows[event.key];
    const held = carried.value?.cardId === cardId;
    if (arrow) {
      event.preventDefault();
      if (held) carry(...arrow);
      else walk(cardId, ...arrow);
    } else if (event.key === ' ') {
      event.preventDefault();
      if (held) put();
      else if (options.enabled()) pick(cardId);
    } else if (held && event.key === 'Enter') {
      event.preventDefault();
      put();
    } else if (held && (event.key === 'Escape' || event.key === 'Tab')) {
      if (event.key === 'Escape') event.preventDefault();
      event.stopPropagation();
      drop();
    }
  }
  return { carried, said, onKey };
}
