import { basename } from 'node:path';
import { notesOf } from '../../words/diff-notes.ts';
import { explain } from '../../words/errors.ts';
import { inUseWords } from '../../words/in-use.ts';
import { mergeLines } from '../../words/merge.ts';
import { referringLines } from '../../words/newer.ts';
import { choosable } from '../../words/not-restored.ts';
import { formatBytes, formatMilliseconds, formatNumber } from '../../words/numbers.ts';
import { copyWords, keptStory, leadWords, lossStory } from '../../words/plan.ts';
import { detailLines, remarkLines, replayWords, spaceWords } from '../../words/plan-notes.ts';
import { checkLines, checksByKind, receiptLead } from '../../words/receipt.ts';
import { selectedLines } from '../../words/selected.ts';
import { storyText } from '../../words/story.ts';
import type { CopyReceipt, RestoreReceipt } from '../model/receipt.ts';
import type { CopyPlan, RestorePlan } from '../model/restore.ts';
import type { Rules } from '../model/rules.ts';
import { describeClearing, describeEvents, describeTables, TITLES_PLANNED } from './report.ts';
import { alignTable, left, right, toPrintable } from './text.ts';

/* What a restore or an undo will do, and the proof of what it did, as text for people: one string per line. */

export function describePlan(plan: RestorePlan, rules: Rules, now: Date): readonly string[] {
  const stories = [lossStory(plan), keptStory(plan)].filter((story) => story !== null);
  const replay = replayWords(plan);
  return [
    leadWords(plan, now),
    `Snapshot: ${plan.snapshot.id}`,
    ...stories.map(storyText),
    ...(replay === null ? [] : [replay]),
    '',
    ...describeWritten(plan),
    ...describeEvents('Comes back', plan.returningEvents),
    ...describeEvents('Removed', plan.newerEvents),
    ...describeEvents('Stays', plan.replay?.events ?? []),
    ...describeNotes(plan, rules, referringLines(plan)),
    ...describeClearing(choosable(plan)),
    '',
    ...describeCare(plan),
    ...detailLines(plan).slice(0, -1),
    ...plan.refusals.map(describeRefusal),
    '',
    `Plan ${plan.planId}`,
    plan.refusals.length === 0
      ? 'Nothing has been changed. Add --yes to do it.'
      : 'Nothing has been changed.',
  ].map(toPrintable);
}

/** A refusal in words. If a flag lifts it, the words name that flag. */
function describeRefusal(refusal: RestorePlan['refusals'][number]): string {
  const { title, happened, next } = explain(refusal, 'cli');
  return `Not possible yet: ${title}. ${happened} ${next}`;
}

/** What else happens, besides the rows: the safety copy, the checkpoint, who has the database open, the space. */
function describeCare(plan: RestorePlan): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    [
      'Safety copy',
      `about ${formatBytes(plan.safetyCopy.aboutBytes)}, written and verified first, in ${plan.safetyCopy.folder}`,
    ],
    [
      'Afterwards',
      plan.freshCheckpoint ? 'the chat app starts from this state, with a fresh checkpoint' : '',
    ],
    ['Database', inUseWords(plan.inUse)],
    ['Space', spaceWords(plan)],
  ];
  return facts.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(11)} ${value}`);
}

/** The proof in words. `undo`: the command that goes back to the safety copy now; null: none does. */
export function describeReceipt(
  receipt: RestoreReceipt,
  { undo }: { readonly undo: string | null } = { undo: 'snapback undo' },
): readonly string[] {
  const rows = receipt.tables.map((table) => [
    table.name,
    ...[table.rows, table.added, table.changed, table.removed].map(formatNumber),
    table.afterHash.slice(0, 16),
  ]);
  return [
    `${receipt.action === 'undo' ? 'Undone' : 'Restored'}: ${receipt.snapshotId}`,
    receiptLead(receipt.action === 'undo' ? null : 'Restore', receipt),
    '',
    ...alignTable(
      [
        left('Table'),
        right('Rows'),
        right('Came back'),
        right('Changed'),
        right('Removed'),
        left('Content hash'),
      ],
      rows,
    ),
    '',
    ...describeChecks(receipt),
    `Last event   ${receipt.lastEventId}`,
    ...describeNextStart(receipt),
    `Safety copy  ${receipt.safetyCopyId}${undo === null ? '' : `; “${undo}” goes back to it`}`,
    ...(receipt.checkpointId === null ? [] : [`Checkpoint   ${receipt.checkpointId}`]),
    `Locked for   ${formatMilliseconds(receipt.writeLockMs)}`,
    ...(receipt.whileOpen
      ? [`While another program had the database open: ${inUseWords(receipt.inUse)}`]
      : []),
  ].map(toPrintable);
}

function describeChecks({ checks }: Pick<RestoreReceipt, 'checks'>): readonly string[] {
  const isPassed = checksByKind(checks).every(({ passed }) => passed);
  return [isPassed ? 'All checks passed:' : 'Not every check passed:', ...checkLines(checks)];
}

/** The rows of the tables that are written. */
function describeWritten(plan: RestorePlan | CopyPlan, startFrom: string | null = null): readonly string[] {
  const tables = plan.tables.filter(({ action }) => action === 'write');
  const titles = startFrom === null ? TITLES_PLANNED : TITLES_PLANNED.with(1, `In “${basename(startFrom)}”`);
  return describeTables({ tables, schema: plan.schemaDrift }, titles);
}

/** What has to be known besides the figures; `more` comes after what is said of tables that are left alone. */
function describeNotes(
  plan: RestorePlan | CopyPlan,
  rules: Rules,
  more: readonly string[] = [],
): readonly string[] {
  const tables = plan.tables.filter(({ action }) => action === 'leave');
  const left = notesOf({ tables, schemaDrift: [], guessedBlobs: [] }, rules).map(({ text }) => text);
  const notes = [...left, ...more, ...mergeLines(plan), ...selectedLines(plan), ...remarkLines(plan)];
  return notes.length === 0 ? [] : ['', ...notes];
}

/** What a restore into a new file will do. `startFrom`: the file that the new one starts from, if it is not the database. */
export function describeCopyPlan(
  plan: CopyPlan,
  { startFrom, rules }: { readonly startFrom: string | null; readonly rules: Rules },
  now: Date,
): readonly string[] {
  const kept = keptStory(plan);
  return [
    copyWords({ ...plan, startFrom }, now),
    `Snapshot: ${plan.snapshot.id}`,
    `New file: ${plan.to}`,
    ...(startFrom === null
      ? []
      : [`Starts from: ${startFrom}, which gives the tables and all that the snapshot does not hold`]),
    ...(kept === null ? [] : [storyText(kept)]),
    '',
    ...describeWritten(plan, startFrom),
    ...describeNotes(plan, rules),
    ...describeClearing(choosable(plan)),
    '',
    `${'Space'.padEnd(11)} ${spaceWords(plan)}`,
    ...plan.refusals.map(describeRefusal),
    '',
    `Plan ${plan.planId}`,
    plan.refusals.length === 0
      ? 'Nothing has been written. Add --yes to do it.'
      : 'Nothing has been written.',
  ].map(toPrintable);
}

export function describeCopyReceipt(receipt: CopyReceipt, startFrom: string | null): readonly string[] {
  return [
    `Written: ${receipt.to}, ${formatBytes(receipt.sizeBytes)}`,
    ...(startFrom === null ? [] : [`It starts from ${startFrom}, which is unchanged.`]),
    startFrom !== null
      ? `What ${receipt.isPart === true ? 'you selected' : 'the snapshot holds'} is as in ${receipt.snapshotId}.`
      : receipt.isPart === true
        ? `Your database is as it was. The new one holds the same, with what you selected as in ${receipt.snapshotId}.`
        : `Your database is as it was. The new one holds ${receipt.snapshotId}.`,
    '',
    ...describeChecks(receipt),
    `Last event   ${receipt.lastEventId}`,
    ...describeNextStart(receipt),
  ].map(toPrintable);
}

function describeNextStart({ replay }: Pick<RestoreReceipt, 'replay'>): readonly string[] {
  return replay === null
    ? []
    : [`Next start   the chat app applies events ${replay.fromEvent} to ${replay.toEvent}`];
}
