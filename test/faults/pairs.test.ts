import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { finishInterrupted, openDataFolder, releaseAbandoned, viewTrash } from '../../src/index.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import { makeRoot } from '../support/place.ts';
import { type Child, start } from '../support/process.ts';
import { findFaults } from '../support/state.ts';
import { type Did, type Ended, ordersOf, plainly } from './pair-orders.ts';
import { listTrashed, makePairWorld, type PairKnown } from './pair-world.ts';
import { copyWorld, type Facts, readFacts, removeWorld } from './world.ts';

/*
 * Two Snapbacks, or one and the host, or all three, at once in one folder and with one cache: one of them is held at a call that
 * changes something, the others do all of their actions, and then the first goes on or is killed. The database is what both do one
 * after the other, or what that one does alone which was not refused; nothing is lost, and what is said is true.
 */
const root = makeRoot();

const DATABASE = ['restore', 'keep newer', 'part', 'merge', 'undo', 'the host writes'];
const ACTIONS = [...DATABASE, 'take', 'prune', 'put back', 'keep', 'salvage', 'empty the trash'];
const HOST = ['the host writes', 'the host rewinds'];
/** By the requests of the window, from the plan on. */
const WINDOW = ['restore in the window', 'undo in the window', 'prune in the window'];

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
  const changing = actions.map(plainly).filter((action) => [...DATABASE, ...HOST].includes(action));
  const found = results.get(changing.join());
  if (found !== undefined) return found;
  const world = newWorld();
  for (const action of changing) await one.begin({ world, action });
  const { database } = readFacts(world);
  removeWorld(world);
  results.set(changing.join(), database);
  return database;
}

/** `meanwhile`: what happens while the first is held, one after the other. `commandLine`: the arguments of one more. */
type Both = {
  readonly held: string;
  readonly meanwhile: readonly string[];
  readonly killed?: boolean;
  readonly commandLine?: string;
};

/** What is wrong after one was held at a call, and the other did its action meanwhile. */
async function strike(two: { one: Snapback; readonly other: Snapback }, both: Both, share: number) {
  const { held, meanwhile, killed = false, commandLine } = both;
  const points = calls.get(held) ?? [];
  const hold = points[Math.round(share * (points.length - 1))] ?? '';
  const world = newWorld();
  const go = join(world, 'go');
  const problems: string[] = [];
  if ((await two.one.begin({ world, action: held, hold, go })) !== 'held') problems.push('it was not held');
  const did: Did[] = [];
  for (const action of meanwhile)
    did.push({ action, ended: (await two.other.begin({ world, action })) as Ended });
  if (commandLine !== undefined)
    did.push({ action: commandLine, ended: await runCommand(world, commandLine) });
  let first: Ended | null = null;
  if (killed) {
    await two.one.kill();
    two.one = startSnapback();
  } else {
    writeFileSync(go, '');
    first = await two.one.end();
  }
  did.unshift({ action: held, ended: first });
  problems.push(...(await judge(two.other, world, did)));
  removeWorld(world);
  const codes = did.map(({ ended }) => ended?.code).join(' ');
  return problems.map((problem) => `${hold} | ${codes}: ${problem}`);
}

async function judge(one: Snapback, world: string, did: readonly Did[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const found = readFacts(world);
  const actions = did.map(({ action }) => plainly(action));
  const expected: string[] = [];
  for (const order of ordersOf(did)) expected.push(await resultOf(one, order));
  if (!expected.includes(found.database)) problems.push('the database is something else');
  for (const { ended } of did) {
    if (ended === null || ended.code === 'done') continue;
    if (!/^[a-z]+(?:-[a-z]+)+$/.test(ended.code)) problems.push(`it ended with ${ended.code}`);
  }
  const there = new Set(Object.entries({ ...found.snapshots, ...found.trash, ...found.kept }).map(asFile));
  const isEmptied = actions.includes('empty the trash');
  // What a prune has moved before the other one looks is in the trash that is emptied.
  const mayGo = actions[0] === 'prune' && isEmptied ? `${known.spareId}.json` : null;
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
  const restores = did.filter(
    ({ action, ended }) => ended?.code === 'done' && isRestore(plainly(action)),
  ).length;
  if (did.every(({ ended }) => ended !== null) && copies(started) !== copies(before) + restores)
    problems.push('there is not one safety copy for each restore');
  for (const { ended } of did)
    if (ended !== null && ended.code !== 'done' && !ended.said.every((words) => words.length > 0))
      problems.push('it says nothing');
  return problems;
}

function isRestore(action: string): boolean {
  return DATABASE.includes(action) && action !== 'the host writes';
}

/** Does it as a process of its own, as somebody would in a terminal. */
async function runCommand(world: string, action: string): Promise<Ended> {
  const commands: Readonly<Record<string, readonly string[]>> = {
    restore: ['restore', known.id, '--accept-other-timeline', '--while-open'],
    undo: ['undo', '--accept-other-timeline', '--while-open'],
    prune: ['prune', known.spareId, '--only-copies'],
  };
  const args = [...(commands[plainly(action)] ?? []), '--data', join(world, 'data'), '--yes', '--json'];
  const env = { XDG_CACHE_HOME: join(world, 'cache'), TMPDIR: join(world, 'tmp') };
  const { error } = JSON.parse((await start('../../../src/cli.ts', { args, env }).ended).join('\n'));
  return error === undefined
    ? { code: 'done', said: [], calls: [] }
    : { code: error.code, said: [error.message], calls: [] };
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
  for (const action of [...ACTIONS, ...WINDOW]) {
    const world = newWorld();
    const ended = (await one.begin({ world, action })) as Ended;
    expect([action, ended.code]).toEqual([action, 'done']);
    const changed = plainly(action);
    results.set(DATABASE.includes(changed) ? changed : '', readFacts(world).database);
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
      const found = await strike(two, { held, meanwhile: [other] }, share);
      problems.push(...found.map((problem) => `and ${other}: ${problem}`));
    }
    const other = ACTIONS[(at + 1) % ACTIONS.length] ?? '';
    const found = await strike(two, { held, meanwhile: [other], killed: true }, ((at * 5) % 12) / 11);
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
  const both = { held: 'prune', meanwhile: ['empty the trash'] };
  const problems: string[] = [];
  const last = (calls.get('prune') ?? []).length - 1;
  for (let at = 0; at <= last; at += 1) problems.push(...(await strike(two, both, at / last)));
  await two.one.kill();
  await two.other.kill();
  expect(problems).toEqual([]);
});

/** The host, too, does something while one is held, and then another one does its action. */
const THREE = [
  ['restore', 'the host writes', 'keep newer', 0.5],
  ['restore', 'the host rewinds', 'undo', 0.3],
  ['keep newer', 'the host writes', 'restore', 0.7],
  ['keep newer', 'the host rewinds', 'take', 0.2],
  ['part', 'the host writes', 'prune', 0.4],
  ['merge', 'the host rewinds', 'part', 0.1],
  ['undo', 'the host rewinds', 'restore', 0.6],
  ['undo', 'the host writes', 'undo', 0.9],
  ['take', 'the host rewinds', 'restore', 0.5],
  ['prune', 'the host rewinds', 'keep newer', 0.8],
] as const;

test('of two at once, and a host that writes or rewinds as a third, nothing is lost and nothing is in between', {
  timeout: 600_000,
}, async () => {
  const two = { one: startSnapback(), other: startSnapback() };
  const problems: string[] = [];
  for (const [held, host, other, share] of THREE) {
    const found = await strike(two, { held, meanwhile: [host, other] }, share);
    problems.push(...found.map((problem) => `${held}, ${host}, ${other}: ${problem}`));
  }
  await two.one.kill();
  await two.other.kill();
  expect(problems).toEqual([]);
});

test('of a window and a command line at once, nothing is lost and nothing is in between', {
  timeout: 600_000,
}, async () => {
  const two = { one: startSnapback(), other: startSnapback() };
  const problems: string[] = [];
  for (const [at, held] of WINDOW.entries())
    for (const [index, command] of ['restore', 'undo', 'prune'].entries()) {
      const both = { held, meanwhile: [], commandLine: `${command} on the command line` };
      const found = await strike(two, both, (at * 3 + index) / 8);
      problems.push(...found.map((problem) => `${held}, ${command}: ${problem}`));
    }
  await two.one.kill();
  await two.other.kill();
  expect(problems).toEqual([]);
});
