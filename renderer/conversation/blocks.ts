import type { ConversationLayout, ConversationRun } from '../../src/model/conversation.ts';

/** One line of the list. `place` of a fold or boundary is the first place that it stands for. */
export type Item = {
  readonly kind: 'message' | 'fold' | 'boundary';
  readonly place: number;
  readonly run: ConversationRun | null;
};

/** Consecutive items of one kind. `first` is the index of the first one. */
type Block = Item & { readonly first: number; readonly count: number };

/** The lines of a chat's list, told from its runs alone, so that their number costs nothing. */
export type Items = {
  readonly count: number;
  readonly at: (index: number) => Item;
  /** The index of the line that shows a place: the message, or the fold that hides it. */
  readonly indexOf: (place: number) => number;
};

/** Lays out the lines of a chat. Folds whose first place is in `unfolded` are open. */
export function layOut({ places, runs }: ConversationLayout, unfolded: ReadonlySet<number>): Items {
  const blocks: Block[] = [];
  let next = 0;
  const add = (item: Item, count: number) => {
    if (count === 0) return;
    blocks.push({ ...item, first: next, count });
    next += count;
  };
  const addMessages = (place: number, count: number) => add({ kind: 'message', place, run: null }, count);
  for (const run of runs ?? []) {
    const { from, length, fold } = run;
    if (run.state !== 'kept') add({ kind: 'boundary', place: from, run }, 1);
    if (fold === null || unfolded.has(fold.from)) addMessages(from, length);
    else {
      addMessages(from, fold.from - from);
      add({ kind: 'fold', place: fold.from, run }, 1);
      const rest = fold.from + fold.length;
      addMessages(rest, from + length - rest);
    }
  }
  if (runs === null) addMessages(0, places);

  /** The last block of which this holds; it holds of all blocks before, too. */
  function findLast(holds: (block: Block) => boolean): Block | undefined {
    let [low, high] = [0, blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const block = blocks[middle];
      if (block !== undefined && holds(block)) low = middle + 1;
      else high = middle;
    }
    return blocks[low - 1];
  }

  return {
    count: next,
    at(index) {
      const block = findLast(({ first }) => first <= index);
      if (block === undefined) return { kind: 'message', place: 0, run: null };
      const { kind, place, run, first } = block;
      return kind === 'message' ? { kind, place: place + index - first, run } : { kind, place, run };
    },
    indexOf(wanted) {
      const block = findLast(({ place }) => place <= wanted);
      if (block === undefined) return 0;
      return block.kind === 'message'
        ? block.first + Math.min(wanted - block.place, block.count - 1)
        : block.first;
    },
  };
}

/** The first place of the fold that hides a place; null if none does. */
export function foldOver({ runs }: ConversationLayout, place: number): number | null {
  const over = runs?.find(
    ({ fold }) => fold !== null && fold.from <= place && place < fold.from + fold.length,
  );
  return over?.fold?.from ?? null;
}

/** Where a fold stands in its chat. */
export function foldPosition(
  { places, runs }: ConversationLayout,
  { from, length }: ConversationRun,
): 'first' | 'middle' | 'last' {
  if (from === 0) return 'first';
  return from + length >= places && runs !== null ? 'last' : 'middle';
}
