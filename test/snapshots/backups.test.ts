import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFile,
  copyFile,
  cp,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSnapshot, listSnapshots } from '../../src/catalog/catalog.ts';
import { diffSnapshot } from '../../src/compare/diff.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { keepSnapshot } from '../../src/prune/kept.ts';
import { openBackup } from '../../src/snapshots/backups.ts';
import { closeBackup, closeBackups } from '../../src/snapshots/close-backups.ts';
import { openSnapshotFile } from '../../src/snapshots/open-file.ts';
import {
  codeOf,
  dumpChat,
  errorOf,
  makeChat,
  makeDatabase,
  makeRoot,
  putSnapshot,
  run,
} from '../support/place.ts';

const root = makeRoot();

let folder: DataFolder;
let outside = '';
beforeEach(async () => {
  folder = await makeChat(root());
  outside = await mkdtemp(join(root(), 'outside-'));
});
afterEach(() => closeBackups(folder));

/** A backup of the chat as it is now, in one file. */
function backUp(name = 'app.db.bak'): string {
  const file = join(outside, name);
  const db = new Database(folder.databaseFile, { readonly: true });
  try {
    db.prepare('VACUUM INTO ?').run(file);
  } finally {
    db.close();
  }
  return file;
}

/** A copy of a database with a WAL, as somebody copies it while its application runs: what was written last is in the WAL. */
async function copyRunning(name: string, sql: string, { withWal = true } = {}): Promise<string> {
  const file = join(outside, name);
  const db = new Database(folder.databaseFile);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.exec(sql);
    await copyFile(folder.databaseFile, file);
    if (withWal) await copyFile(`${folder.databaseFile}-wal`, `${file}-wal`);
  } finally {
    db.close();
  }
  return file;
}

async function openFile(path: string): Promise<string> {
  const opened = await openBackup(folder, path, {});
  folder = opened.folder;
  return opened.id;
}

/** The tables in which a snapshot and the database differ, and by how many rows. */
async function differences(id: string): Promise<readonly string[]> {
  const { tables } = await diffSnapshot(folder, id);
  return tables.flatMap(({ name, added, removed, changed }) =>
    added + removed + changed === 0 ? [] : [`${name} +${added} -${removed}`],
  );
}

async function digests(dir: string): Promise<readonly string[]> {
  const names = (await readdir(dir)).sort();
  const one = async (name: string) =>
    `${name} ${createHash('sha256')
      .update(await readFile(join(dir, name)))
      .digest('hex')}`;
  return Promise.all(names.map(one));
}

const said =
  "INSERT INTO event_log (ts, kind, payload_json) VALUES ('t', 'message', '{\"text\": \"the last word\"}')";

describe('a backup of the database', () => {
  test('is compared, checked and listed like any snapshot, and nothing is written beside it', async () => {
    const file = backUp();
    run(folder, 'DELETE FROM event_log WHERE id > 1');
    const before = await digests(outside);
    const id = await openFile(file);
    expect(id).toBe('@file/app.db.bak');
    expect(await differences(id)).toStrictEqual(['event_log +2 -0']);
    expect(await checkSnapshot(folder, id)).toMatchObject({
      id,
      health: 'good',
      lineage: 'same',
      retention: { reason: 'elsewhere' },
      opened: { state: 'unchanged', lacksWal: false },
    });
    expect(await listSnapshots(folder)).toStrictEqual([]);
    expect(await listSnapshots(folder, { backups: true })).toMatchObject([{ id, file }]);
    expect(await digests(outside)).toStrictEqual(before);
  });

  test('is read with its WAL, of which not a byte changes, even in a folder that is only read', async () => {
    const file = await copyRunning('app.db.bak', said);
    run(folder, "DELETE FROM event_log WHERE payload_json LIKE '%the last word%'");
    const before = await digests(outside);
    execFileSync('chmod', ['a-w', outside]);
    try {
      const id = await openFile(file);
      expect(await differences(id)).toStrictEqual(['event_log +1 -0']);
      expect(await checkSnapshot(folder, id)).toMatchObject({ opened: { lacksWal: false } });
    } finally {
      execFileSync('chmod', ['u+w', outside]);
    }
    expect(await digests(outside)).toStrictEqual(before);
  });

  test('that lacks the WAL which it was copied with says that its newest changes may be missing', async () => {
    const id = await openFile(await copyRunning('app.db.bak', said, { withWal: false }));
    expect(await differences(id)).toStrictEqual(['event_log +0 -1']);
    expect(await checkSnapshot(folder, id)).toMatchObject({ opened: { lacksWal: true } });
  });

  test('stays as it was when it was opened, whatever becomes of the file, which is told', async () => {
    const file = backUp();
    const id = await openFile(file);
    const state = async () => (await checkSnapshot(folder, id)).opened?.state;
    const content = async () => (await diffSnapshot(folder, id)).tables;
    const before = await content();
    await appendFile(file, 'more');
    expect(await state()).toBe('changed');
    await truncate(file, 0);
    expect(await state()).toBe('changed');
    expect(await content()).toStrictEqual(before);
    await rm(file);
    expect(await state()).toBe('gone');
    expect(await content()).toStrictEqual(before);
  });

  test('that is opened again shows what it holds now, under the same id', async () => {
    const file = backUp();
    const id = await openFile(file);
    run(folder, said);
    await rm(file);
    backUp();
    expect(await openFile(file)).toBe(id);
    expect(await differences(id)).toStrictEqual([]);
    expect(folder.backups).toHaveLength(1);
  });

  test('has an id of its own, even if another file has the same name', async () => {
    const first = await openFile(backUp());
    await mkdir(join(outside, 'other'));
    const second = await openFile(backUp('other/app.db.bak'));
    expect([first, second]).toStrictEqual(['@file/app.db.bak', '@file/app.db.bak (2)']);
    folder = await closeBackup(folder, first);
    expect(await codeOf(openSnapshotFile(folder, first))).toBe('snapshot-missing');
    expect(await checkSnapshot(folder, second)).toMatchObject({ health: 'good' });
  });

  test('leaves no private copy behind once it is closed', async () => {
    await openFile(backUp());
    const copies = folder.backups?.map(({ copy }) => copy) ?? [];
    expect(copies).toHaveLength(1);
    await closeBackups(folder);
    for (const copy of copies) await expect(readFile(copy)).rejects.toThrow('ENOENT');
  });

  test('can be kept, with what its WAL held', async () => {
    const id = await openFile(await copyRunning('app.db.bak', said));
    const kept = await keepSnapshot(folder, id, { name: 'the backup', note: null });
    await closeBackups(folder);
    folder = { ...folder, backups: [] };
    expect(await differences(kept.id)).toStrictEqual([]);
    expect(await checkSnapshot(folder, kept.id)).toMatchObject({ health: 'good', kept: { from: id } });
  });
});

test('a snapshot in JSON from another folder is opened by what it holds, whatever its name', async () => {
  const file = join(outside, 'from-the-stick');
  await writeFile(file, dumpChat(folder));
  const id = await openFile(file);
  expect(await checkSnapshot(folder, id)).toMatchObject({ form: 'json', health: 'good', lastEventId: 3n });
  expect(await differences(id)).toStrictEqual([]);
});

test('a damaged backup is opened, and its damage is said', async () => {
  const file = backUp();
  await truncate(file, 8192);
  const id = await openFile(file);
  expect(await checkSnapshot(folder, id)).toMatchObject({
    health: 'damaged',
    healthDetail: 'Incomplete: the end of the file is missing.',
  });
  expect(await codeOf(diffSnapshot(folder, id))).toBe('snapshot-damaged');
});

type Refused = readonly [what: string, make: () => Promise<string>, why: RegExp];

const refused: readonly Refused[] = [
  ['nothing', async () => join(outside, 'no-file'), /does not exist/],
  ['a link that leads nowhere', () => linked('loop', 'loop'), /leads nowhere/],
  ['a folder', async () => outside, /This is a folder/],
  ['a FIFO', async () => fifo('pipe'), /not a regular file/],
  ['an empty file', () => written(''), /it is empty/],
  ['nothing but zeros', () => written(Buffer.alloc(8192)), /nothing but zeros/],
  ['random bytes, as an encrypted database', () => written(createHash('sha512').digest()), /it is encrypted/],
  ['a text', () => written('Dear diary'), /no SQLite database and no snapshot/],
  ['a packed file', () => written(gzipSync('chat')), /unpack it first/],
  [
    'the first bytes of a database',
    () => written('SQLite format 3\0'),
    /no SQLite database, or an encrypted one/,
  ],
  ['another application’s database', async () => otherApp(), /belongs to another one/],
  ['the database itself', async () => folder.databaseFile, /the chat database that is open here/],
  [
    'the database by a link',
    () => linked('link', folder.databaseFile),
    /the chat database that is open here/,
  ],
  ['the database under a second name', () => secondName(''), /the chat database that is open here/],
  [
    'one of the snapshots here',
    () => putSnapshot(folder, 'rewind/a', dumpChat(folder)),
    /already: rewind\/a/,
  ],
  [
    'a file whose WAL is a FIFO',
    async () => fifo(`${basename(backUp())}-wal`).slice(0, -'-wal'.length),
    /cannot be read/,
  ],
];

async function written(contents: string | Buffer): Promise<string> {
  await writeFile(join(outside, 'file'), contents);
  return join(outside, 'file');
}

async function linked(name: string, target: string): Promise<string> {
  await symlink(target, join(outside, name));
  return join(outside, name);
}

async function secondName(suffix: string): Promise<string> {
  await link(folder.databaseFile + suffix, join(outside, 'second'));
  return join(outside, 'second');
}

function fifo(name: string): string {
  execFileSync('mkfifo', [join(outside, name)]);
  return join(outside, name);
}

function otherApp(): string {
  const file = join(outside, 'notes.db');
  const db = new Database(file);
  db.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text); INSERT INTO notes VALUES (1, 2)');
  db.close();
  return file;
}

describe('what is no backup of the chats is refused in words, and nothing is left of it', () => {
  test.each(refused)('%s', async (_what, make, why) => {
    const path = await make();
    const error = await errorOf(openBackup(folder, path, {}));
    expect(error.code).toBe('backup-refused');
    expect(error.message).toMatch(why);
    expect(folder.backups ?? []).toStrictEqual([]);
  });

  test('a change that was not finished when the file was copied: its journal is not played back, nor what it names removed', async () => {
    const victim = await written('another file');
    const file = backUp();
    // As SQLite writes it: the header of a journal, and at the end the name of a journal over several databases.
    const header = Buffer.alloc(512);
    header.write('d9d505f920a163d7', 0, 'hex');
    const name = Buffer.from(victim);
    const tail = Buffer.alloc(name.length + 20);
    tail.writeUInt32BE(0x40000000, 0);
    name.copy(tail, 4);
    tail.writeUInt32BE(name.length, 4 + name.length);
    tail.writeUInt32BE(
      name.reduce((sum, byte) => sum + byte, 0),
      8 + name.length,
    );
    tail.write('d9d505f920a163d7', 12 + name.length, 'hex');
    await writeFile(`${file}-journal`, Buffer.concat([header, tail]));
    const before = await digests(outside);
    expect((await errorOf(openBackup(folder, file, {}))).message).toContain('its journal is still beside it');
    expect(await digests(outside)).toStrictEqual(before);
  });

  test('a WAL with a list of tables without bounds, before SQLite reads it', async () => {
    const columns = Array.from({ length: 90 }, (_, index) => `${'c'.repeat(2000)}${index}`);
    const tables = Array.from({ length: 100 }, (_, index) => `CREATE TABLE t${index} (${columns});`);
    const file = await copyRunning('app.db.bak', `BEGIN; ${tables.join('')} COMMIT;`);
    const error = await errorOf(openBackup(folder, file, {}));
    expect(error.message).toContain('its list of tables is larger than any');
  });
});

test('a WAL of garbage, or of another database, changes nothing of what the file holds', async () => {
  const file = backUp();
  const other = await copyRunning('other.db', said);
  for (const wal of [Buffer.alloc(100_000, 7), await readFile(`${other}-wal`)]) {
    await writeFile(`${file}-wal`, wal);
    const found = await codeOf(async () => {
      const id = await openFile(file);
      expect(await checkSnapshot(folder, id)).toMatchObject({
        health: expect.stringMatching(/good|damaged/),
      });
    });
    expect(['done', 'backup-refused']).toContain(found);
  }
});

test('a file that takes another’s place while it is copied is never read half and half', async () => {
  const large = (word: string) => {
    const file = join(outside, word);
    makeDatabase(
      file,
      `CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO chats SELECT i, '${word} ' || hex(zeroblob(100)) FROM n;`,
    );
    return file;
  };
  const [one, other, target] = [large('one'), large('two'), join(outside, 'app.db.bak')];
  await copyFile(one, target);
  let isOpening = true;
  const swapping = (async () => {
    for (let turn = 0; isOpening && turn < 200; turn += 1) {
      await cp(turn % 2 === 0 ? other : one, join(outside, 'next'));
      await rename(join(outside, 'next'), target);
    }
  })();
  const outcome = await codeOf(async () => {
    const id = await openFile(target);
    const copied = folder.backups?.find(({ name }) => `@file/${name}` === id)?.copy ?? '';
    const db = new Database(copied, { readonly: true });
    const words = db.prepare('SELECT DISTINCT substr(title, 1, 3) FROM chats').pluck().all();
    const count = db.prepare('SELECT count(*) FROM chats').pluck().get();
    db.close();
    expect({ words: words.length, count }).toStrictEqual({ words: 1, count: 20000 });
  });
  isOpening = false;
  await swapping;
  expect(['done', 'backup-refused']).toContain(outcome);
});
