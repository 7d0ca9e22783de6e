import type { RestorePlan, Selection } from '../src/model/restore.ts';
import type { Rules } from '../src/model/rules.ts';
import { clip } from './clip.ts';
import { sumOf } from './numbers.ts';
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

/** Names are cut to so many words. */
const NAME_WORDS = 3;

/** The question that the dialog asks. `when`: the moment of the snapshot. */
export function partQuestion(part: ChosenPart, when: string): Story {
  switch (part.as) {
    case 'chat':
      return [plain('Bring only '), namePiece(part.name), plain(` back as it was ${when}?`)];
    case 'message':
      return [plain(`Bring only this message back as it was ${when}?`)];
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
      return [plain(`Bring ${count(rows.length, 'row')}`), ...of, plain(` back as ${was} ${when}?`)];
    }
  }
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

/** What may belong to the chat, although only the name of a column says so. Null: there is nothing like that. */
export function guessedWords(
  { guessed }: Pick<RestorePlan, 'guessed'>,
  rules: Pick<Rules, 'nouns'>,
): string | null {
  const rows = sumOf(guessed, (one) => one.rows);
  if (rows === 0) return null;
  const what = guessed.map((one) => countRows(one.rows, { name: one.table, role: 'projected' }, rules));
  return `${joinWords(what)} may belong to this chat, too. That is a guess: ${choose(guessed.length, 'a column', 'columns')} named ${joinWords([...new Set(guessed.map(({ column }) => column))])} ${choose(guessed.length, 'suggests', 'suggest')} it, and nothing else.`;
}

/** `2 entries it needs come along`. */
export function alongTitle({ pulled }: Pick<RestorePlan, 'pulled'>): string {
  const rows = pulled.length;
  return `${count(rows, 'entry', 'entries')} that it needs ${choose(rows, 'comes', 'come')} along`;
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
