import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { finishInterrupted, openDataFolder, releaseAbandoned, viewTrash } from '../../src/index.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import { makeRoot } from '../support/place.ts';
import { type Child, start } from '../support/process.ts';
import { findFaults } from '../support/state.ts';
import { listTrashed, makePairWorld, type PairKnown } from './pair-world.ts';
import { copyWorld, type Facts, readFacts, removeWorld } from './world.ts';

/*
 * Two Snapbacks, or one and the host, at once in one folder and with one cache: one of them is held at a call that changes
 * something, the other does all of its action, and then the first goes on or is killed. The database is what both do one
 * after the other, or what that one does alone which was not refused; nothing is lost, and what is said is true.
 */
const root = makeRoot();

const DATABASE = ['restore', 'keep newer', 'part', 'merge', 'undo', 'the host writes'];
const ACTIONS = [...DATABASE, 'take', 'prune', 'put back', 'keep', 'salvage', 'empty the trash'];

type Ended = { readonly code: string; readonly said: readonly string[]; readonly calls: readonly string[] };

type Snapback = {
  readonly begin: (order: object) => Promise<'held' | Ended>;
  readonly end: () => Promise<Ended>;
  readonly kill: () => Promise<void>;
};

let known: PairKnown;
let from: string;
let before: Facts;
/** The database after these actions, one after the other. */
const results = new Map<string, string>();
/** The calls of each action that change something. */
const calls = new Map<string, readonly string[]>();
let worlds = 0;

function startSnapback(): Snapback {
  const child: Child = start('pair.ts', { args: [JSON.stringify(known)] });
  const line = async () => JSON.parse((await child.line()) || '{"code":"died","said":[],"calls":[]}');
  return {
    begin(order) {
      child.process.stdin?.write(`${JSON.stringify(order)}\n`);
      return line();
    },
    end: line,
    kill: child.kill,
  };
}

function newWorld(): string {
  worlds += 1;
  const world = join(root(), `world-${worlds}`);
  copyWorld(from, world);
  return world;
}

async function resultOf(one: Snapback, actions: readonly string[]): Promise<string> {
  const changing = actions.filter((action) => DATABASE.includes(action));
  const found = results.get(changing.join());
  if (found !== undefined) return found;
  const world = newWorld();
  for (const action of changing) await one.begin({ world, action });
  const { database } = readFacts(world);
  removeWorld(world);
  results.set(changing.join(), database);
  return database;
}

type Both = { readonly held: string; readonly other: string; readonly killed: boolean };

/** What is wrong after one was held at a call, and the other did its action meanwhile. */
async function strike(two: { one: Snapback; readonly other: Snapback }, both: Both, share: number) {
  const { held, other, killed } = both;
  const points = calls.get(held) ?? [];
  const hold = points[Math.round(share * (points.length - 1))] ?? '';
  const world = newWorld();
  const go = join(world, 'go');
  const problems: string[] = [];
  if ((await two.one.begin({ world, action: held, hold, go })) !== 'held') problems.push('it was not held');
  const second = (await two.other.begin({ world, action: other })) as Ended;
  let first: Ended | null = null;
  if (killed) {
    await two.one.kill();
    two.one = startSnapback();
  } else {
    writeFileSync(go, '');
    first = await two.one.end();
  }
  problems.push(...(await judge(two.other, world, [held, other], [first, second])));
  removeWorld(world);
  return problems.map((problem) => `${hold} | ${first?.code} ${second.code}: ${problem}`);
}

async function judge(
  one: Snapback,
  world: string,
  [held, other]: readonly [string, string],
  [first, second]: readonly [Ended | null, Ended],
): Promise<readonly string[]> {
  const problems: string[] = [];
  const found = readFacts(world);
  const orders: string[][] = [];
  const mayBe = (ended: Ended | null) => (ended === null ? [true, false] : [ended.code === 'done']);
  for (const isFirst of mayBe(first))
    for (const isSecond of mayBe(second)) {
      const [a, b] = [isFirst ? [held] : [], isSecond ? [other] : []];
      orders.push([...a, ...b], [...b, ...a]);
    }
  const expected: string[] = [];
  for (const order of orders) expected.push(await resultOf(one, order));
  if (!expected.includes(found.database)) problems.push('the database is something else');
  for (const ended of [first, second]) {
    if (ended === null || ended.code === 'done') continue;
    if (!/^[a-z]+(?:-[a-z]+)+$/.test(ended.code)) problems.push(`it ended with ${ended.code}`);
  }
  const there = new Set(Object.entries({ ...found.snapshots, ...found.trash, ...found.kept }).map(asFile));
  const isEmptied = [held, other].includes('empty the trash');
  // What a prune has moved before the other one looks is in the trash that is emptied.
  const mayGo = held === 'prune' && isEmptied ? `${known.spareId}.json` : null;
  for (const file of Object.entries({ ...before.snapshots, ...(isEmptied ? {} : before.trash) }))
    if (!/manifest/.test(file[0]) && !there.has(asFile(file)) && file[0] !== `data/snapshots/${mayGo}`)
      problems.push(`${file[0]} is lost`);
  const folder = await openDataFolder(join(world, 'data'), { cacheDir: join(world, 'cache') });
  await finishInterrupted(folder);
  await releaseAbandoned(folder);
  const started = readFacts(world);
  if (started.database !== found.database) problems.push('the next start changed the database');
  const left = started.left.filter((name) => !/^(?:tmp|out)\/|^cache\/stages\/\./.test(name));
  if (left.length > 0) problems.push(`the next start left ${left}`);
  if (replayJournal(await readJournal(folder)).open.length > 0) problems.push('it is not known how it ended');
  const { files } = await viewTrash(folder);
  if (files !== listTrashed(world).length) problems.push('the trash does not tell of all that is in it');
  problems.push(...findFaults(folder.databaseFile).map(String));
  const copies = (facts: Facts) =>
    Object.keys(facts.snapshots).filter((name) => name.includes('/restore/')).length;
  const restores = [first, second].filter(
    (ended, at) => ended?.code === 'done' && isRestore([held, other][at] ?? ''),
  ).length;
  if (first !== null && copies(started) !== copies(before) + restores)
    problems.push('there is not one safety copy for each restore');
  for (const ended of [first, second])
    if (ended !== null && ended.code !== 'done' && !ended.said.every((words) => words.length > 0))
      problems.push('it says nothing');
  return problems;
}

function isRestore(action: string): boolean {
  return DATABASE.includes(action) && action !== 'the host writes';
}

function asFile([name, bytes]: readonly [string, string]): string {
  return `${name.split('/').slice(-2).join('/')} ${bytes}`;
}

beforeAll(async () => {
  from = join(root(), 'from');
  mkdirSync(from);
  known = await makePairWorld(root(), from);
  before = readFacts(from);
  results.set('', before.database);
  const one = startSnapback();
  for (const action of ACTIONS) {
    const world = newWorld();
    const ended = (await one.begin({ world, action })) as Ended;
    expect([action, ended.code]).toEqual([action, 'done']);
    results.set(DATABASE.includes(action) ? action : '', readFacts(world).database);
    calls.set(action, ended.calls);
    removeWorld(world);
  }
  await one.kill();
}, 600_000);

describe('of two at once in one folder, nothing is lost and nothing is in between, while one is held:', () => {
  test.each(ACTIONS.map((held, at) => [held, at] as const))('%s', { timeout: 600_000 }, async (held, at) => {
    const two = { one: startSnapback(), other: startSnapback() };
    const problems: string[] = [];
    for (const [index, other] of ACTIONS.entries()) {
      const share = ((index + at) % ACTIONS.length) / (ACTIONS.length - 1);
      const found = await strike(two, { held, other, killed: false }, share);
      problems.push(...found.map((problem) => `and ${other}: ${problem}`));
    }
    const other = ACTIONS[(at + 1) % ACTIONS.length] ?? '';
    const found = await strike(two, { held, other, killed: true }, ((at * 5) % 12) / 11);
    problems.push(...found.map((problem) => `killed, and ${other}: ${problem}`));
    await two.one.kill();
    await two.other.kill();
    expect(problems).toEqual([]);
  });
});

test('what is pruned while somebody empties the trash stays in it, at whichever call, and its list tells of it', {
  timeout: 600_000,
}, async () => {
  const two = { one: startSnapback(), other: startSnapback() };
  const both = { held: 'prune', other: 'empty the trash', killed: false };
  const problems: string[] = [];
  const last = (calls.get('prune') ?? []).length - 1;
  for (let at = 0; at <= last; at += 1) problems.push(...(await strike(two, both, at / last)));
  await two.one.kill();
  await two.other.kill();
  expect(problems).toEqual([]);
});
