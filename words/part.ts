import type { RestorePlan } from '../src/model/restore.ts';
import type { Rules } from '../src/model/rules.ts';
import type { Hit, RowName, StoredValue } from '../src/model/search.ts';
import type { Related, Selection } from '../src/model/selection.ts';
import { clip } from './clip.ts';
import { formatNumber, sumOf } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';
import { back, changed, gone, type Piece, plain, type Story } from './story.ts';
import { countRows } from './tables.ts';

/* What the window says of a part that a person brings back: a chat, a message, tables or rows. */

type Selected<By extends Selection['by']> = Extract<Selection, { readonly by: By }>;

/** A part of a snapshot, and what the person chose it as. */
export type ChosenPart =
  | { readonly as: 'chat'; readonly name: string; readonly selection: Selected<'chat'> }
  | { readonly as: 'tables'; readonly selection: Selected<'tables'> }
  | { readonly as: 'rows' | 'message'; readonly selection: Selected<'rows'> };

/** A single row as a part: of a message, what belonged to it comes along unless the person chooses otherwise. */
export function singlePart(row: RowName, { isMessage }: { readonly isMessage: boolean }): ChosenPart {
  return isMessage ? messagesPart([row]) : rowsPart([row]);
}

/** Several hits of a search as a part: messages with what belonged to them, unless there is anything else among them. */
export function hitsPart(hits: readonly Pick<Hit, 'table' | 'key' | 'event'>[]): ChosenPart {
  const isMessages = hits.every(({ event }) => event !== null);
  // A row may be found by more than one of its values.
  const rows = new Map(
    hits.map(({ table, key }) => [JSON.stringify([table, key.map(nameOfValue)]), { table, key }]),
  );
  return isMessages ? messagesPart([...rows.values()]) : rowsPart([...rows.values()]);
}

function nameOfValue(value: StoredValue): unknown {
  return value instanceof Uint8Array ? [...value] : [typeof value, String(value)];
}

/** Rows as a part, by themselves unless the person chooses otherwise. */
export function rowsPart(rows: readonly RowName[]): ChosenPart {
  return { as: 'rows', selection: { by: 'rows', rows } };
}

/** Messages as a part, with what belonged to them. */
export function messagesPart(rows: readonly RowName[]): ChosenPart {
  return { as: 'message', selection: { by: 'rows', rows, related: 'children' } };
}

/** So many messages or rows can be brought back at once. */
export const MOST_CHOSEN = 10_000;

/** How many of the messages that a person chose are lost, with the events between them. */
export function chosenWords(lost: number): string {
  if (lost === 0) return 'Nothing that you selected is lost.';
  return lost > MOST_CHOSEN
    ? `More than ${formatNumber(MOST_CHOSEN)} lost entries are selected: bring back the whole chat instead.`
    : `${count(lost, 'lost entry', 'lost entries')} selected.`;
}

/** Names are cut to so many words. */
const NAME_WORDS = 3;

/** The question that the dialog asks of a plan. `when`: the moment of the snapshot. */
export function partQuestion(part: ChosenPart, plan: Pick<RestorePlan, 'options'>, when: string): Story {
  switch (part.as) {
    case 'chat':
      return [plain('Bring only '), namePiece(part.name), plain(` back as it was ${when}?`)];
    case 'message': {
      const { rows } = part.selection;
      const related = relatedOf(plan);
      const what =
        rows.length === 1
          ? `${related === 'none' ? 'only ' : ''}this message back as it was`
          : `${related === 'none' ? 'only ' : ''}the selected messages back as they were`;
      return [plain(`Bring ${what} ${when}${alongWords(related, rows.length)}?`)];
    }
    case 'tables': {
      const [first = '', ...more] = part.selection.tables;
      if (more.length > 0)
        return [plain(`Bring ${count(more.length + 1, 'table')} back as they were ${when}?`)];
      return [plain('Bring the table '), namePiece(first), plain(` back as it was ${when}?`)];
    }
    case 'rows': {
      const { rows } = part.selection;
      const [table, ...others] = [...new Set(rows.map((row) => row.table))];
      const was = choose(rows.length, 'it was', 'they were');
      const of = table === undefined || others.length > 0 ? [] : [plain(' of '), namePiece(table)];
      return [
        plain(`Bring ${count(rows.length, 'row')}`),
        ...of,
        plain(` back as ${was} ${when}${alongWords(relatedOf(plan), rows.length)}?`),
      ];
    }
  }
}

function alongWords(related: Related, rows: number): string {
  switch (related) {
    case 'none':
      return '';
    case 'children':
      return `, with what belonged to ${choose(rows, 'it', 'them')}`;
    case 'operation':
      return ', with all that the rewind took';
  }
}

/** What comes along with single rows. */
function relatedOf({ options: { selection } }: Pick<RestorePlan, 'options'>): Related {
  return selection?.by === 'rows' ? (selection.related ?? 'none') : 'none';
}

/** The sizes that a person chooses from: what comes back, and what that means. */
export function relatedChoices({
  as,
  selection: { rows },
}: Extract<ChosenPart, { readonly as: 'rows' | 'message' }>): {
  readonly [R in Related]: { readonly what: string; readonly means: string };
} {
  const those =
    as === 'message'
      ? choose(rows.length, 'this message', 'the selected messages')
      : choose(rows.length, 'this row', `these ${count(rows.length, 'row')}`);
  const [it, has] = [choose(rows.length, 'it', 'them'), choose(rows.length, 'it needs', 'they need')];
  return {
    none: { what: `Only ${those}`, means: `Anything missing that ${has} comes along.` },
    children: {
      what: `With what belonged to ${it}`,
      means: `Also what referred to ${it} then. What came since stays.`,
    },
    operation: {
      what: 'With everything that the rewind took',
      means: 'Also what disappeared from the chat at the same time.',
    },
  };
}

/** `Also coming back: 3 memories and 1 scene.` Null: nothing comes along. */
export function relatedWords(
  { related, tables }: Pick<RestorePlan, 'related' | 'tables'>,
  rules: Pick<Rules, 'nouns'>,
): string | null {
  if (related.length === 0) return null;
  const what = related.map(({ table, rows }) => {
    const role = tables.find(({ name }) => name === table)?.role ?? 'projected';
    return countRows(rows, { name: table, role }, rules);
  });
  return `Also coming back: ${joinWords(what)}.`;
}

/** That everything else stays. */
export function restWords({ as }: ChosenPart): string {
  return as === 'chat' ? 'Your other chats stay as they are' : 'Everything else stays as it is';
}

/** The same once it is done, as the end of a sentence. */
export function restDone({ as }: ChosenPart): string {
  return as === 'chat' ? '; other chats are unchanged.' : '; everything else is unchanged.';
}

/** The heading of the receipt where no message came back. */
export function partDone(part: ChosenPart, plan: RestorePlan): Story {
  if (part.as === 'chat') return [namePiece(part.name), plain(' is as it was then'), plain(restDone(part))];
  const { added, changed, removed } = plannedSums(plan);
  const rows = added + changed + removed;
  const [table, ...others] = part.as === 'tables' ? part.selection.tables : [];
  const of = table === undefined || others.length > 0 ? [] : [plain(' of '), namePiece(table)];
  return [
    back(count(rows, 'row')),
    ...of,
    plain(` ${choose(rows, 'is as it was', 'are as they were')} then`),
    plain(restDone(part)),
  ];
}

/** `11 rows come back, 2 change`. Empty: none do. */
export function rowsBack(plan: RestorePlan): Story {
  const sums = plannedSums(plan);
  const added = [back(count(sums.added, 'row')), plain(choose(sums.added, ' comes back', ' come back'))];
  const other = [changed(count(sums.changed, 'row')), plain(choose(sums.changed, ' changes', ' change'))];
  if (sums.changed === 0) return sums.added === 0 ? [] : added;
  return sums.added === 0 ? other : [...added, plain(', '), ...other];
}

/** `3 rows are removed`. Empty: none are. */
export function rowsGone(plan: RestorePlan): Story {
  const { removed } = plannedSums(plan);
  return removed === 0
    ? []
    : [gone(count(removed, 'row')), plain(choose(removed, ' is removed', ' are removed'))];
}

/** Sums over all tables that are written. */
function plannedSums({ tables }: RestorePlan) {
  const written = tables.filter(({ action }) => action === 'write');
  const sum = (what: 'added' | 'changed' | 'removed') => sumOf(written, (one) => one[what]);
  return { added: sum('added'), changed: sum('changed'), removed: sum('removed') };
}

/** What may belong to the chat or to single rows, although only the name of a column says so. Null: there is nothing like that. */
export function guessedWords(
  { guessed, options }: Pick<RestorePlan, 'guessed' | 'options'>,
  rules: Pick<Rules, 'nouns'>,
): string | null {
  const rows = sumOf(guessed, (one) => one.rows);
  if (rows === 0) return null;
  const what = guessed.map((one) => countRows(one.rows, { name: one.table, role: 'projected' }, rules));
  return `${joinWords(what)} may belong to ${options.selection?.by === 'rows' ? 'what you chose' : 'this chat'}, too. That is a guess: ${choose(guessed.length, 'a column', 'columns')} named ${joinWords([...new Set(guessed.map(({ column }) => column))])} ${choose(guessed.length, 'suggests', 'suggest')} it, and nothing else.`;
}

/** `2 entries that are needed come along`. */
export function alongTitle({ pulled }: Pick<RestorePlan, 'pulled'>): string {
  const rows = pulled.length;
  return `${count(rows, 'entry', 'entries')} that ${choose(rows, 'is needed comes', 'are needed come')} along`;
}

/** `3 entries differ and stay as they are now`. */
export function stayingTitle({ staying, moreStaying }: Pick<RestorePlan, 'staying' | 'moreStaying'>): string {
  const rows = staying.length;
  const stays = choose(rows, 'differs and stays as it is', 'differ and stay as they are');
  return `${moreStaying ? 'More than ' : ''}${count(rows, 'entry', 'entries')} ${stays} now`;
}

function namePiece(name: string): Piece {
  const text = clip(name, NAME_WORDS);
  return text === name ? { text, tone: 'name' } : { text, tone: 'name', whole: name };
}
