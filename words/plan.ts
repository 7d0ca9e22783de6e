import type { NewerEvents, TableDiff } from '../src/model/diff.ts';
import type { HeldState, InUse, NotKeptUp, Orphans, Refusal, RestorePlan } from '../src/model/restore.ts';
import type { SnapshotId } from '../src/model/snapshots.ts';
import { formatAge } from './ages.ts';
import { driftWords, guessWords } from './diff-notes.ts';
import { type WayBack, wayBackFrom } from './held-state.ts';
import { kindOf } from './kinds.ts';
import { formatMoment } from './moments.ts';
import { notRestoredWords } from './not-restored.ts';
import { formatBytes, formatNumber } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';
import { countWritten, type Story, storyText, type Told, tellClauses, writtenEvents } from './story.ts';

/** What of a plan the story may tell: only the tables that are written, and the log's events only if the log is. */
function toldByPlan(plan: RestorePlan): Told {
  return {
    tables: plan.tables.filter((table) => table.action === 'write').map(asCompared),
    newerEvents: plan.newerEvents,
    returningEvents: plan.returningEvents,
  };
}

function asCompared(table: TableDiff): TableDiff {
  return { ...table, state: 'compared' };
}

/** What the dialog is about. Leaving a state that was undone is a restore again, and is called so. */
export type Subject =
  | { readonly action: 'restore'; readonly snapshotId: SnapshotId }
  | { readonly action: 'undo'; readonly from: HeldState };

/** The verb that heads a dialog about it. */
export type Verb = 'Restore' | WayBack;

/** What is said once it is done. */
export const DONE: { readonly [V in Verb]: string } = {
  Restore: 'Restored',
  Undo: 'The restore was undone',
  Redo: 'Restored again',
};

/** Restoring a snapshot, or leaving the state that the newest restore or undo led to. */
export function verbOf(subject: Subject): Verb {
  if (subject.action === 'restore') return 'Restore';
  return wayBackFrom(subject.from);
}

/** The question that the dialog asks; without the moment while that is not known yet. */
export function questionWords(subject: Subject, plan: RestorePlan | null, now: Date): string {
  const moment = plan === null ? null : formatMoment(plan.snapshot.takenAt, now);
  if (subject.action === 'restore')
    return moment === null ? 'Restore this snapshot?' : `Restore the snapshot of ${moment}?`;
  if (verbOf(subject) === 'Redo')
    return `Restore again, to ${formatMoment(subject.from.snapshotTakenAt, now)}?`;
  return `Undo the restore${moment === null ? '' : `, back to ${moment}`}?`;
}

/** What becomes of what, in one sentence. */
export function leadWords(plan: RestorePlan, now: Date): string {
  const written = plan.tables.filter((table) => table.action === 'write');
  const tables = count(written.filter((table) => table.role === 'projected').length, 'table');
  const moment = `${formatAge(plan.snapshot.takenAt, now)}${kindOf(plan.snapshot.id) === 'rewind' ? ', before the rewind' : ''}`;
  if (plan.action === 'undo') {
    const what = plan.options.mode === 'full' ? `The event log and ${tables}` : tables;
    return `${what} become again what they were ${formatAge(plan.snapshot.takenAt, now)}, right before they were replaced.`;
  }
  if (plan.options.mode === 'projections')
    return `${tables} become what they were ${moment}. The event log stays as it is.`;
  const mix = notRestoredWords(plan);
  return `The event log and ${tables} become what they were ${moment}.${mix === null ? '' : ` ${mix}`}`;
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
    ? `${verb}: ${count(rows, 'row')} ${choose(rows, 'changes', 'change')}`
    : `${verb} and remove ${countWritten(plan.newerEvents)}`;
}

/** What would be lost of what was written since, in one sentence. Null: nothing that a person wrote. */
export function lossWords({ newerEvents, returningEvents }: RestorePlan): string | null {
  const written = newerEvents.filter((group) => writtenEvents(group) > 0);
  if (written.length === 0) return null;
  const all = countWritten(written);
  const others = written.filter((group) => !group.rewoundChat && group.chat !== null);
  if (others.length === 0 || returningEvents.length === 0)
    return `This also removes ${all} that ${choose(sumWritten(written), 'was', 'were')} written since this snapshot.`;
  const where = others.length === 1 ? 'another chat' : `${others.length} other chats`;
  const rewound = returningEvents.length === 1 ? 'the one that was rewound' : 'those that were rewound';
  const some = others.length === written.length ? '' : `, ${formatNumber(sumWritten(others))} of them`;
  return `This also removes ${all}${some} in ${where} than ${rewound}.`;
}

function sumWritten(groups: readonly NewerEvents[]): number {
  return groups.reduce((sum, group) => sum + writtenEvents(group), 0);
}

/** What is out of the ordinary and must be known before one decides. */
export function remarkLines(plan: RestorePlan): readonly string[] {
  const aside = plan.triggers.filter(({ handling }) => handling === 'set-aside').map(({ name }) => name);
  const keys = keyWords(plan);
  return [
    ...plan.schemaDrift.map(driftWords),
    ...plan.guessedBlobs.map(guessWords),
    ...plan.damage.map((damage) => `Damage that is there already and must not grow: ${damage}`),
    ...(keys === null ? [] : [keys]),
    ...plan.searchIndexes.filter(isOdd).map(indexWords),
    ...plan.notKeptUp.map(notKeptUpWords),
    ...(aside.length === 0
      ? []
      : [
          `Set aside meanwhile and put back word for word: the ${choose(aside.length, 'trigger', 'triggers')} ${joinWords(aside)}.`,
        ]),
  ];
}

/** What else is known, behind “Details”. */
export function detailLines(plan: RestorePlan): readonly string[] {
  return [
    ...(plan.bystanders.length === 0 ? [] : [`Left alone: ${joinWords(plan.bystanders)}.`]),
    ...plan.searchIndexes.filter((index) => !isOdd(index)).map(indexWords),
    `Plan ${plan.planId.slice(0, 12)}`,
  ];
}

/** Needed and free bytes; the volume is named only where there are several. */
export function spaceWords({ space }: RestorePlan): string {
  return space
    .map(({ volume, neededBytes, freeBytes }) => {
      const where = space.length === 1 ? '' : ` on ${volume}`;
      return `about ${formatBytes(neededBytes)} needed${where}, ${formatBytes(freeBytes)} free`;
    })
    .join('; ');
}

/** What becomes of the data, as lines with a name; those with nothing to say are left out. */
export function clausesOf(plan: RestorePlan): readonly { readonly name: string; readonly story: Story }[] {
  const { back, again, changed, gone } = tellClauses(toldByPlan(plan));
  return [
    { name: 'Comes back', story: back },
    { name: 'Rewound again', story: again },
    { name: 'Changes', story: changed },
    { name: 'Goes', story: gone },
  ].filter(({ story }) => story.length > 0);
}

/** The plan for those who hear it. */
export function spokenWords(plan: RestorePlan): string {
  const clauses = clausesOf(plan).map(({ name, story }) => `${name}: ${storyText(story)}.`);
  return [lossWords(plan), ...clauses].filter((part) => part !== null).join(' ');
}

type SearchIndex = RestorePlan['searchIndexes'][number];

function isOdd({ before, handling }: SearchIndex): boolean {
  return before === 'stale' || handling === 'left';
}

function indexWords({ name, before, handling }: SearchIndex): string {
  if (handling === 'left') {
    const why = { ok: 'can’t be brought along', stale: 'is damaged', unchecked: 'can’t be opened here' }[
      before
    ];
    return `The search index ${name} ${why}: until the chat app rebuilds it, a search may miss what comes back and find what is gone.`;
  }
  return before === 'stale'
    ? `The search index ${name} is out of date; it is built anew.`
    : `The search index ${name} is kept right and checked.`;
}

function notKeptUpWords({ name, by }: NotKeptUp): string {
  const tables = [...new Set(by.map(({ table }) => table))];
  return by.length === 0
    ? `${name} stays as it is; if the chat app keeps it in step with what changes here, it is out of step afterwards.`
    : `${name} stays as it is and may be out of step afterwards: the chat app keeps it up by ${choose(by.length, 'the trigger', 'the triggers')} ${joinWords(by.map(({ trigger }) => trigger))} of ${joinWords(tables)}.`;
}

function keyWords({ foreignKeyViolations, orphans }: RestorePlan): string | null {
  if (orphans.length > 0) return orphans.map(orphanedWords).join(' ');
  return foreignKeyViolations === 0
    ? null
    : `The database already breaks ${count(foreignKeyViolations, 'foreign key')}; there must not be more afterwards.`;
}

function orphanedWords({ table, parent, rows, comesBack }: Orphans): string {
  return comesBack
    ? `${count(rows, 'row')} of ${table} ${choose(rows, 'comes', 'come')} back without what ${choose(rows, 'it refers', 'they refer')} to in ${parent}.`
    : `${count(rows, 'row')} of ${table} ${choose(rows, 'loses', 'lose')} what ${choose(rows, 'it refers', 'they refer')} to in ${parent}.`;
}

/** Whether a consent takes the refusal away. */
export function isConsentable({ code }: Refusal): boolean {
  return code === 'schema-drift' || code === 'leaves-orphans' || code === 'other-timeline';
}

/** What would be lost to another timeline, where that takes a consent, given or not. Null: nothing. */
export function timelineWords(plan: RestorePlan): string | null {
  const { lineage, newerEvents, newerEventsLost, options, refusals } = plan;
  const isAccepted = options.acceptOtherTimeline && lineage === 'other' && newerEventsLost > 0;
  if (!isAccepted && !refusals.some(({ code }) => code === 'other-timeline')) return null;
  return `This snapshot and your database went separate ways. Restoring it removes ${countWritten(newerEvents)}.`;
}

/** Values that are taken for bytes or for text though nothing tells which they were; that takes a consent. Null: there are none. */
export function unsureWords({ guessedBlobs, tables }: RestorePlan): string | null {
  const written = new Set(tables.filter(({ action }) => action === 'write').map(({ name }) => name));
  const unsure = guessedBlobs.filter(({ table, because }) => because === 'nothing' && written.has(table));
  return unsure.length === 0 ? null : unsure.map(guessWords).join(' ');
}

/** What will refer to nothing, where that takes a consent, given or not. Null: nothing. */
export function orphanWords(plan: RestorePlan): string | null {
  const refusal = plan.refusals.find(({ code }) => code === 'leaves-orphans');
  if (refusal !== undefined) return refusal.message;
  return plan.options.acceptDrift && plan.orphans.length > 0 ? keyWords(plan) : null;
}

/** For projections only: what the host makes of it at its next start. */
export function replayWords({ hostReplay }: RestorePlan): string | null {
  if (hostReplay === null) return null;
  const { checkpoint, afterEvent, upToEvent, tablesAtEvent } = hostReplay;
  const range =
    afterEvent >= upToEvent
      ? 'no event'
      : `events ${formatNumber(afterEvent + 1n)} to ${formatNumber(upToEvent)}`;
  return `This lasts until the chat app’s next start. Then it loads ${checkpoint ?? 'no checkpoint'} and replays ${range}; the tables restored here stand at event ${formatNumber(tablesAtEvent)}.`;
}

/** Why the plan can’t be applied, given the ticks; null: it can. Refusals for use are judged by `inUse`, which is newer. */
export function blockedWords(plan: RestorePlan, inUse: InUse, whileOpen: boolean): string | null {
  const refusals = plan.refusals.filter(({ code }) => code !== 'database-in-use');
  if (!refusals.every(isConsentable)) return 'This can’t be restored as things stand.';
  if (plannedRows(plan) === 0) return 'There is nothing to restore.';
  if (inUse.state === 'yes' && !whileOpen) return 'Close the chat app, or tick above.';
  return refusals.length === 0 ? null : 'Tick above what you accept.';
}
