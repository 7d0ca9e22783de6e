import type { CopyPlan, NotKeptUp, Orphans, RestorePlan } from '../src/model/restore.ts';
import { driftWords, guessWords } from './diff-notes.ts';
import { formatBytes } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';
import { recordWords } from './story.ts';

/** Anything unusual that the user must know before deciding. */
export function remarkLines(plan: RestorePlan | CopyPlan): readonly string[] {
  const aside = plan.triggers.filter(({ handling }) => handling === 'set-aside').map(({ name }) => name);
  const keys = keyWords(plan);
  const isMixed = plan.lineage === 'other' && plan.options.mode === 'projections';
  return [
    ...(isMixed
      ? [
          'This snapshot and your database went separate ways: its derived data may include messages that you no longer have, and lack newer ones.',
        ]
      : []),
    ...plan.schemaDrift.map(driftWords),
    ...plan.guessedBlobs.map(guessWords),
    ...plan.damage.map((damage) => `Existing damage, which must not get worse: ${damage}`),
    ...(keys === null ? [] : [keys]),
    ...plan.searchIndexes.filter(isOdd).map(indexWords),
    ...plan.notKeptUp.map(notKeptUpWords),
    ...(aside.length === 0
      ? []
      : [
          `Temporarily removed, then recreated unchanged: ${choose(aside.length, 'the trigger', 'the triggers')} ${joinWords(aside)}.`,
        ]),
  ];
}

/** Further facts about the plan, shown under “Details”. */
export function detailLines(plan: RestorePlan): readonly string[] {
  const replay = replayDetail(plan);
  const record = recordWords(plan);
  return [
    ...(record === null ? [] : [record]),
    ...(plan.bystanders.length === 0 ? [] : [`Left alone: ${joinWords(plan.bystanders)}.`]),
    ...plan.searchIndexes.filter((index) => !isOdd(index)).map(indexWords),
    ...(replay === null ? [] : [replay]),
    `Plan ${plan.planId.slice(0, 12)}`,
  ];
}

/** How much space is needed and free. A volume is named only if there are several. */
export function spaceWords({ space }: Pick<RestorePlan, 'space'>): string {
  return space
    .map(({ volume, neededBytes, freeBytes }) => {
      const where = space.length === 1 ? '' : ` on ${volume}`;
      return `about ${formatBytes(neededBytes)} needed${where}, ${formatBytes(freeBytes)} free`;
    })
    .join('; ');
}

type SearchIndex = RestorePlan['searchIndexes'][number];

function isOdd({ before, handling }: SearchIndex): boolean {
  return before === 'stale' || handling === 'left';
}

function indexWords({ name, before, handling }: SearchIndex): string {
  if (handling === 'left') {
    const why = { ok: 'can’t be updated here', stale: 'is damaged', unchecked: 'can’t be opened here' }[
      before
    ];
    return `The search index ${name} ${why}. Until the chat app rebuilds it, a search may miss what comes back and find what is gone.`;
  }
  return before === 'stale'
    ? `The search index ${name} is out of date and is rebuilt.`
    : `The search index ${name} is updated and verified.`;
}

function notKeptUpWords({ name, columns, by }: NotKeptUp): string {
  const tables = [...new Set(by.map(({ table }) => table))];
  return by.length === 0
    ? `${name} stays as it is. If the chat app keeps it up to date itself, it is out of date afterwards.`
    : `${name} stays as it is and may be out of date afterwards: the chat app updates ${columns.length === 0 ? 'it' : `its ${joinWords(columns)}`} with ${choose(by.length, 'the trigger', 'the triggers')} ${joinWords(by.map(({ trigger }) => trigger))} of ${joinWords(tables)}.`;
}

function keyWords({
  foreignKeyViolations,
  orphans,
}: Pick<RestorePlan, 'foreignKeyViolations' | 'orphans'>): string | null {
  if (orphans.length > 0) return orphans.map(orphanedWords).join(' ');
  return foreignKeyViolations === 0
    ? null
    : `${count(foreignKeyViolations, 'link')} between tables ${choose(foreignKeyViolations, 'is', 'are')} already broken; no more may break.`;
}

function orphanedWords({ table, parent, rows, comesBack }: Orphans): string {
  const what = `${count(rows, 'entry', 'entries')} in ${table}`;
  return `${what} ${comesBack ? choose(rows, 'comes back and points', 'come back and point') : choose(rows, 'points', 'point')} to ${parent} that no longer exist.`;
}

/** The links that a restore would break, whether or not the user has accepted that. Null: none that need consent. */
export function orphanWords(plan: RestorePlan): string | null {
  const refusal = plan.refusals.find(({ code }) => code === 'leaves-orphans');
  if (refusal !== undefined) return refusal.message;
  return plan.options.acceptDrift && plan.orphans.length > 0 ? keyWords(plan) : null;
}

/** Values that may have been text or binary data, which need consent before they are restored. Null: there are none. */
export function unsureWords({ guessedBlobs, tables }: RestorePlan): string | null {
  const written = new Set(tables.filter(({ action }) => action === 'write').map(({ name }) => name));
  const unsure = guessedBlobs.filter(({ table, because }) => because === 'nothing' && written.has(table));
  return unsure.length === 0 ? null : unsure.map(guessWords).join(' ');
}

/** When only derived data is restored: what happens to it later. Null otherwise. */
export function replayWords({ hostReplay }: RestorePlan): string | null {
  return hostReplay === null ? null : 'The chat app will discard this at its next start.';
}

/** What the chat app loads and replays at its next start, where the tables will not hold the whole log. Null otherwise. */
function replayDetail({ hostReplay, replay }: RestorePlan): string | null {
  if (replay !== null)
    return `At its next start the chat app applies events ${replay.fromEvent} to ${replay.toEvent}. The tables restored here do not hold them yet.`;
  if (hostReplay === null) return null;
  const { checkpoint, afterEvent, upToEvent, tablesAtEvent } = hostReplay;
  const range = afterEvent >= upToEvent ? 'no event' : `events ${afterEvent + 1n} to ${upToEvent}`;
  return `At its next start the chat app loads ${checkpoint ?? 'no checkpoint'} and replays ${range}. The tables restored here are as of event ${tablesAtEvent}.`;
}
