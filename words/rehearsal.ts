import type { Rehearsal, RehearsedRestore } from '../src/model/rehearsal.ts';
import type { Refusal, RestorePlan } from '../src/model/restore.ts';
import { explain, type Face } from './errors.ts';
import { formatBytes, formatMilliseconds, formatNumber, sumOf } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { checksByKind, shortHash } from './receipt.ts';
import { differingRows } from './rows.ts';
import { joinWords } from './sentences.ts';

/* What a rehearsal on a private copy showed, and what none can show. */

/** What stands against the restore only here and now, and not in a copy. */
const NOT_IN_A_COPY: readonly Refusal['code'][] = ['database-in-use', 'database-read-only'];

/** Why it makes no sense to rehearse a plan; null: it does. */
export function rehearsalObstacle({ refusals }: Pick<RestorePlan, 'refusals'>): Refusal | null {
  return refusals.find(({ code }) => !NOT_IN_A_COPY.includes(code)) ?? null;
}

export function rehearsalLines(rehearsal: Rehearsal, face: Face): readonly string[] {
  switch (rehearsal.state) {
    case 'done':
      return [
        `Rehearsed on a copy: ${resultWords(rehearsal)}.`,
        ...rehearsal.tables.flatMap(tableLine),
        undoWords(rehearsal.undo, face),
        ...startLines(rehearsal.nextStart),
        'A rehearsal can’t show what the chat app’s own code does, or whether another program or a full disk gets in the way.',
      ];
    case 'not-tried':
      return [
        `${rehearsal.refusal.code === 'conflicts-open' ? 'Not rehearsed yet: there is something to choose first.' : 'Not rehearsed.'} ${refusalWords(rehearsal.refusal, face)}`,
      ];
    case 'refused':
      return [`Rehearsed on a copy: it failed there. ${refusalWords(rehearsal.refusal, face)}`];
    case 'too-large':
      return [
        `Not rehearsed as a whole: the database and the snapshot take ${formatBytes(rehearsal.bytes)} together, and at most ${formatBytes(rehearsal.mostBytes)} are copied for that. The rows themselves were tried out when this plan was made.`,
      ];
  }
}

function resultWords({ tables, checks, writeLockMs }: RehearsedRestore): string {
  const rows = sumOf(tables, differingRows);
  const touched = tables.filter((table) => differingRows(table) > 0).length;
  const results = checksByKind(checks);
  const passed = results.filter((one) => one.passed).length;
  const all =
    passed === results.length
      ? `all ${count(passed, 'kind')} of checks passed`
      : `${passed} of ${count(results.length, 'kind')} of checks passed`;
  return `${count(rows, 'row')} written in ${count(touched, 'table')}, ${all}, other programs kept waiting for ${formatMilliseconds(writeLockMs)}`;
}

function tableLine({ name, added, changed, removed }: RehearsedRestore['tables'][number]): readonly string[] {
  const parts = [
    [added, 'came back'],
    [changed, 'changed'],
    [removed, 'removed'],
  ] as const;
  const told = parts.flatMap(([rows, what]) => (rows === 0 ? [] : [`${formatNumber(rows)} ${what}`]));
  return told.length === 0 ? [] : [`Rows of ${name}: ${joinWords(told)}.`];
}

function undoWords(undo: RehearsedRestore['undo'], face: Face): string {
  switch (undo.state) {
    case 'same':
      return `Undone on the copy: the same as before in ${choose(undo.tables, 'its one table', `all ${formatNumber(undo.tables)} tables`)}, hash ${shortHash(undo.hash)}.`;
    case 'differs':
      return `Undone on the copy: NOT as before in ${joinWords(undo.tables)}. The safety copy would still hold all of it.`;
    case 'refused':
      return `Undoing it was refused on the copy. ${refusalWords(undo.refusal, face)}`;
  }
}

function startLines(start: RehearsedRestore['nextStart']): readonly string[] {
  switch (start.state) {
    case 'nothing':
      return [
        'Next start: the chat app’s newest checkpoint holds what its tables hold, so loading it changes no row.',
      ];
    case 'replays': {
      const { fromEvent, toEvent } = start;
      const events = fromEvent === toEvent ? `event ${fromEvent}` : `events ${fromEvent} to ${toEvent}`;
      return [`Next start: the chat app applies ${events}; loading its newest checkpoint changes no row.`];
    }
    case 'changes':
      return [
        'Next start: the chat app’s newest checkpoint does not hold what its tables hold, so loading it changes rows.',
      ];
    case 'unknown':
      return [];
  }
}

function refusalWords(refusal: Refusal, face: Face): string {
  const { title, happened, next } = explain(refusal, face);
  return [`${title}.`, happened, next].filter((part) => part !== '').join(' ');
}
