import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, diffSnapshot, planRestore } from '../../src/index.ts';
import { endWords } from '../../words/receipt.ts';
import {
  asHost,
  codeOf,
  errorOf,
  hostDump,
  makePlace,
  makeRoot,
  open,
  putSnapshot,
  run,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, tell } from '../support/story.ts';

/** A schema that has changed since the snapshot, in both directions, and what a file of the seed can't tell. */
const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
/** Said of every schema that is not the snapshot's. */
const OTHER_SCHEMA = { kind: 'schema-changed', table: 'sqlite_schema', column: null, loses: 0 };

describe.concurrent('a column that was added to the live table later', () => {
  test('keeps its value in a surviving row and takes its default in one that comes back; undo restores everything', async () => {
    const { place, since, id } = await live(root(), {
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
      before: "INSERT INTO bots VALUES (1, 'ada'), (2, 'bo');",
      since: `ALTER TABLE bots ADD COLUMN mood TEXT DEFAULT 'calm'; UPDATE bots SET mood = 'wild', name = 'Ada' WHERE id = 1;
        DELETE FROM bots WHERE id = 2;`,
    });
    const folder = await open(place);
    const request = restoring(id);
    const plan = await planRestore(folder, request);
    expect(plan.schemaDrift).toEqual([
      { kind: 'column-missing-in-snapshot', table: 'bots', column: 'mood', loses: 0 },
      OTHER_SCHEMA,
    ]);
    await applyRestore(folder, request, NOW);
    const rows = asHost(place, (db) => db.prepare('SELECT * FROM bots ORDER BY id').raw().all());
    expect(rows).toEqual([
      [1, 'ada', 'wild'],
      [2, 'bo', 'calm'],
    ]);
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('and is computed from others is no loss if the host dumped it, and is computed again', async () => {
    const place = await makePlace(
      root(),
      'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT, up TEXT AS (upper(name)) STORED, n INT AS (length(name)));',
    );
    await putSnapshot(place, ID, hostDump(0, { bots: [{ id: 1, name: 'ada', up: 'ADA', n: 3 }] }));
    const folder = await open(place);
    const request = restoring(ID);
    const { schemaDrift, refusals } = await planRestore(folder, request);
    expect([schemaDrift, refusals]).toEqual([
      ['up', 'n'].map((column) => ({ kind: 'column-computed', table: 'bots', column, loses: 0 })),
      [],
    ]);
    await applyRestore(folder, request, NOW);
    expect(asHost(place, (db) => db.prepare('SELECT * FROM bots').raw().all())).toEqual([
      [1, 'ada', 'ADA', 3],
    ]);
  });

  test('that is NOT NULL without a default rejects the row, and nothing is changed', async () => {
    const { place, since, id } = await live(root(), {
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
      before: "INSERT INTO bots VALUES (1, 'ada');",
      since: 'DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT, must TEXT NOT NULL);',
    });
    const request = restoring(id);
    expect(await codeOf(applyRestore(await open(place), request, NOW))).toBe('row-refused');
    expect(readState(place.databaseFile)).toEqual(since);
  });
});

test.concurrent('a different schema or user version is reported and stays; the same one is not reported', async () => {
  const story = {
    schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
    before: "PRAGMA user_version = 3; INSERT INTO bots VALUES (1, 'ada');",
  };
  const drift = async (since: string) => {
    const { place, id } = await live(root(), { ...story, since });
    const folder = await open(place);
    const request = restoring(id);
    return (await planRestore(folder, request)).schemaDrift;
  };
  expect(await drift('DELETE FROM bots;')).toEqual([]);
  const version = { kind: 'user-version-changed', table: 'sqlite_schema', column: null, loses: 0, was: 3 };
  expect(await drift('PRAGMA user_version = 4;')).toEqual([{ ...version, now: 4 }]);
  expect(await drift('PRAGMA user_version = -9; CREATE INDEX by_name ON bots (name);')).toEqual([
    OTHER_SCHEMA,
    { ...version, now: -9 },
  ]);
  expect(await drift('CREATE INDEX by_name ON bots (name);')).toEqual([OTHER_SCHEMA]);
});

describe.concurrent('values that no longer fit the live schema', () => {
  const gone = {
    schema:
      'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT, mood TEXT); CREATE TABLE scenes (id INTEGER PRIMARY KEY);',
    before:
      "INSERT INTO bots VALUES (1, 'ada', 'calm'), (2, 'bo', NULL); INSERT INTO scenes VALUES (1), (2), (3);",
    since: 'ALTER TABLE bots DROP COLUMN mood; DROP TABLE scenes; DELETE FROM bots WHERE id = 1;',
  };

  test('refuse the restore and say what would be lost until that is accepted; the plan stays the same', async () => {
    const { place, since, id } = await live(root(), gone);
    const folder = await open(place);
    const request = restoring(id);
    const plan = await planRestore(folder, request);
    expect(plan.schemaDrift).toEqual([
      { kind: 'column-missing-live', table: 'bots', column: 'mood', loses: 1 },
      { kind: 'table-missing-live', table: 'scenes', column: null, loses: 3 },
      OTHER_SCHEMA,
    ]);
    expect(plan.refusals.map(({ code }) => code)).toEqual(['schema-drift']);
    const error = await errorOf(applyRestore(folder, request, { ...NOW, planId: plan.planId }));
    expect([error.code, error.detail.loses]).toEqual(['schema-drift', 4]);
    expect(readState(place.databaseFile)).toEqual(since);
    const accepted = { ...request, acceptDrift: true };
    expect((await planRestore(folder, accepted)).planId).toBe(plan.planId);
    await applyRestore(folder, accepted, { ...NOW, planId: plan.planId });
    expect(readState(place.databaseFile).tables.bots).toEqual([
      'integer 1 text 616461',
      'integer 2 text 626F',
    ]);
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('refuse nothing if there are none: the columns were empty', async () => {
    const { place, id } = await live(root(), {
      ...gone,
      before: "INSERT INTO bots VALUES (1, 'ada', NULL);",
    });
    const plan = await planRestore(await open(place), restoring(id));
    expect(plan.refusals).toEqual([]);
  });
});

describe.concurrent('a file that the host wrote', () => {
  const host = {
    schema:
      'CREATE TABLE bots (id INTEGER PRIMARY KEY, face BLOB, note TEXT); CREATE TABLE scenes (id INTEGER PRIMARY KEY);',
    rows: 'INSERT INTO scenes VALUES (1), (2); INSERT INTO bots VALUES (9, NULL, NULL);',
  };

  test('never empties a table because of an empty list, unless the user chooses that', async () => {
    const place = await makePlace(root(), host.schema);
    run(place, host.rows);
    await putSnapshot(place, ID, hostDump(0, { bots: [{ id: 1, face: null, note: 'x' }], scenes: [] }));
    const folder = await open(place);
    const request = restoring(ID);
    const plan = await planRestore(folder, request);
    expect(plan.tables.find(({ name }) => name === 'scenes')).toMatchObject({
      state: 'empty-then',
      action: 'leave',
    });
    await applyRestore(folder, request, { ...NOW, planId: plan.planId });
    expect(readState(place.databaseFile).tables).toMatchObject({ scenes: ['integer 1', 'integer 2'] });
    await applyRestore(folder, { ...request, clearTables: ['scenes'] }, NOW);
    expect(readState(place.databaseFile).tables).toMatchObject({ scenes: [] });
  });

  test.each([
    ['does not exist', 'scene', 'full', 'There is no table “scene”'],
    ['is not in the snapshot', 'bots', 'full', 'The snapshot does not name the table “bots”'],
    ['is gone from the database', 'gone', 'full', 'There is no table “gone”'],
    ['has rows in the snapshot', 'notes', 'full', 'The snapshot has rows of the table “notes”'],
    ['is the log, which stays', 'event_log', 'projections', 'The event log stays as it is'],
  ] as const)('does not empty a table that %s', async (_, name, mode, message) => {
    const schema = `${host.schema} CREATE TABLE notes (id INTEGER PRIMARY KEY);`;
    const place = await makePlace(root(), schema, { tables: ['bots', 'scenes', 'notes', 'gone'] });
    run(place, host.rows);
    await putSnapshot(place, ID, hostDump(0, { scenes: [], notes: [{ id: 1 }], gone: [] }));
    const folder = await open(place);
    const request = restoring(ID, { mode });
    for (const attempt of [
      () => planRestore(folder, { ...request, clearTables: [name] }),
      () => applyRestore(folder, { ...request, clearTables: [name] }, NOW),
    ])
      expect(await errorOf(attempt())).toMatchObject({
        code: 'usage',
        message: expect.stringContaining(message),
      });
    expect((await planRestore(folder, { ...request, clearTables: ['scenes'] })).refusals).toEqual([]);
  });

  test.each(['{}', '{"x": []}'])(
    'that is only %s is damaged, and nothing is restored from it',
    async (text) => {
      const place = await makePlace(root(), host.schema);
      await putSnapshot(place, ID, text);
      const request = restoring(ID, { mode: 'projections' as const });
      expect((await errorOf(applyRestore(await open(place), request, NOW))).code).toBe('snapshot-damaged');
    },
  );

  test('has its BLOBs guessed if there is no live value: in BLOB columns freely, elsewhere only when that is accepted', async () => {
    const place = await makePlace(root(), host.schema);
    run(place, host.rows);
    const rows = [{ id: 1, face: "b'\\x00\\xff'", note: "b'\\x00'" }];
    await putSnapshot(place, ID, hostDump(0, { bots: rows }));
    const diff = await diffSnapshot(await open(place), ID);
    expect(diff.guessedBlobs).toEqual([
      { table: 'bots', column: 'face', values: 1, takenAs: 'bytes', because: 'type' },
      { table: 'bots', column: 'note', values: 1, takenAs: 'text', because: 'nothing' },
    ]);
    await applyRestore(await open(place), restoring(ID, { acceptDrift: true }), NOW);
    expect(readState(place.databaseFile).tables.bots).toEqual(['integer 1 blob 00FF text 62275C78303027']);
  });

  test('without a log restores its tables, but no log', async () => {
    const place = await makePlace(root(), host.schema);
    run(place, host.rows);
    await putSnapshot(place, ID, '{"last_event_id": 0, "scenes": [{"id": 5}]}');
    const folder = await open(place);
    const request = restoring(ID);
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('snapshot-without-log');
    await applyRestore(folder, { ...request, mode: 'projections' }, NOW);
    expect(readState(place.databaseFile).tables.scenes).toEqual(['integer 5']);
  });
});

describe.concurrent('ids and versions', () => {
  test('that AUTOINCREMENT has used once are never used again', async () => {
    const { place } = await tell(root(), {
      schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT);',
      before: "INSERT INTO memories (text) VALUES ('a'), ('b');",
      since: "INSERT INTO memories (text) VALUES ('c'), ('d'), ('e'); DELETE FROM memories WHERE id > 1;",
    });
    const next = asHost(
      place,
      (db) => db.prepare("INSERT INTO memories (text) VALUES ('n')").run().lastInsertRowid,
    );
    expect(next).toBe(6);
    const nextEvent = asHost(
      place,
      (db) => db.prepare('INSERT INTO event_log (kind) VALUES (0)').run().lastInsertRowid,
    );
    expect(nextEvent).toBe(9);
  });

  test('of the schema stay what they are', async () => {
    await tell(root(), {
      schema: 'PRAGMA user_version = 41;',
      before: '',
      since: 'PRAGMA user_version = -7;',
    });
  });
});

describe.concurrent('a restore that had to leave values out, as the user accepted,', () => {
  const BOTS = 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT, mood TEXT);';
  const ROWS = "INSERT INTO bots VALUES (1, 'ada', 'calm'), (2, 'bo', 'wild');";
  test.each([
    ['a column is gone', 'ALTER TABLE bots DROP COLUMN mood;'],
    ['a table is gone', 'DROP TABLE bots;'],
    [
      'only its declaration is another',
      'DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, name, mood);',
    ],
  ])('never claims to have brought everything back: %s', async (_, since) => {
    const { place, id } = await live(root(), { schema: BOTS, before: ROWS, since });
    const folder = await open(place);
    const request = restoring(id, { acceptDrift: true });
    const { schemaDrift } = await planRestore(folder, request);
    const isWhole = schemaDrift.every(({ loses }) => loses === 0);
    const receipt = await applyRestore(folder, request, NOW);
    expect(receipt.leftOut).toEqual(isWhole ? [] : ['bots']);
    expect(endWords('Restore', receipt).includes('Everything is back')).toBe(isWhole);
  });
});
