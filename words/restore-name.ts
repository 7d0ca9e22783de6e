import type { RestoreEntry } from '../src/model/history.ts';
import type { HeldState, MadeRestore, RestoredPart, RestoreReceipt, Returned } from '../src/model/receipt.ts';
import type { Rules } from '../src/model/rules.ts';
import { fileNameOf } from './backups.ts';
import { formatMoment } from './moments.ts';
import { sumOf } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { chatPiece, enumerate, nameSome, plain, type Story } from './story.ts';
import { countRows } from './tables.ts';

/* What a restore is called, wherever it is named: in the history, on the button that takes it back, and in its question. */

type Target = Pick<RestoreEntry, 'target' | 'targetTakenAt'>;

/** What names depend on beside what was done: the time, and what the application calls its rows. */
export type Naming = { readonly now: Date; readonly rules: Pick<Rules, 'nouns'> };

/** What a restore is called: `Brought back Lighthouse, 20 messages`. */
function restoreName(target: Target, made: MadeRestore, { now, rules }: Naming): Story {
  const { returned, keptNewer, part, mode } = made;
  const kept = keptNewer ? [plain(', keeping what was newer')] : [];
  if (returned !== null && returned.events > 0) return [...returnedStory(returned), ...kept];
  const moment = momentOf(target, now);
  if (part !== null) return [...partStory(part, rules), plain(`, as of ${moment}`)];
  if (mode === 'projections') return [plain(`Derived data rebuilt as of ${moment}`)];
  return [plain(`Restore to ${moment}`), ...kept];
}

/** The name of a restore that the history knows. */
export function entryName(entry: RestoreEntry, naming: Naming): Story {
  const { receipt, mode } = entry;
  return restoreName(entry, receipt === null ? { ...NOT_KNOWN, mode } : { ...madeBy(receipt), mode }, naming);
}

/** What a restore is named by, told from its receipt. */
export function madeBy({ mode, returned, replay, part, isPart }: RestoreReceipt): MadeRestore {
  return { mode, returned, keptNewer: replay !== null, part: part ?? (isPart === true ? UNNAMED : null) };
}

/** The name of the restore that Undo takes back next, or that Redo makes again; null where it is not known. */
export function heldName(
  { state, snapshotId, snapshotTakenAt, made }: HeldState,
  naming: Naming,
): Story | null {
  if (state === 'unknown') return null;
  const target = { target: snapshotId, targetTakenAt: snapshotTakenAt };
  return restoreName(target, made ?? NOT_KNOWN, naming);
}

const NOT_KNOWN: MadeRestore = { returned: null, keptNewer: false, part: null, mode: 'full' };
/** Receipts of earlier versions do not say what the part was. */
const UNNAMED: RestoredPart = { by: 'rows', rows: [] };

const MOST_CHATS = 2;

function returnedStory({ messages, events, chats, named }: Returned): Story {
  const amount = messages > 0 ? count(messages, 'message') : count(events, 'event');
  const known = named.filter(({ chat }) => chat !== null);
  if (known.length === 0) return [plain('Brought back '), plain(amount)];
  const shown = known.slice(0, chats === MOST_CHATS + 1 ? chats : MOST_CHATS);
  const rest = chats - shown.length;
  const where = enumerate([
    ...shown.map((one): Story => [chatPiece(one)]),
    ...(rest === 0 ? [] : [[plain(count(rest, 'other chat'))]]),
  ]);
  return [plain('Brought back '), ...where, plain(`, ${amount}`)];
}

/** `Brought back 3 memories and 1 scene`. */
function partStory(part: RestoredPart, rules: Naming['rules']): Story {
  switch (part.by) {
    case 'chat':
      return [plain('Brought back '), chatPiece(part)];
    case 'tables': {
      const { tables } = part;
      const named = nameSome(
        tables,
        (table): Story => [{ text: table, tone: 'name' }],
        (rest) => [plain(count(rest.length, 'other'))],
      );
      return [plain(`Brought back the ${choose(tables.length, 'table', 'tables')} `), ...enumerate(named)];
    }
    case 'rows': {
      const back = part.rows.filter((one) => one.back > 0);
      const told =
        back.length > 0
          ? back.map((one) => ({ ...one, rows: one.back }))
          : part.rows.map((one) => ({ ...one, rows: one.gone }));
      if (told.length === 0) return [plain('Restore of a part')];
      const counted = nameSome(
        told.toSorted((a, b) => b.rows - a.rows),
        ({ rows, table: name, role }): Story => [plain(countRows(rows, { name, role }, rules))],
        (rest) => [
          plain(
            count(
              sumOf(rest, ({ rows }) => rows),
              'other entry',
              'other entries',
            ),
          ),
        ],
      );
      return [plain(back.length > 0 ? 'Brought back ' : 'Removed '), ...enumerate(counted)];
    }
  }
}

/** The moment of what was restored, kept or saved. */
export function momentOf({ targetTakenAt, target }: Target, now: Date): string {
  if (targetTakenAt !== null) return formatMoment(targetTakenAt, now);
  if (target === null) return 'an unknown moment';
  const fileName = fileNameOf(target);
  return fileName === null ? target : `“${fileName}”`;
}
