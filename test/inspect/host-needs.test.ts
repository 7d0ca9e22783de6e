import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  checkProfile,
  type DataFolder,
  defaultRestoreOptions,
  diffSnapshot,
  exportSnapshot,
  openConversation,
  openDataFolder,
  readHappened,
  restoreToCopy,
  searchSnapshots,
  takeSnapshot,
  verifySnapshots,
} from '../../src/index.ts';
import { profileLine } from '../../words/profile.ts';
import { addEvents, asHost, codeOf, makeDatabase, makeDir, makeRoot } from '../support/place.ts';

/*
 * Collations and functions that only the application has: what needs none of them works, and what does is refused, and said
 * before by the line about the folder. In no case is the file called damaged.
 */

const root = makeRoot();
const ID = 'backup/20260101T000000Z';
const ROWS = `INSERT INTO notes (word) VALUES ('a'), ('b'), ('c');`;

/** The folder of an application, whose schema was written with `NOCASE` and `lower` and means its own instead. */
async function makeFolder(schema: string): Promise<DataFolder> {
  const dir = await makeDir(root());
  const databaseFile = join(dir, 'app.db');
  await mkdir(join(dir, 'snapshots/backup'), { recursive: true });
  makeDatabase(databaseFile, `${schema} ${ROWS} ${addEvents(3)}`);
  asHost({ databaseFile }, (db) => {
    db.prepare('VACUUM INTO ?').run(join(dir, 'snapshots', `${ID}.db`));
    db.exec("DELETE FROM event_log WHERE id = 3; DELETE FROM notes WHERE word = 'b'");
  });
  for (const file of [databaseFile, join(dir, 'snapshots', `${ID}.db`)])
    asHost({ databaseFile: file }, (db) =>
      db.exec(`PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(replace(sql, 'NOCASE', 'unicase'), 'lower', 'host_fold');`),
    );
  await writeFile(join(dir, 'snapback-profile.json'), '{"tables": ["notes"]}');
  return openDataFolder(dir);
}

const WRITTEN = 'Snapshots can be compared, taken and restored here, and what was written since can be kept.';
const readOnly = (need: string) =>
  `Snapshots can be compared, exported and taken here, but not restored: “notes” needs the ${need}, which only the chat app has.`;
const COLLATION = readOnly('collation “unicase”');
const FUNCTION = readOnly('function “host_fold”');

const CASES: readonly (readonly [what: string, schema: string, ability: string])[] = [
  ['a collation of a column', 'CREATE TABLE notes (id INTEGER PRIMARY KEY, word COLLATE NOCASE);', WRITTEN],
  ['a collation of a key', 'CREATE TABLE notes (word TEXT COLLATE NOCASE PRIMARY KEY);', COLLATION],
  [
    'a collation of a part of a key',
    'CREATE TABLE notes (word TEXT, n, PRIMARY KEY (word COLLATE NOCASE, n));',
    COLLATION,
  ],
  [
    'a collation of an index',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, word); CREATE INDEX by_word ON notes (word COLLATE NOCASE);',
    COLLATION,
  ],
  [
    'a function of an index',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, word); CREATE INDEX by_word ON notes (lower(word));',
    FUNCTION,
  ],
  [
    'a function of a trigger',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, word); CREATE TRIGGER folds AFTER INSERT ON notes BEGIN SELECT lower(new.word); END;',
    WRITTEN,
  ],
  [
    'a function of a partial index',
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, word); CREATE INDEX late ON notes (id) WHERE lower(word) > 'm';",
    FUNCTION,
  ],
  [
    'a function of a check',
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, word CHECK (lower(word) <> 'z'));",
    FUNCTION,
  ],
  [
    'a collation of a check',
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, word COLLATE NOCASE CHECK (word <> 'z'));",
    COLLATION,
  ],
  [
    'a function of a generated column',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, word, folded AS (lower(word)));',
    FUNCTION,
  ],
  [
    'a function of a stored generated column',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, word, folded AS (lower(word)) STORED);',
    FUNCTION,
  ],
  [
    'a function of a default, which no row needs that is whole',
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, word, mark DEFAULT (lower('A')));",
    WRITTEN,
  ],
  [
    'several of them',
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, word COLLATE NOCASE CHECK (word <> 'z'), folded AS (lower(word)));",
    readOnly('function “host_fold” and the collation “unicase”'),
  ],
  [
    'a check beside a trigger',
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, word CHECK (lower(word) <> 'z')); CREATE TRIGGER folds AFTER INSERT ON notes BEGIN SELECT lower(new.word); END;",
    FUNCTION,
  ],
  [
    'an index beside a trigger',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, word); CREATE INDEX by_word ON notes (lower(word)); CREATE TRIGGER folds AFTER INSERT ON notes BEGIN SELECT 1; END;',
    FUNCTION,
  ],
];

/** What the log tells is told, whatever else cannot be read. */
async function expectFound(folder: DataFolder): Promise<void> {
  expect(await readHappened(folder)).not.toEqual({ state: 'nothing' });
  await (await openConversation(folder, ID, null)).close();
  const { hits } = await searchSnapshots(folder, { phrase: 'line 3', kind: null, words: false });
  expect(hits).toHaveLength(1);
}

describe.each(CASES)('%s', (_, schema, ability) => {
  test('is told beforehand, and all that does not need it works', async () => {
    const folder = await makeFolder(schema);
    expect(profileLine(await checkProfile(folder), { writable: true })).toContain(ability);
    expect(await verifySnapshots(folder, [ID])).toMatchObject([{ health: 'good' }]);
    const { tables } = await diffSnapshot(folder, ID);
    expect(tables).toMatchObject([
      { name: 'event_log', added: 1 },
      { name: 'notes', state: 'compared', added: 1, removed: 0 },
    ]);
    await expectFound(folder);
    const to = join(await makeDir(root()), 'out.json');
    await exportSnapshot(folder, ID, { format: 'json', table: null, to });
  });

  test('is what decides whether a restore is refused', async () => {
    const folder = await makeFolder(schema);
    const request = { ...defaultRestoreOptions, action: 'restore', snapshotId: ID } as const;
    const to = join(await makeDir(root()), 'new.db');
    const copied = restoreToCopy(folder, { ...defaultRestoreOptions, snapshotId: ID, to }, { planId: null });
    const code = ability === WRITTEN ? null : 'schema-needs-host';
    expect(await codeOrNull(copied)).toBe(code);
    expect(await codeOrNull(takeSnapshot(folder, 'rewind'))).toBeNull();
    expect(await codeOrNull(applyRestore(folder, request, { planId: null, whileOpen: false }))).toBe(code);
  });
});

test('a table that is sorted by such a key cannot be read: that is said, nothing is called damaged, and all else is compared', async () => {
  const folder = await makeFolder('CREATE TABLE notes (word TEXT COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID;');
  expect(profileLine(await checkProfile(folder), { writable: true })).toContain(
    'not taken or restored: “notes” can’t be read here.',
  );
  const [listed] = await verifySnapshots(folder, [ID]);
  expect(listed).toMatchObject({
    health: 'good',
    healthDetail: expect.stringContaining('“notes” can’t be checked here'),
  });
  const { tables } = await diffSnapshot(folder, ID);
  expect(tables).toMatchObject([
    { name: 'event_log', added: 1 },
    { name: 'notes', state: 'unreadable', added: 0, removed: 0 },
  ]);
  await expectFound(folder);
  const out = await makeDir(root());
  for (const format of ['json', 'sqlite'] as const)
    expect(await exportSnapshot(folder, ID, { format, table: null, to: join(out, format) })).toMatchObject({
      tables: [{ name: 'event_log', rows: 3 }],
      unread: ['notes'],
    });
  const request = { ...defaultRestoreOptions, action: 'restore', snapshotId: ID } as const;
  const to = join(out, 'new.db');
  const restored = () => applyRestore(folder, request, { planId: null, whileOpen: false });
  const copied = () =>
    restoreToCopy(folder, { ...defaultRestoreOptions, snapshotId: ID, to }, { planId: null });
  for (const act of [() => takeSnapshot(folder, 'rewind'), restored, copied])
    expect(await codeOrNull(act())).toBe('schema-needs-host');
});

/** Null where it succeeds. */
async function codeOrNull(action: Promise<unknown>): Promise<string | null> {
  const outcome = await action.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  return outcome === null ? null : codeOf(Promise.reject(outcome.error));
}
