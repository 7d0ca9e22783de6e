import '../support/file-calls.ts';

import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finishInterrupted, openDataFolder, readHistory } from '../../src/index.ts';
import { readContent } from '../model/content.ts';
import { contentOf, listFiles, readFileContent } from '../model/judge.ts';
import { whileWatched } from '../support/file-calls.ts';
import { makeDir, makeRoot } from '../support/place.ts';
import { findFaults } from '../support/state.ts';
import { ACTIONS, type Action, makeReady, type Ready } from './actions.ts';
import { type Moment, statesAt, type Tree, watchDisk } from './disk.ts';

/*
 * The power goes at any moment of an action. Whatever the disk holds then, the next start finds the state before or after
 * and nothing between, nothing is lost that was there, and what was said to be done is done.
 */
const root = makeRoot();

const DATABASE = ['app.db', 'app.db-wal', 'app.db-journal'];

type Files = ReadonlyMap<string, Buffer>;
type Seen = { readonly moment: Moment; readonly database: Files };

/** SQLite's own files. The shared memory of a WAL does not outlast the power. */
function readDatabaseFiles(dir: string): Files {
  return new Map(
    DATABASE.filter((name) => existsSync(join(dir, name))).map((name) => [
      name,
      readFileSync(join(dir, name)),
    ]),
  );
}

/** What the folder holds in its end, and held before: all that may be found after the power came back. */
type Known = {
  readonly ready: Ready;
  /** SQLite's files before. */
  readonly start: Files;
  readonly before: ReturnType<typeof look>;
  readonly after: ReturnType<typeof look>;
};

function look({ folder, out }: Ready) {
  const files = [...listFiles(folder.dir)].map(([id, file]) => ({ id, file, bytes: readFileSync(file) }));
  const made = readdirSync(out).map((name) => [name, readFileSync(join(out, name))] as const);
  return { content: readContent(folder), files, made, trashed: listTrashed(folder.dir) };
}

function listTrashed(dir: string): readonly { readonly name: string; readonly bytes: Buffer }[] {
  const trash = join(dir, 'snapback/trash');
  if (!existsSync(trash)) return [];
  return readdirSync(trash, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
    .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
}

/** Every moment of an action, with the database as it was then. */
async function record({ first, act }: Action, journalMode: 'wal' | 'delete') {
  const ready = await makeReady(root(), journalMode);
  for (const one of first) await one(ready);
  const { dir } = ready.folder;
  const before = look(ready);
  const start = readDatabaseFiles(dir);
  const disk = watchDisk([dir, ready.out], (path) => path.startsWith(join(dir, 'app.db')));
  const seen: Seen[] = [];
  const see = (words: string) => seen.push({ moment: disk.look(words), database: readDatabaseFiles(dir) });
  await whileWatched(
    (call) => {
      if (!call.path.startsWith(root())) return undefined;
      see(`${call.name} ${call.path.slice(root().length)}`);
      return disk.see(call);
    },
    () => act(ready),
  );
  see('the end');
  return { seen, known: { ready, start, before, after: look(ready) } };
}

/** Builds what the disk may hold as folders of its own. */
function build(tree: Tree, database: Files, { ready }: Known, place: string): Pick<Ready, 'folder' | 'out'> {
  const move = (path: string) =>
    path.startsWith(ready.out)
      ? join(place, 'out', path.slice(ready.out.length))
      : join(place, 'data', path.slice(ready.folder.dir.length));
  mkdirSync(join(place, 'out'));
  mkdirSync(join(place, 'data'));
  const linked = new Map<object, string>();
  for (const [path, held] of tree) {
    const to = move(path);
    // Its folder has lost its name.
    if (!existsSync(join(to, '..'))) continue;
    if (held === null) mkdirSync(to);
    else {
      const other = linked.get(held.node);
      if (other !== undefined) linkSync(other, to);
      else {
        writeFileSync(to, held.bytes);
        if (existsSync(path)) utimesSync(to, statSync(path).atime, statSync(path).mtime);
        linked.set(held.node, to);
      }
    }
  }
  for (const [name, bytes] of database) writeFileSync(join(place, 'data', name), bytes);
  return { folder: { ...ready.folder, dir: join(place, 'data') }, out: join(place, 'out') };
}

/** The power is back. `ended`: the action had been reported done. @throws where anything is not as it has to be */
async function judge(
  built: Pick<Ready, 'folder' | 'out'>,
  { before, after }: Known,
  ended: boolean,
): Promise<void> {
  const { dir } = built.folder;
  const folder = await openDataFolder(dir);
  await finishInterrupted(folder);
  const content = readContent(folder);
  const happened = JSON.stringify(content) !== JSON.stringify(before.content);
  expect(content).toEqual(happened ? after.content : before.content);
  expect(findFaults(folder.databaseFile)).toEqual([]);
  const files = [...listFiles(dir)].map(([id, file]) => ({ id, file, bytes: readFileSync(file) }));
  const trashed = listTrashed(dir);
  const isThere = ({ bytes, id }: { readonly id: string; readonly bytes: Buffer }) =>
    files.some((one) => one.id === id && one.bytes.equals(bytes)) ||
    trashed.some(
      ({ name, bytes: other }) => other.equals(bytes) && name.startsWith(id.slice(id.indexOf('/') + 1)),
    );
  for (const one of before.files) if (!isThere(one)) throw new Error(`${one.id} is lost.`);
  for (const one of before.trashed)
    if (![...files, ...trashed].some(({ bytes }) => bytes.equals(one.bytes)))
      throw new Error(`${one.name} is lost from the trash.`);
  const isKnown = (id: string, file: string, bytes: Buffer) => {
    const kind = id.slice(0, id.indexOf('/'));
    const same = [...before.files, ...after.files].filter((one) => one.id.startsWith(`${kind}/`));
    return (
      [...same, ...before.trashed].some((one) => one.bytes.equals(bytes)) ||
      same.some((one) => JSON.stringify(readFileContent(one.file)) === JSON.stringify(readFileContent(file)))
    );
  };
  for (const { id, file, bytes } of files) {
    if (!isKnown(id, file, bytes)) throw new Error(`${id} is neither of before nor of after.`);
    if (id.startsWith('@kept/'))
      expect(JSON.parse(readFileSync(file.replace(/\.\w+$/, '.note'), 'utf8'))).toHaveProperty('from');
  }
  for (const [name, bytes] of before.made.concat(after.made)) {
    const path = join(built.out, name);
    if (existsSync(path) ? !readFileSync(path).equals(bytes) : ended)
      throw new Error(`${name} is not whole.`);
  }
  for (const name of readdirSync(built.out))
    expect(after.made.some(([known]) => known === name) || name.startsWith('.snapback-')).toBe(true);
  if (ended) {
    expect(content).toEqual(after.content);
    for (const one of after.files) if (!isThere(one)) throw new Error(`${one.id} was reported, and is lost.`);
    expect(trashed).toHaveLength(after.trashed.length);
  }
  if (!happened) return;
  const { undo, redo } = await readHistory(folder);
  expect(files.map(({ id }) => id)).toContain(undo ?? redo);
  const [newest] = files
    .filter(({ id }) => id.startsWith('periodic/'))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const [expected] = after.files
    .filter(({ id }) => id.startsWith('periodic/'))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  expect(contentOf(readFileContent(newest?.file ?? ''))).toEqual(
    contentOf(readFileContent(expected?.file ?? '')),
  );
}

/**
 * Each state with what SQLite's own files may be. What is committed is on the disk, because SQLite syncs it first. What is
 * not may have left traces there, or none.
 */
async function withDatabases(states: ReturnType<typeof statesAt>, now: Files, { start, before }: Known) {
  const place = await makeDir(root());
  for (const [name, bytes] of now) writeFileSync(join(place, name), bytes);
  const held = readContent({ databaseFile: join(place, 'app.db') });
  await rm(place, { recursive: true });
  const isCommitted = JSON.stringify(held) !== JSON.stringify(before.content);
  const databases = isCommitted ? [now] : [now, start];
  return states.flatMap(([words, tree]) => databases.map((database) => [words, tree, database] as const));
}

/** Tells states apart by what they hold. */
function nameOf(tree: Tree, database: Files): string {
  const held = [...tree].map(([path, one]) => `${path} ${one === null ? '' : one.bytes.toString('latin1')}`);
  return `${held.join('\n')}\n${[...database].map(([name, bytes]) => `${name} ${bytes.toString('latin1')}`).join('\n')}`;
}

test.concurrent.each(
  ACTIONS.flatMap((action, index) => [[action.name, index % 2 === 0 ? 'wal' : 'delete', action] as const]),
)('%s, with the journal mode %s', async (_, journalMode, action) => {
  const { seen, known } = await record(action, journalMode);
  const done = new Set<string>();
  const wrong: string[] = [];
  for (const { moment, database: now } of seen)
    for (const [words, tree, database] of await withDatabases(statesAt(moment), now, known)) {
      const ended = moment.before === 'the end';
      const name = `${ended} ${nameOf(tree, database)}`;
      if (done.has(name)) continue;
      done.add(name);
      const place = await makeDir(root());
      try {
        await judge(build(tree, database, known, place), known, ended);
      } catch (error) {
        wrong.push(`Before ${moment.before}, ${words}: ${error instanceof Error ? error.message : error}`);
      }
      await rm(place, { recursive: true });
    }
  expect(wrong).toEqual([]);
  expect(done.size).toBeGreaterThan(5);
});
