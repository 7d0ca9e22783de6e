import type { InUse, RestorePlan, SnapshotId, TableDiff } from '../../src/model.ts';
import { driftWords } from '../diff-notes.ts';
import { countWritten, type Told } from '../story.ts';
import { formatAge, formatMoment } from '../time.ts';
import { count, formatBytes, formatNumber, joinWords, kindOf } from '../words.ts';

/** What of a plan the story may tell: only the tables that are written, and the log's events only if the log is. */
export function toldByPlan(plan: RestorePlan): Told {
  return {
    tables: plan.tables.filter((table) => table.action === 'write').map(asCompared),
    newerEvents: plan.newerEvents,
    returningEvents: plan.returningEvents,
  };
}

function asCompared(table: TableDiff): TableDiff {
  return { ...table, state: 'compared' };
}

/** What the dialog is about. An undo of an undo is a restore again, and is called so. */
export type Subject =
  | { readonly action: 'restore'; readonly snapshotId: SnapshotId }
  | { readonly action: 'undo'; readonly undoes: 'restore' | 'undo' };

/** The verb that heads everything. */
export function verbOf(subject: Subject): 'Restore' | 'Undo' | 'Redo' {
  if (subject.action === 'restore') return 'Restore';
  return subject.undoes === 'undo' ? 'Redo' : 'Undo';
}

/** The question that the dialog asks; without the moment while that is not known yet. */
export function questionWords(subject: Subject, plan: RestorePlan | null, now: Date): string {
  const moment = plan === null ? null : formatMoment(plan.snapshot.takenAt, now);
  if (subject.action === 'restore')
    return moment === null ? 'Restore this snapshot?' : `Restore the snapshot of ${moment}?`;
  return `${verbOf(subject)} the restore${moment === null ? '' : `, back to ${moment}`}?`;
}

/** What becomes of what, in one sentence. */
export function leadWords(plan: RestorePlan, now: Date): string {
  const written = plan.tables.filter((table) => table.action === 'write');
  const tables = count(written.filter((table) => table.role === 'projected').length, 'table');
  const moment = `${formatAge(plan.snapshot.takenAt, now)}${kindOf(plan.snapshot.id) === 'rewind' ? ', before the rewind' : ''}`;
  if (plan.action === 'undo')
    return `The event log and ${tables} become again what they were right before, ${formatAge(plan.snapshot.takenAt, now)}.`;
  if (plan.options.mode === 'projections')
    return `${tables} become what they were ${moment}. The event log stays as it is.`;
  return `The event log and ${tables} become what they were ${moment}.`;
}

/** Rows that the plan would add, change or remove. */
export function plannedRows(plan: RestorePlan): number {
  return plan.tables
    .filter((table) => table.action === 'write')
    .reduce((sum, table) => sum + table.added + table.changed + table.removed, 0);
}

/** What the button says that does it: always with the number. */
export function confirmWords(subject: Subject, plan: RestorePlan): string {
  const verb = verbOf(subject);
  const rows = plannedRows(plan);
  return plan.newerEventsLost === 0
    ? `${verb}: ${count(rows, 'row')} ${rows === 1 ? 'changes' : 'change'}`
    : `${verb} and remove ${countWritten(plan.newerEvents)}`;
}

/** What else happens or is known, behind “Details”. */
export function detailLines(plan: RestorePlan): readonly string[] {
  const aside = plan.triggers.filter((trigger) => trigger.handling === 'set-aside').map(({ name }) => name);
  const lines: (string | null)[] = [
    plan.bystanders.length === 0 ? null : `Left alone: ${joinWords(plan.bystanders)}.`,
    aside.length === 0
      ? null
      : `Set aside meanwhile and put back word for word: the ${aside.length === 1 ? 'trigger' : 'triggers'} ${joinWords(aside)}.`,
    ...plan.searchIndexes.map(indexWords),
    keyWords(plan),
    ...plan.damage.map((damage) => `Damage that is there already and must not grow: ${damage}`),
    ...plan.schemaDrift.map(driftWords),
    ...plan.guessedBlobs.map(
      ({ table, column, values }) =>
        `${count(values, 'value')} in ${table}.${column} are taken as binary data by a guess.`,
    ),
    plan.freshCheckpoint
      ? 'A fresh checkpoint is written, so that the chat app starts from this state and not from an older one.'
      : null,
    ...plan.space.map(
      ({ volume, neededBytes, freeBytes }) =>
        `On ${volume}: about ${formatBytes(neededBytes)} needed, ${formatBytes(freeBytes)} free.`,
    ),
    `Plan ${plan.planId.slice(0, 12)}`,
  ];
  return lines.filter((line) => line !== null);
}

function indexWords({ name, before, handling }: RestorePlan['searchIndexes'][number]): string {
  if (handling === 'left')
    return `The search index ${name} isn’t told of every row by the chat app’s own triggers; it is left as it is.`;
  return before === 'stale'
    ? `The search index ${name} is out of date; it is built anew.`
    : `The search index ${name} is kept right and checked.`;
}

function keyWords({ foreignKeyViolations, foreignKeyViolationsAfter }: RestorePlan): string | null {
  const back = (foreignKeyViolationsAfter ?? foreignKeyViolations) - foreignKeyViolations;
  if (back > 0)
    return `${count(back, 'row')} that ${back === 1 ? 'points' : 'point'} to nothing ${back === 1 ? 'comes' : 'come'} back as ${back === 1 ? 'it was' : 'they were'} in the snapshot.`;
  return foreignKeyViolations === 0
    ? null
    : `The database already breaks ${count(foreignKeyViolations, 'foreign key')}; there must not be more afterwards.`;
}

/** For projections only: what the host makes of it at its next start. */
export function replayWords({ hostReplay }: RestorePlan): string | null {
  if (hostReplay === null) return null;
  const { checkpoint, afterEvent, upToEvent, tablesAtEvent } = hostReplay;
  const range =
    afterEvent >= upToEvent
      ? 'no event'
      : `events ${formatNumber(afterEvent + 1n)} to ${formatNumber(upToEvent)}`;
  return `At its next start the chat app loads ${checkpoint ?? 'no checkpoint'} and replays ${range}. The tables restored here, which stand at event ${formatNumber(tablesAtEvent)}, last until then.`;
}

/** What still keeps the plan from being applied, given the ticks. Refusals for use are judged by `inUse`, which is newer. */
export function isBlocked(plan: RestorePlan, inUse: InUse, whileOpen: boolean): boolean {
  return (
    plannedRows(plan) === 0 ||
    plan.refusals.some((refusal) => refusal.code !== 'database-in-use') ||
    (inUse.state === 'yes' && !whileOpen)
  );
}
