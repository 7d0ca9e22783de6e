import type { Rules } from '../src/model/rules.ts';
import type { Hit, RowVersion, SearchResult, StoredValue } from '../src/model/search.ts';
import type { SnapshotId } from '../src/model/snapshots.ts';
import { formatNumber } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { capitalize, joinWords } from './sentences.ts';

/** How the moment of a snapshot is written, on its own and at the end of a sentence; null where it is not known. */
export type Moments = {
  readonly name: (id: SnapshotId) => string | null;
  readonly when: (id: SnapshotId) => string | null;
};

const MOST_MOMENTS = 3;
const BEFORE_PHRASE = 80;
const LONGEST_EXCERPT = 280;
const LONGEST_VALUE = 4000;
const LONGEST_JSON = 100_000;

/** Whether nobody can see it in the chat app now, as far as that is known. */
export function isGone({ live, hiddenNow }: Pick<Hit, 'live' | 'hiddenNow'>): boolean {
  return live === false || hiddenNow;
}

/** As `isGone`, and where nobody knows: who looks for what is gone has to see it. */
export function mayBeGone(hit: Pick<Hit, 'live' | 'hiddenNow'>): boolean {
  return hit.live === null || isGone(hit);
}

/** `gone now`, `hidden now`; null for what is still there, or may be. */
export function goneWords(hit: Pick<Hit, 'live' | 'hiddenNow'>): string | null {
  if (hit.live === false) return 'gone now';
  return hit.hiddenNow ? 'hidden now' : null;
}

/**
 * `in the database now and in 3 snapshots, the newest rewind/20260101T000000Z`, `only in rewind/20260101T000000Z`; without
 * `only` where nobody knows what the database holds. The snapshots are given newest first.
 */
export function whereWords({ in: ids, live }: Pick<Hit, 'in' | 'live'>): string {
  const [first, ...others] = ids;
  const snapshots =
    others.length === 0 ? (first ?? null) : `${count(ids.length, 'snapshot')}, the newest ${first}`;
  if (live) return snapshots === null ? 'in the database now' : `in the database now and in ${snapshots}`;
  return `${live === null ? 'in' : 'only in'} ${snapshots ?? 'nothing'}`;
}

/** The snapshots in which a reader of the chat sees it; all that hold it where it is hidden in each. */
export function showingIn({ in: ids, hiddenIn }: Pick<Hit, 'in' | 'hiddenIn'>): readonly SnapshotId[] {
  const showing = ids.filter((id) => !hiddenIn.includes(id));
  return showing.length > 0 ? showing : ids;
}

/** `Snapshots: 14:03, 13:45 and 2 older; gone since the rewind at 14:03`. */
export function stripWords(hit: Hit, moments: Moments, extent: Extent = 'all'): string {
  const ids = showingIn(hit);
  const [newest] = ids;
  // Until the search has come to its end, a snapshot may still turn out to hold it.
  if (newest === undefined)
    return extent === 'all' || extent === 'first'
      ? 'In no snapshot yet'
      : 'In no snapshot that was searched so far';
  const held = `${choose(ids.length, 'Snapshot', 'Snapshots')}: ${momentsWords(ids, moments, 'older')}`;
  if (hit.live === null) return held;
  if (!isGone(hit)) return `${held}; still there`;
  const gone = hit.live ? 'hidden' : 'gone';
  const when = newest.startsWith('rewind/') ? moments.when(newest) : null;
  return when === null ? `${held}; ${gone} now` : `${held}; ${gone} since the rewind ${when}`;
}

/** `13:45, 14:03, and now`. */
export function versionWords({ in: ids, live }: RowVersion, moments: Moments): string {
  if (ids.length === 0) return 'Now';
  return `${momentsWords(ids, moments, 'newer')}${live ? ', and now' : ''}`;
}

/** Whether a version of a message says something else than the one before. */
export function saysAnew({ said }: RowVersion, before: RowVersion | undefined): boolean {
  return before?.said?.text !== said?.text || before?.said?.speaker !== said?.speaker;
}

/** `The same words, hidden from the chat`; null where the words say it all. */
export function saidWords(version: RowVersion, before: RowVersion | undefined): string | null {
  const same = saysAnew(version, before) ? [] : ['the same words'];
  const seen =
    version.said?.isHidden === true
      ? ['hidden from the chat']
      : before?.said?.isHidden === true
        ? ['in the chat again']
        : [];
  const words = [...same, ...seen].join(', ');
  return words === '' ? null : capitalize(words);
}

function momentsWords(ids: readonly SnapshotId[], { name }: Moments, rest: 'older' | 'newer'): string {
  const named = ids.slice(0, MOST_MOMENTS).map((id) => name(id) ?? id);
  const more = ids.length - named.length;
  return joinWords([...named, ...(more === 0 ? [] : [`${formatNumber(more)} ${rest}`])]);
}

/** Whether it can be brought back: nobody sees it now, and a snapshot holds it under a name. */
export function canComeBack(hit: Hit): boolean {
  return isGone(hit) && hit.key.length > 0 && showingIn(hit).length > 0;
}

/** The newest snapshot that shows all of these; null: none does. */
export function snapshotOf(hits: readonly Pick<Hit, 'in' | 'hiddenIn'>[]): SnapshotId | null {
  const [first, ...others] = hits.map(showingIn);
  return first?.find((id) => others.every((ids) => ids.includes(id))) ?? null;
}

/** `3 hits chosen.` */
export function chosenHitsWords(hits: number): string {
  return `${count(hits, 'hit')} chosen.`;
}

/** `Bring 3 back…` */
export function restoreHitsWords(hits: number): string {
  return `Bring ${hits === 1 ? 'it' : formatNumber(hits)} back…`;
}

export const NO_COMMON_SNAPSHOT = 'No snapshot holds all of them, so bring back fewer at once.';

/** What was found, other than a message: `Memory`, `Chat`, or the table's name. */
export function rowWords(
  { table, column, event }: Pick<Hit, 'table' | 'column' | 'event'>,
  { nouns }: Rules,
): string {
  if (event !== null) return event.kind === null ? 'Event' : capitalize(event.kind.replaceAll('_', ' '));
  const noun = nouns.find((one) => one.table === table)?.one ?? table;
  return `${capitalize(noun)}, ${column}`;
}

/** A part of a text; `isMatch`: it is what was looked for. */
export type ExcerptPart = { readonly at: number; readonly text: string; readonly isMatch: boolean };

/** What stands around the first place of the phrase, with the phrase marked. */
export function excerptOf({ text, marks }: Pick<Hit, 'text' | 'marks'>): readonly ExcerptPart[] {
  const first = marks[0]?.[0] ?? 0;
  const start =
    text.length <= LONGEST_EXCERPT
      ? 0
      : Math.max(0, Math.min(first - BEFORE_PHRASE, text.length - LONGEST_EXCERPT));
  const end = Math.min(text.length, start + LONGEST_EXCERPT);
  const parts: ExcerptPart[] = [];
  const add = (from: number, to: number, isMatch: boolean) => {
    if (to > from) parts.push({ at: from, text: text.slice(from, to).toWellFormed(), isMatch });
  };
  if (start > 0) parts.push({ at: -1, text: '…', isMatch: false });
  let at = start;
  for (const [from, to] of marks) {
    if (from < at || from >= end) continue;
    add(at, from, false);
    add(from, Math.min(to, end), true);
    at = Math.min(to, end);
  }
  add(at, end, false);
  if (end < text.length) parts.push({ at: end, text: '…', isMatch: false });
  return parts;
}

/** How far the search has come: to its end, to as many hits as it gives, not yet, or until it was stopped. */
export type Extent = 'all' | 'first' | 'running' | 'stopped';

const EXTENT_WORDS: Readonly<Record<Extent, string>> = {
  all: '',
  first: '',
  running: ' so far',
  stopped: '; then the search was stopped',
};

/** `12 hits, 3 of them gone now`, `Nothing was found so far`. */
export function hitsWords(hits: readonly Hit[], extent: Extent): string {
  if (hits.length === 0) return `Nothing was found${EXTENT_WORDS[extent]}`;
  const all = extent === 'first' ? `The first ${count(hits.length, 'hit')}` : count(hits.length, 'hit');
  const share = hits.some(({ live }) => live === null) ? '' : `, ${goneShareWords(hits)}`;
  return `${all}${share}${EXTENT_WORDS[extent]}`;
}

function goneShareWords(hits: readonly Hit[]): string {
  const gone = hits.filter(isGone).length;
  const every = hits.length === 1 ? '' : 'all ';
  if (gone === 0) return `${every}still there`;
  return gone === hits.length ? `${every}gone now` : `${formatNumber(gone)} of them gone now`;
}

/** `2 snapshots could not be searched, or not wholly`. */
export function notSearchedWords({ notSearched }: Pick<SearchResult, 'notSearched'>): string {
  const ids = new Set(notSearched.map(({ id }) => id));
  const database = ids.delete(null) ? ['The database'] : [];
  const snapshots = ids.size === 0 ? [] : [count(ids.size, 'snapshot')];
  return `${joinWords([...database, ...snapshots])} could not be searched in full`;
}

/** A value as people read it. JSON without its escapes. */
export function valueWords(value: StoredValue): string {
  if (value === null) return 'nothing';
  if (value instanceof Uint8Array) return `${count(value.length, 'byte')} of binary data`;
  const text = typeof value === 'string' ? withoutEscapes(value) : String(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE).toWellFormed()}…`;
}

function withoutEscapes(text: string): string {
  if (!/^[[{]/.test(text) || text.length > LONGEST_JSON) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return text.replaceAll(/(?<!\\)(?:\\u[0-9a-fA-F]{4})+/g, (escapes) =>
    String(JSON.parse(`"${escapes}"`)).toWellFormed(),
  );
}
