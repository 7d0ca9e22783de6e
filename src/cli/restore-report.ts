import { formatTimestamp } from '../../words/moments.ts';
import { choosable, notRestoredWords } from '../../words/not-restored.ts';
import { formatBytes, formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import type { InUse, NotKeptUp, RestorePlan, RestoreReceipt } from '../model/restore.ts';
import { describeDrift, describeEvents, describeTables } from './report.ts';
import { alignTable, toPrintable } from './text.ts';

/** Words for people: what a restore or its undo will do, and the proof of what it did. One string per line. */

export function describePlan(plan: RestorePlan): readonly string[] {
  return [
    describeIntent(plan),
    ...describeMix(plan),
    '',
    ...describeTables(
      plan.tables
        .filter(({ action, state }) => action === 'write' || state !== 'compared')
        .map((table) => (table.action === 'write' ? { ...table, state: 'compared' } : table)),
    ),
    ...describeEvents('Brings back', plan.returningEvents),
    ...describeEvents('Removes', plan.newerEvents),
    ...describeLoss(plan),
    ...describeDrift(plan),
    '',
    ...describeCare(plan),
    ...describeHostReplay(plan),
    ...plan.refusals.map(({ code, message }) => toPrintable(`refused as things stand: ${code}: ${message}`)),
    '',
    `Plan ${plan.planId}`,
    plan.refusals.length === 0
      ? 'Nothing has been changed. Add --yes to do it.'
      : 'Nothing has been changed.',
  ];
}

function describeIntent({ action, snapshot, options, notRestored }: RestorePlan): string {
  const of = `${snapshot.id}, taken ${formatTimestamp(snapshot.takenAt)}`;
  if (action === 'undo') return `Undo: the database becomes what the safety copy ${of} holds.`;
  return options.mode === 'full'
    ? `Restore${notRestored.length === 0 ? ' in full' : ''}: event log and projected tables become what ${of} holds.`
    : `Restore the projected tables only, from ${of}; the event log stays.`;
}

function describeMix(plan: RestorePlan): readonly string[] {
  const mix = notRestoredWords(plan);
  const flags = choosable(plan).map((name) => `--clear-table ${name}`);
  if (mix === null) return [];
  return [
    mix,
    ...(flags.length === 0 ? [] : [`To empty what the snapshot has as empty, add ${flags.join(' ')}`]),
  ].map(toPrintable);
}

function describeLoss({ newerEventsLost }: RestorePlan): readonly string[] {
  if (newerEventsLost === 0) return [];
  return [
    '',
    `${count(newerEventsLost, 'newer event')} that somebody would miss ${newerEventsLost === 1 ? 'goes' : 'go'}: written since, or in another chat.`,
  ];
}

/** What is done around the rows: the way back, indexes, triggers, and what is left alone. */
function describeCare(plan: RestorePlan): readonly string[] {
  const aside = plan.triggers.filter(({ handling }) => handling === 'set-aside').map(({ name }) => name);
  const indexes = plan.searchIndexes
    .filter(({ before, handling }) => before !== 'ok' || handling !== 'follows')
    .map(
      ({ name, before, handling }) => `${name} (${before === 'ok' ? '' : `${before}, `}${INDEX[handling]})`,
    );
  const facts: readonly (readonly [string, string])[] = [
    [
      'Safety copy',
      `about ${formatBytes(plan.safetyCopy.aboutBytes)}, written first, into ${plan.safetyCopy.folder}`,
    ],
    [
      'Checkpoint',
      plan.freshCheckpoint ? 'a fresh one of the result, so that the host loads it and none older' : 'none',
    ],
    ['In use', describeUse(plan.inUse)],
    [
      'Space',
      plan.space
        .map(
          ({ neededBytes, freeBytes }) =>
            `${formatBytes(neededBytes)} needed, ${formatBytes(freeBytes)} free`,
        )
        .join('; '),
    ],
    ['Left alone', plan.bystanders.join(', ')],
    ['Set aside', aside.length === 0 ? '' : `triggers ${aside.join(', ')}, put back unchanged`],
    ['Search', indexes.join(', ')],
    ['Not kept up', plan.notKeptUp.map(describeNotKeptUp).join('; ')],
    ['Damage', plan.damage.join('; ')],
    ['Keys broken', describeKeys(plan)],
  ];
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(11)} ${toPrintable(value)}`);
}

function describeNotKeptUp({ name, by }: NotKeptUp): string {
  if (by.length === 0) return `${name} (out of step if the chat app keeps it up by itself)`;
  const triggers = by.map(({ trigger, table }) => `${trigger} of ${table}`).join(', ');
  return `${name} (kept up by the ${by.length === 1 ? 'trigger' : 'triggers'} ${triggers}; may be out of step)`;
}

const INDEX: Readonly<Record<RestorePlan['searchIndexes'][number]['handling'], string>> = {
  follows: 'kept up row by row',
  rebuilt: 'built anew if it does not agree',
  left: 'left behind: a search may miss what comes back and find what is gone, until the chat app rebuilds it',
};

function describeKeys({ foreignKeyViolations, foreignKeyViolationsAfter, orphans }: RestorePlan): string {
  const [before, after] = [foreignKeyViolations, foreignKeyViolationsAfter ?? foreignKeyViolations];
  if (before === 0 && after === 0) return '';
  const added = orphans.map(
    ({ table, parent, rows, comesBack }) =>
      `; ${count(rows, 'row')} of ${table} ${comesBack ? 'back without' : 'without'} what is referred to in ${parent}`,
  );
  return `${formatNumber(before)} now, ${formatNumber(after)} afterwards${added.join('')}`;
}

function describeHostReplay({ hostReplay }: RestorePlan): readonly string[] {
  if (hostReplay === null) return [];
  const { checkpoint, afterEvent, upToEvent, tablesAtEvent } = hostReplay;
  const replay =
    afterEvent >= upToEvent
      ? 'replays no event'
      : `replays the events after ${formatNumber(afterEvent)} up to ${formatNumber(upToEvent)}`;
  return [
    toPrintable(`At its next start the host loads ${checkpoint ?? 'no checkpoint'} and ${replay};`),
    `until then the tables stand at event ${formatNumber(tablesAtEvent)}.`,
  ];
}

function describeUse(inUse: InUse): string {
  if (inUse.state === 'yes') return `yes: ${inUse.by.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`;
  return inUse.state === 'no' ? 'no' : 'unknown, this system does not tell';
}

export function describeReceipt(receipt: RestoreReceipt): readonly string[] {
  const rows = receipt.tables.map((table) => [
    table.name,
    ...[table.rows, table.added, table.changed, table.removed].map(formatNumber),
    table.afterHash.slice(0, 16),
  ]);
  const mix = notRestoredWords(receipt);
  const notClean = receipt.checks.filter(({ result }) => result !== 'ok');
  return [
    `${receipt.action === 'undo' ? 'Undone' : 'Restored'} and verified: ${receipt.snapshotId}`,
    ...(mix === null ? [] : [mix]),
    '',
    ...alignTable(
      [
        { title: 'Table', align: 'left' },
        { title: 'Rows', align: 'right' },
        { title: 'Came back', align: 'right' },
        { title: 'Changed', align: 'right' },
        { title: 'Went', align: 'right' },
        { title: 'Content hash', align: 'left' },
      ],
      rows,
    ),
    '',
    `${count(receipt.checks.length, 'check')}, ${notClean.length === 0 ? 'all in order' : 'in order but for:'}`,
    ...notClean.map(({ check, subject, result, detail }) =>
      toPrintable(
        `  ${[check, subject, result.replaceAll('-', ' '), detail].filter((part) => part !== null).join(': ')}`,
      ),
    ),
    `Last event   ${formatNumber(receipt.lastEventId)}`,
    `Safety copy  ${receipt.safetyCopyId}; “undo” goes back to it`,
    ...(receipt.checkpointId === null ? [] : [`Checkpoint   ${receipt.checkpointId}`]),
    `Other writers were shut out for ${formatNumber(Math.round(receipt.writeLockMs))} ms.`,
    ...(receipt.whileOpen ? [`It was done while the database was open: ${describeUse(receipt.inUse)}`] : []),
  ].map(toPrintable);
}
