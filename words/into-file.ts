import type { ErrorCode } from '../src/model/errors.ts';
import type { RestorePlan } from '../src/model/restore.ts';
import { formatWhen } from './moments.ts';
import { newerAmount } from './newer.ts';
import type { ChosenPart } from './part.ts';
import { isConsentable } from './plan.ts';
import { choose, count } from './plurals.ts';
import { isUnwell, type ListedSnapshot } from './snapshots.ts';
import { plain, type Story } from './story.ts';

/* What the window says of a restore into a new file. */

/** What the new file holds of a snapshot. Null: all of it. */
export type CopiedPart = ChosenPart | null;

/** A part that cannot be restored by itself cannot be copied by itself, either: then all of the snapshot is. */
export function copiedPart(part: CopiedPart, { refusals }: RestorePlan): CopiedPart {
  return refusals.some(({ code }) => code === 'selection-refused') ? null : part;
}

/** The label of the button that writes the new file. */
export function intoFileWords(part: CopiedPart, plan: RestorePlan): string {
  return copiedPart(part, plan) === part ? 'Into a new file…' : 'Whole snapshot into a new file…';
}

/** What is refused in a new file just as in the database. */
const REFUSED_ANYWHERE: ReadonlySet<ErrorCode> = new Set([
  'snapshot-salvaged',
  'snapshot-without-log',
  'database-damaged',
  'schema-needs-host',
  'row-refused',
  'rowids-unknown',
  'merge-refused',
]);

/** Whether a new file can be offered. Most of what refuses a restore is about the database, and does not refuse that. */
export function canGoIntoFile({ refusals }: RestorePlan): boolean {
  return !refusals.some(({ code }) => REFUSED_ANYWHERE.has(code));
}

/** Whether a consent or a choice is missing without which no new file is written, either. */
export function needsConsent({ refusals }: RestorePlan): boolean {
  return refusals.some(
    (refusal) =>
      refusal.code === 'conflicts-open' || (isConsentable(refusal) && refusal.code !== 'other-timeline'),
  );
}

/** What the new file holds, in one sentence after its name. */
export function heldByFile(part: CopiedPart, { snapshot, options }: RestorePlan, now: Date): Story {
  const when = formatWhen(snapshot.takenAt, now);
  if (options.mode === 'projections')
    return [plain(`holds derived data as it was ${when}, and your messages as they are now.`)];
  if (options.merge !== undefined)
    return [plain(`holds what was lost as it was ${when}, and what was written since.`)];
  if (part === null) return [plain(`holds your chats as they were ${when}.`)];
  const what = part.as === 'chat' ? [{ text: part.name, tone: 'name' } as const] : [plain('what you chose')];
  return [plain('holds '), ...what, plain(` as it was ${when}, and everything else as it is now.`)];
}

/** What was written since, of which the new file holds nothing. Null: it holds a part, or nothing was. */
export function notInFile(part: CopiedPart, { newerEvents, replay, options }: RestorePlan): string | null {
  const { sum, noun } = newerAmount([...newerEvents, ...(replay?.events ?? [])]);
  if (part !== null || options.merge !== undefined || options.mode !== 'full' || sum === 0) return null;
  return `${count(sum, noun)} ${choose(sum, 'is', 'are')} not in it.`;
}

/** The safety copy that a working copy starts from unless the person chooses a file; null: there is none. Newest first. */
export function newestSafetyCopy(snapshots: readonly ListedSnapshot[]): ListedSnapshot | null {
  return snapshots.find((one) => one.kind === 'restore' && one.form === 'database' && !isUnwell(one)) ?? null;
}

/** What a working copy will be, where the database is gone. */
export function workingCopyWords({ takenAt }: Pick<ListedSnapshot, 'takenAt'>, now: Date): string {
  return `A new database with your chats as they were ${formatWhen(takenAt, now)}. It is verified, overwrites nothing, and nothing else is changed.`;
}

/** What a working copy starts from. */
export function startWords(safetyCopy: Pick<ListedSnapshot, 'takenAt'> | null, now: Date): string {
  const gives = 'That gives it all that this snapshot does not hold, such as settings.';
  return safetyCopy === null
    ? `It starts from an older copy of the database, such as a backup of yours. ${gives} Choose that file first, then the place for the new one.`
    : `It starts from the newest safety copy here, made ${formatWhen(safetyCopy.takenAt, now)}. ${gives}`;
}

type WorkingCopy = {
  readonly snapshot: Pick<ListedSnapshot, 'takenAt'>;
  readonly safetyCopy: Pick<ListedSnapshot, 'takenAt'> | null;
  /** The file that the person chose to start from; null: it was the safety copy. */
  readonly startName: string | null;
};

/** What a working copy holds, in one sentence after its name. */
export function heldByWorkingCopy({ snapshot, safetyCopy, startName }: WorkingCopy, now: Date): Story {
  const start: Story =
    startName !== null
      ? [plain('is in '), { text: startName, tone: 'name' }]
      : [plain(`was in the safety copy made ${formatWhen(safetyCopy?.takenAt ?? '', now)}`)];
  const chats = `holds your chats as they were ${formatWhen(snapshot.takenAt, now)}, and everything else as it `;
  return [plain(chats), ...start, plain('.')];
}
