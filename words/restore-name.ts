import type { RestoreEntry } from '../src/model/history.ts';
import type { HeldState, MadeRestore, Returned } from '../src/model/receipt.ts';
import { fileNameOf } from './backups.ts';
import { formatMoment } from './moments.ts';
import { count } from './plurals.ts';
import { chatPiece, enumerate, plain, type Story } from './story.ts';

/* What a restore is called, wherever it is named: in the history, on the button that takes it back, and in its question. */

type Target = Pick<RestoreEntry, 'target' | 'targetTakenAt'>;

/** What a restore is called: `Brought back Lighthouse, 20 messages`. */
function restoreName(target: Target, made: MadeRestore, now: Date): Story {
  const { returned, keptNewer, isPart, mode } = made;
  const kept = keptNewer ? [plain(', keeping what was newer')] : [];
  if (returned !== null && returned.events > 0) return [...returnedStory(returned), ...kept];
  const moment = momentOf(target, now);
  if (isPart) return [plain(`Restore of a part, as of ${moment}`)];
  if (mode === 'projections') return [plain(`Derived data rebuilt as of ${moment}`)];
  return [plain(`Restore to ${moment}`), ...kept];
}

/** The name of a restore that the history knows. */
export function entryName(entry: RestoreEntry, now: Date): Story {
  const { receipt, mode } = entry;
  const made = {
    returned: receipt?.returned ?? null,
    keptNewer: receipt !== null && receipt.replay !== null,
    isPart: receipt?.isPart === true,
    mode,
  };
  return restoreName(entry, made, now);
}

/** The name of the restore that Undo takes back next, or that Redo makes again; null where it is not known. */
export function heldName({ state, snapshotId, snapshotTakenAt, made }: HeldState, now: Date): Story | null {
  if (state === 'unknown') return null;
  const target = { target: snapshotId, targetTakenAt: snapshotTakenAt };
  return restoreName(target, made ?? NOT_KNOWN, now);
}

const NOT_KNOWN: MadeRestore = { returned: null, keptNewer: false, isPart: false, mode: 'full' };

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

/** The moment of what was restored, kept or saved. */
export function momentOf({ targetTakenAt, target }: Target, now: Date): string {
  if (targetTakenAt !== null) return formatMoment(targetTakenAt, now);
  if (target === null) return 'an unknown moment';
  const fileName = fileNameOf(target);
  return fileName === null ? target : `“${fileName}”`;
}
