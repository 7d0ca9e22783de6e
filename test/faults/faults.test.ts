import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeRoot } from '../support/place.ts';
import { start } from '../support/process.ts';
import { makeWorlds } from './make-worlds.ts';
import type { Report } from './strike.ts';
import type { VerbName } from './verbs.ts';
import { hashWorld, type Known } from './world.ts';

/*
 * Everything that changes files is struck at every point, once by an error that fits the call, and once by what SIGKILL
 * would leave. Each time: the world is as before or as after it and never in between, nothing is lost, the error is true, the
 * next start leaves nothing behind and knows how it ended, and the next action works. `docs/faults.md` says how.
 */
const root = makeRoot();
let known: Known = { id: '' };
beforeAll(async () => {
  known = await makeWorlds(root());
});

/** Those that share most of their ways are struck by one process: a place of the product that only reads fails once. */
const GROUPS: readonly (readonly VerbName[])[] = [
  ['restore', 'keep newer', 'restore a part', 'restore rows', 'undo', 'redo', 'finish what was killed'],
  ['restore to a copy', 'export as JSON', 'export as SQLite', 'export as CSV', 'salvage'],
  ['take', 'keep', 'hold', 'let go', 'prune', 'put back', 'empty the trash', 'clear the cache'],
  ['merge', 'restore without a WAL'],
];

/** These only look. They share more ways with a restore than with each other. */
const LOOKING: readonly VerbName[] = [
  'look at rows',
  'compare two snapshots',
  'read a conversation',
  'search',
  'look at a row through time',
  'plan a restore',
  'look at what has happened',
];

/** The machine may be busy, and there are hundreds of points. */
const LONG_MS = 30 * 60_000;

async function strike(how: 'fail' | 'image' | 'judge', verbs: readonly VerbName[], scratch: string) {
  const args = [how, verbs.join(), root(), scratch, JSON.stringify(known)];
  const lines = await start('strike.ts', { args }).ended;
  return lines.map((line): Report => JSON.parse(line));
}

function problemsOf(reports: readonly Report[]): readonly unknown[] {
  return reports.flatMap(({ verb, problems }) => problems.map((problem) => ({ verb, ...problem })));
}

function struck(reports: readonly Report[]): readonly string[] {
  return reports.filter(({ points }) => points > 0).map(({ verb }) => verb);
}

/** From the safety copy to the journal's last line; from the manifest to the record of the action. */
const KILLS: readonly (readonly [verb: VerbName, share: number])[] = [
  ...[0.42, 0.6, 0.893, 0.935].map((share) => ['restore', share] as const),
  ...[0.4, 0.8, 0.93].map((share) => ['prune', share] as const),
];

describe.concurrent('a copy of a world is what a kill leaves of it, in', () => {
  test.each(KILLS)('%s, at %d of what it does', { timeout: LONG_MS }, async (verb, share) => {
    const scratch = join(root(), `killed-${verb}-${share}`);
    const args = ['kill', verb, root(), scratch, JSON.stringify(known), String(share)];
    const child = start('strike.ts', { args });
    await child.ended;
    expect(child.process.signalCode).toBe('SIGKILL');
    const [copied, left] = ['image', 'struck'].map((name) => hashWorld(join(scratch, '0', name)));
    expect(left).toBe(copied);
    expect(left).not.toBe(hashWorld(join(root(), 'rewound')));
  });
});

describe.concurrent('a fault leaves all or nothing, and the next action works, of', () => {
  test.each([...GROUPS, LOOKING].map((verbs) => [verbs]))(
    '%j, by an error',
    { timeout: LONG_MS },
    async (verbs) => {
      const reports = await strike('fail', verbs, join(root(), `fail-${verbs[0]}`));
      expect(problemsOf(reports)).toEqual([]);
      expect(struck(reports)).toEqual(verbs);
    },
  );

  test.each(GROUPS.map((verbs) => [verbs]))('%j, by a kill', { timeout: LONG_MS }, async (verbs) => {
    const scratch = join(root(), `kill-${verbs[0]}`);
    // It must have ended before anybody judges what it leaves.
    await strike('image', verbs, scratch);
    const reports = await strike('judge', verbs, scratch);
    expect(problemsOf(reports)).toEqual([]);
    expect(struck(reports)).toEqual(verbs);
  });
});
