import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  applyRestore,
  checkSnapshot,
  closeBackups,
  type DataFolder,
  diffSnapshot,
  listSnapshots,
  openBackup,
  planRestore,
  SnapbackError,
  verifySnapshots,
  type WithBackup,
} from '../../src/index.ts';
import { dumpSmall, makeSmallFolder, SECRET, withNotes } from '../laws/snapshot-text.ts';
import { LOG, makeRoot } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/*
 * Hostile files at every entrance of the core. Whatever they hold, the database keeps its bytes and no message quotes
 * them.
 */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
// Of the snapshot's events none is the database's: what is looked for here is another refusal.
const request = restoring(ID, { acceptOtherTimeline: true });

let folder: DataFolder;
let bytesBefore = '';
beforeEach(async () => {
  folder = await makeSmallFolder(root());
  bytesBefore = await digest();
});

async function digest(): Promise<string> {
  return createHash('sha256')
    .update(await readFile(folder.databaseFile))
    .digest('hex');
}

async function place(): Promise<string> {
  const file = join(folder.dir, 'snapshots', `${ID}.json`);
  await mkdir(dirname(file), { recursive: true });
  return file;
}

/** The codes with which the doors answer, or `done`. Fails where any says what stands in a row, or is no answer of ours. */
async function knock(snapshotId = ID, at = folder): Promise<Record<string, string>> {
  const asked = { ...request, snapshotId };
  const doors = {
    diff: () => diffSnapshot(at, snapshotId),
    plan: () => planRestore(at, asked),
    apply: () => applyRestore(at, asked, NOW),
  };
  const answers: Record<string, string> = {};
  for (const [name, open] of Object.entries(doors)) answers[name] = await codeOf(open());
  return answers;
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'done';
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code === 'internal') throw error;
    expect(error.message + JSON.stringify(error.detail)).not.toContain(SECRET);
    expect(error.message.length).toBeLessThan(2500);
    return error.code;
  }
}

async function healths(): Promise<readonly string[]> {
  const [listed] = await listSnapshots(folder, { check: true });
  const [verified] = await verifySnapshots(folder, [ID]);
  const shown = await checkSnapshot(folder, ID);
  for (const { healthDetail } of [listed, verified, shown].flatMap((one) => one ?? []))
    expect(healthDetail ?? '').not.toContain(SECRET);
  return [listed?.health ?? 'none', verified?.health ?? 'none', shown.health];
}

const deep = (opening: string) => `{"last_event_id": 1, "chats": ${opening.repeat(200_000)}`;
const damaged: readonly (readonly [string, string | Buffer])[] = [
  ['nothing', ''],
  ['white space', ' \n\n'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['NUL bytes', Buffer.alloc(100_000)],
  ['200,000 nested lists', deep('[')],
  ['200,000 nested objects', deep('{"a":')],
  ['a table twice', '{"last_event_id": 1, "chats": [], "CHATS": []}'],
  ['a column twice', `{"chats": [{"id": 1, "title": "${SECRET}", "Title": "${SECRET}"}]}`],
  ['rows with differing columns', `{"chats": [{"id": 1, "title": "${SECRET}"}, {"id": 2}]}`],
  ['two rows with one key', `{"chats": [{"id": 1, "title": "${SECRET}"}, {"id": 1, "title": "${SECRET}"}]}`],
  ['a nested value in a row', `{"chats": [{"id": 1, "title": {"a": "${SECRET}"}}]}`],
  ['a number beyond 64 bits', `{"chats": [{"title": "${SECRET}", "id": 99999999999999999999}]}`],
  ['words without quotes', `{"chats": [{"title": ${SECRET}}]}`],
  ['garbage behind its end', `{"last_event_id": 1} ${SECRET}`],
];

describe('a file that is not a whole snapshot', () => {
  test.each(damaged)('is never good, and every action refuses it: %s', async (name, contents) => {
    await writeFile(await place(), contents);
    // Two rows with one key only clash where a table has that key, which no look at the file alone can tell.
    if (name !== 'two rows with one key')
      expect(await healths()).toStrictEqual(['damaged', 'damaged', 'damaged']);
    const answers = await knock();
    if (name !== 'an empty object')
      expect(answers).toStrictEqual({
        diff: 'snapshot-damaged',
        plan: 'snapshot-damaged',
        apply: 'snapshot-damaged',
      });
    expect(answers.apply).not.toBe('done');
    expect(await digest()).toBe(bytesBefore);
  });

  test('or one of ours with false notes is refused by every action', async () => {
    const text = await dumpSmall(folder);
    await writeFile(
      await place(),
      withNotes(text, ({ about }) => Object.assign(about, { lastEventId: '7' })),
      'latin1',
    );
    expect(await healths()).toStrictEqual(['damaged', 'damaged', 'damaged']);
    expect((await knock()).apply).toBe('snapshot-damaged');
    expect(await digest()).toBe(bytesBefore);
  });
});

describe('a hostile file that somebody opens from anywhere', () => {
  /** What the door says, and where it opens, what every action says. Nothing beside the file changes. */
  async function offer(path: string): Promise<Record<string, string>> {
    const beside = await digestsIn(dirname(path));
    let opened: WithBackup | null = null;
    const door = await codeOf(
      (async () => {
        opened = await openBackup(folder, path, {});
      })(),
    );
    const { folder: at, id }: WithBackup = opened ?? { folder, id: '' };
    try {
      if (door !== 'done') return { door };
      expect(['good', 'damaged']).toContain((await checkSnapshot(at, id)).health);
      return { door, ...(await knock(id, at)) };
    } finally {
      await closeBackups(at);
      expect(await digestsIn(dirname(path))).toStrictEqual(beside);
    }
  }

  async function elsewhere(): Promise<string> {
    return join(await mkdtemp(join(root(), 'elsewhere-')), 'app.db.bak');
  }

  test.each(damaged)(
    'is refused at the door, or by every action as a damaged one: %s',
    async (_, contents) => {
      const path = await elsewhere();
      await writeFile(path, contents);
      const answers = await offer(path);
      if (answers.door !== 'done') expect(answers).toStrictEqual({ door: 'backup-refused' });
      else expect(answers.apply).not.toBe('done');
      expect(await digest()).toBe(bytesBefore);
    },
  );

  test('has only proper answers, whichever bytes of a database and its WAL are wrong', async () => {
    const source = await elsewhere();
    const db = new Database(source);
    db.exec(
      `PRAGMA page_size = 512; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
       ${LOG} CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO chats VALUES (1, '${SECRET}');
       PRAGMA wal_checkpoint; INSERT INTO chats VALUES (2, '${SECRET}'); INSERT INTO event_log (payload_json) VALUES ('${SECRET}')`,
    );
    const whole = [await readFile(source), await readFile(`${source}-wal`)] as const;
    db.close();
    const change = fc.record({
      inWal: fc.boolean(),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      to: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (changes, cut) => {
          const path = await elsewhere();
          const [main, wal] = whole.map((bytes) => Buffer.from(bytes));
          for (const { inWal, at, to } of changes) {
            const target = (inWal ? wal : main) ?? Buffer.alloc(1);
            target.set(to.subarray(0, 1), Math.floor(at * target.length));
          }
          await writeFile(path, cut ? (main?.subarray(0, 1500) ?? '') : (main ?? ''));
          await writeFile(`${path}-wal`, wal ?? '');
          const { door } = await offer(path);
          expect(['done', 'backup-refused']).toContain(door);
          await rm(dirname(path), { recursive: true });
        },
      ),
      { numRuns: 15 },
    );
  });
});

async function digestsIn(dir: string): Promise<readonly string[]> {
  const names = (await readdir(dir)).sort();
  return Promise.all(
    names.map(
      async (name) =>
        name +
        createHash('sha256')
          .update(await readFile(join(dir, name)))
          .digest('hex'),
    ),
  );
}

describe('an entry that is not a regular file of its own', () => {
  test.each(['a link out of the folder', 'a FIFO', 'a folder'])(
    'is listed as unreadable, and nothing waits for it: %s',
    async (what) => {
      const path = await place();
      const outside = join(root(), `outside-${what.length}`);
      await writeFile(outside, await dumpSmall(folder), 'latin1');
      if (what === 'a FIFO') execFileSync('mkfifo', [path]);
      else if (what === 'a folder') await mkdir(path);
      else await symlink(outside, path);
      const [listed] = await listSnapshots(folder, { check: true });
      expect(listed).toMatchObject({ id: ID, health: 'unreadable' });
      expect(await knock()).toStrictEqual({
        diff: 'snapshot-unsafe',
        plan: 'snapshot-unsafe',
        apply: 'snapshot-unsafe',
      });
      expect(await digest()).toBe(bytesBefore);
      await rm(path, { recursive: true });
    },
  );
});

/** A whole snapshot, seed-written as far as it tells. */
const document = {
  last_event_id: 2,
  event_log: [
    { id: 1, branch_id: 'main', ts: 't', kind: 'said', payload_json: SECRET, superseded_by: null, hidden: 0 },
    { id: 2, branch_id: 'main', ts: 't', kind: 'said', payload_json: SECRET, superseded_by: 1, hidden: 1 },
  ],
  bots: [{ id: 'ada', face: "b'\\x00'", mood: 0.5 }],
  chats: [{ id: 7, title: SECRET }],
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
const wrong: readonly Json[] = [
  null,
  true,
  -1.5,
  SECRET,
  '',
  [],
  {},
  [[]],
  [{}],
  { a: {} },
  [SECRET],
  { [SECRET]: [] },
];

/** Every document that has something else in one place. */
function* wrongDocuments(value: Json, put: (other: Json) => Json): Generator<Json> {
  for (const other of wrong) yield put(other);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const replace = (other: Json): Json =>
      put(
        Array.isArray(value)
          ? value.map((one, at) => (String(at) === key ? other : one))
          : { ...value, [key]: other },
      );
    yield* wrongDocuments(inner, replace);
  }
}

test('a wrong type anywhere gets a proper answer from every action, and a plan writes nothing', async () => {
  const path = await place();
  const seen = new Map<string, number>();
  for (const wrongOne of wrongDocuments(document, (other) => other)) {
    await writeFile(path, JSON.stringify(wrongOne));
    const answer = await codeOf(planRestore(folder, request));
    seen.set(answer, (seen.get(answer) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toStrictEqual(['done', 'snapshot-damaged']);
  expect(await digest()).toBe(bytesBefore);
});

describe('odd contents', () => {
  test('values that the tables refuse are refused by the restore, and nothing changes', async () => {
    const before = readState(folder.databaseFile);
    await writeFile(await place(), JSON.stringify({ ...document, chats: [{ id: SECRET, title: null }] }));
    expect((await knock()).apply).toBe('row-refused');
    expect(readState(folder.databaseFile)).toStrictEqual(before);
  });

  test('a table whose columns have all disappeared is drift and is not restored', async () => {
    for (const bots of [[{ gone: 1 }], [{ gone: null }]]) {
      await writeFile(await place(), JSON.stringify({ ...document, bots }));
      expect((await knock()).apply).toBe('schema-drift');
    }
    expect(await digest()).toBe(bytesBefore);
  });

  test('tables named like internals of SQLite or JavaScript are unknown tables, and their rows are drift', async () => {
    const names = [
      'sqlite_schema',
      'sqlite_master',
      'sqlite_sequence',
      '__proto__',
      'constructor',
      'main.chats',
      'chats"; --',
    ];
    for (const name of names) {
      await writeFile(await place(), JSON.stringify(document).replace('"bots"', JSON.stringify(name)));
      expect((await knock()).apply).toBe('schema-drift');
      const { schemaDrift } = await diffSnapshot(folder, ID);
      expect(schemaDrift).toContainEqual({ kind: 'table-unknown', table: name, column: null, loses: 1 });
    }
    expect(await digest()).toBe(bytesBefore);
  });

  test('columns named like parts of JavaScript or SQL are missing columns', async () => {
    for (const name of ['__proto__', 'constructor', 'rowid', '"; DROP TABLE chats; --']) {
      const chats = `[{"id": 7, "title": "x", ${JSON.stringify(name)}: 1}]`;
      await writeFile(await place(), `{"last_event_id": 2, "event_log": [], "chats": ${chats}}`);
      expect((await knock()).apply).toBe('schema-drift');
    }
    expect(await digest()).toBe(bytesBefore);
  });
});
