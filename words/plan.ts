import type { NewerEvents } from '../src/model/diff.ts';
import type { HeldState } from '../src/model/receipt.ts';
import type { CopyPlan, InUse, Refusal, RestorePlan } from '../src/model/restore.ts';
import type { Rules } from '../src/model/rules.ts';
import type { SnapshotId } from '../src/model/snapshots.ts';
import { explain } from './errors.ts';
import { countWritten, seenMessages, writtenEvents } from './events.ts';
import { type WayBack, wayBackFrom } from './held-state.ts';
import { kindOf } from './kinds.ts';
import { mergedWords } from './merge.ts';
import { type Exactness, formatShort } from './moments.ts';
import { keepRefusal } from './newer.ts';
import { notRestoredWords } from './not-restored.ts';
import { sumOf } from './numbers.ts';
import type { ChosenPart } from './part.ts';
import { choose, count } from './plurals.ts';
import { differingRows } from './rows.ts';
import { selectedWords } from './selected.ts';
import { decapitalize } from './sentences.ts';
import { chatsPieces, enumerate, plain, type Story, type Told, tellClauses } from './story.ts';

/** The part of a plan that the story tells: only the tables that are written, and log events only if the log is written. */
function toldByPlan(plan: RestorePlan): Told {
  return {
    tables: plan.tables
      .filter((table) => table.action === 'write')
      .map((table) => ({ ...table, state: 'compared' })),
    newerEvents: plan.newerEvents,
    returningEvents: plan.returningEvents,
  };
}

/** The action that the dialog asks about. Undoing an undo makes the restore again, so it is called “Redo”. */
export type Subject =
  /** `part`: all that is brought back; without it, the whole snapshot is. */
  | { readonly action: 'restore'; readonly snapshotId: SnapshotId; readonly part?: ChosenPart }
  | { readonly action: 'undo'; readonly from: HeldState; readonly step?: UndoneStep };

/** An entry of the history that is to be taken back, and the name of the restore that it is about. */
export type UndoneStep = { readonly of: SnapshotId; readonly name: Story };

/** The verb in the dialog's heading. */
export type Verb = 'Restore' | WayBack;

/** The verb for an action: an undo from a state that was already undone is a redo. */
export function verbOf(subject: Subject): Verb {
  if (subject.action === 'restore') return 'Restore';
  return wayBackFrom(subject.from);
}

/** The question that the dialog asks where it does not know what to name. */
export const ASKING: { readonly [V in Verb]: string } = {
  Restore: 'Restore this snapshot?',
  Undo: 'Undo the restore?',
  Redo: 'Restore again?',
};

/** What happens to the chats, in short. */
export function leadWords(plan: RestorePlan, now: Date, exact: Exactness = 'minutes'): string {
  const moment = formatShort(plan.snapshot.takenAt, now, exact);
  const why =
    plan.action === 'undo'
      ? ', just before they were replaced'
      : kindOf(plan.snapshot.id) === 'rewind'
        ? ', just before the rewind'
        : '';
  if (plan.options.mode === 'projections')
    return `Only derived data is rebuilt, as it was at ${moment}${why}. Your messages stay as they are.`;
  const mix = notRestoredWords(plan);
  const part = mergedWords(plan, `${moment}${why}`) ?? selectedWords(plan, `go back to ${moment}${why}`);
  if (part !== null) return `${part}${mix === null ? '' : ` ${mix}`}`;
  return `Your chats go back to ${moment}${why}.${mix === null ? '' : ` ${mix}`}`;
}

/** What a restore into a new file does, in short. `startFrom`: the file that it starts from, if it is not the database. */
export function copyWords(
  { snapshot, options, startFrom = null }: CopyPlan & { readonly startFrom?: string | null },
  now: Date,
): string {
  const own = startFrom === null ? ' Your own database stays as it is.' : '';
  const moment = formatShort(snapshot.takenAt, now);
  const part = mergedWords({ options }, moment) ?? selectedWords({ options }, `are as of ${moment}`);
  if (part !== null) return `A new database. ${part}${own}`;
  const what = options.mode === 'projections' ? 'the derived data' : 'your chats';
  return `A new database with ${what} as of ${moment}.${own}`;
}

/** How many rows the plan would add, change or remove. */
export function plannedRows(plan: RestorePlan): number {
  return sumOf(
    plan.tables.filter(({ action }) => action === 'write'),
    differingRows,
  );
}

/** The label of the confirming button. It always gives a number; if messages or events are removed, it counts those. */
export function confirmWords(subject: Subject, plan: RestorePlan): string {
  const verb = verbOf(subject);
  const back = plan.options.mode === 'full' ? sumOf(plan.returningEvents, seenMessages) : 0;
  const does = verb === 'Restore' && back > 0 ? `Bring back ${count(back, 'message')}` : verb;
  if (plan.newerEventsLost > 0) return `${does} and remove ${countWritten(plan.newerEvents)}`;
  const hidden = sumOf(plan.returningEvents, (group) => group.spokenHidden);
  if (subject.action === 'restore' && back > 0) return does;
  const effects = [
    ...(hidden === 0 ? [] : [`hides ${count(hidden, 'message')} again`]),
    ...(back === 0 ? [] : [`brings ${count(back, 'message')} back`]),
  ];
  if (effects.length > 0) return `${verb} (${effects.join(', ')})`;
  const isInRows = subject.action === 'restore' && ['tables', 'rows'].includes(subject.part?.as ?? '');
  const details = count(plannedRows(plan), isInRows ? 'row' : 'detail');
  return subject.action === 'restore' ? `${verb} ${details}` : `${verb} (changes ${details})`;
}

/** One sentence on the newer messages and events that would be removed. Null: only the host's own records, or nothing. */
export function lossStory({ newerEvents }: RestorePlan): Story | null {
  return writtenStory(newerEvents, 'since then will be removed.');
}

/** One sentence on the newer messages and events that stay, and when they are seen again. Null: none do. */
export function keptStory({ replay }: Pick<RestorePlan, 'replay'>): Story | null {
  return replay === null
    ? null
    : writtenStory(replay.events, 'since then will stay: the chat app adds them again when it starts next.');
}

function writtenStory(groups: readonly NewerEvents[], end: string): Story | null {
  const written = groups
    .filter((group) => writtenEvents(group) > 0)
    .toSorted((a, b) => writtenEvents(b) - writtenEvents(a));
  if (written.length === 0) return null;
  const all = countWritten(written).replaceAll(' newer ', ' ');
  const named = written.filter((group) => group.chat !== null);
  const where = chatsPieces(named);
  return [
    plain(`${all} written `),
    ...(where.length === 0 ? [] : [plain('in '), ...enumerate(where), plain(' ')]),
    plain(end),
  ];
}

/** What happens to the data, as named lines. Empty lines are left out. */
export function clausesOf(
  plan: RestorePlan,
  rules: Rules,
): readonly { readonly name: string; readonly story: Story }[] {
  const { back, again, changed, gone } = tellClauses(toldByPlan(plan), rules);
  return [
    { name: 'Comes back', story: back },
    { name: 'Hidden again', story: again },
    { name: 'Changed', story: changed },
    { name: 'Removed', story: gone },
  ].filter(({ story }) => story.length > 0);
}

/** Says that undo brings the removed messages and events back. */
export function safetyWords({ newerEventsLost }: RestorePlan): string {
  return `The safety copy keeps ${choose(newerEventsLost, 'it: Undo brings it back', 'them: Undo brings them back')}.`;
}

/** Whether the user can lift this refusal by giving consent. */
export function isConsentable({ code }: Refusal): boolean {
  return code === 'schema-drift' || code === 'leaves-orphans' || code === 'other-timeline';
}

/** The consent to that loss. Only a whole snapshot removes all that is newer. */
export function timelineConsent({ options, newerEvents }: RestorePlan): string {
  if (options.selection === undefined) return 'Remove everything newer';
  return `Remove ${choose(sumOf(newerEvents, writtenEvents), 'it', 'them')}`;
}

/** The loss from restoring another timeline, whether or not the user has accepted it. Null: no consent is needed. */
export function timelineWords(plan: RestorePlan): string | null {
  const { action, lineage, newerEvents, newerEventsLost, options, refusals } = plan;
  const isAccepted = options.acceptOtherTimeline && lineage === 'other' && newerEventsLost > 0;
  if (!isAccepted && !refusals.some(({ code }) => code === 'other-timeline')) return null;
  const [what, verb] =
    action === 'undo' ? ['The state that this leads back to', 'Undoing'] : ['This snapshot', 'Restoring'];
  return `${what} and your database went separate ways. ${verb} removes ${countWritten(newerEvents)}.`;
}

/**
 * Why the plan cannot be applied with the consents given so far. Null: it can be. `inUse` is newer than the plan, so it
 * decides whether the database is in use.
 */
export function blockedWords(plan: RestorePlan, inUse: InUse, whileOpen: boolean): string | null {
  const refusals = plan.refusals.filter(
    ({ code }) => code !== 'database-in-use' && code !== 'conflicts-open',
  );
  const final = refusals.find((refusal) => !isConsentable(refusal) && refusal.code !== 'newer-not-kept');
  if (final !== undefined)
    return `Restoring isn’t possible: ${decapitalize(explain(final, 'window').title)}.`;
  if (plannedRows(plan) === 0 && plan.conflictsOpen === 0) return 'There is nothing to restore.';
  if (keepRefusal(plan) !== null) return 'First choose what happens to what was written since.';
  if (inUse.state === 'yes' && !whileOpen) return 'Close the chat app, or confirm the points above.';
  return refusals.length === 0 ? null : 'Confirm the points above.';
}
