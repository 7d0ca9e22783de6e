import type { NoWayBack } from '../model/history.ts';
import { isNoted, type NoNote, type NotedSafetyCopy } from '../snapshots/restore-note.ts';
import type { RestoreHistory, ToldRestore } from './restore-history.ts';

/** Whether a restore, undo or redo can be taken back now, as the next step of Undo or of Redo, or why it cannot. */
export type RestoreWayBack =
  | { readonly can: true; readonly by: 'undo' | 'redo'; readonly copy: NotedSafetyCopy }
  | NotNow;

type NotNow = { readonly can: false; readonly why: NoWayBack; readonly because: string };

const BECAUSE: { readonly [why in NoWayBack]: string } = {
  'newer-first': 'Something was restored since. Undo goes back one step at a time: undo that first.',
  past: 'It is undone already, or something else was restored since.',
  'not-made': 'It changed nothing, so there is nothing to undo.',
  'under-way': 'It is not finished yet.',
  undecided: 'It cannot be told whether it was made. Its safety copy can be restored like any snapshot.',
  'copy-gone': 'Its safety copy is not in its place any more. If it is in the trash, put it back.',
  'copy-unreadable': 'Its safety copy cannot be read now. Make that file readable and try again.',
  'copy-damaged': 'Its safety copy is damaged.',
  kept: 'It stays until you move it to the trash.',
  'not-kept': 'It is not kept any more.',
  'not-in-trash': 'None of it is in the trash any more: it was put back or deleted.',
  taken: 'It only added a snapshot, which you can move to the trash.',
  'put-back': 'You can move them to the trash again.',
  salvaged: 'It only wrote a new file: nothing here changed.',
  deleted: 'What was deleted for good cannot be brought back.',
  'in-system-trash': 'Until the system’s trash is emptied, you can get the files back from there.',
};

const NO_COPY: { readonly [why in NoNote]: NoWayBack } = {
  gone: 'copy-gone',
  unreadable: 'copy-unreadable',
  'without-note': 'copy-damaged',
};

/** An entry that cannot be taken back now, for that reason. */
export function notNow(why: NoWayBack): NotNow {
  return { can: false, why, because: BECAUSE[why] };
}

/** Whether and how a restore can be taken back now. Reads nothing. */
export function wayBackOf({ id, ended, copy }: ToldRestore, { walk }: RestoreHistory): RestoreWayBack {
  if (ended === 'not-made' || ended === 'under-way' || ended === 'undecided') return notNow(ended);
  const by = id === walk.undo ? 'undo' : id === walk.redo ? 'redo' : null;
  if (by === null) return notNow(walk.inEffect.has(id) ? 'newer-first' : 'past');
  return isNoted(copy) ? { can: true, by, copy } : notNow(NO_COPY[copy]);
}
