import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, diffSnapshot, planRestore, takeSnapshot } from '../../src/index.ts';
import {
  addEvents,
  asHost,
  errorOf,
  hostDump,
  makePlace,
  makeRoot,
  open,
  putSnapshot,
  run,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findMatches, readState } from '../support/state.ts';
import { live, type Story, tell } from '../support/story.ts';

/** Names in the profile that are not ordinary tables: virtual tables and views. */
const root = makeRoot();

const NOTES = 'CREATE VIRTUAL TABLE notes USING fts5(title, body, tag UNINDEXED);';
const notes: Story = {
  tables: ['notes', 'bots'],
  withRowids: ['notes'],
  schema: `${NOTES} CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);`,
  before: `INSERT INTO notes(rowid, title, body, tag) VALUES (1, 'Kiln', 'fire the clay', 7), (5, 'Oven', 'bake', x'00ff'),
    (9, 'Kiln', 'fire the clay', 7), (-3, NULL, '', 1.5); INSERT INTO bots VALUES (1, 'ada');`,
  since: `DELETE FROM notes WHERE rowid IN (5, 9); UPDATE notes SET body = 'cool the clay' WHERE rowid = 1;
    INSERT INTO notes(rowid, title) VALUES (5, 'taken since'), (77, 'newer'); DELETE FROM bots;`,
};

/** One virtual table each with what a host could do to it. */
const virtualTables: Readonly<Record<string, Partial<Story>>> = {
  'FTS5 with contents of its own': {},
  'FTS5 with options': {
    schema: `CREATE VIRTUAL TABLE notes USING fts5(title, body, tag, prefix='2 3', tokenize='porter unicode61', columnsize=0, detail=none);`,
  },
  FTS4: { schema: 'CREATE VIRTUAL TABLE notes USING fts4(title, body, tag, notindexed=tag);' },
  FTS3: { schema: 'CREATE VIRTUAL TABLE notes USING fts3(title, body, tag, tokenize=porter);' },
  'FTS4 whose languages are told apart': {
    schema: 'CREATE VIRTUAL TABLE notes USING fts4(title, body, tag, languageid="lang");',
    before: "INSERT INTO notes(rowid, title, lang) VALUES (1, 'Kiln', 2), (2, 'Oven', 0);",
    since: 'DELETE FROM notes;',
  },
  'R*Tree with columns of its own': {
    schema: 'CREATE VIRTUAL TABLE notes USING rtree(id, x0, x1, y0, y1, +label TEXT);',
    before: "INSERT INTO notes VALUES (1, 0.1, 0.2, -1, 1, 'a'), (8, 1e9, 2e9, 0, 0, NULL);",
    since:
      "DELETE FROM notes WHERE id = 8; UPDATE notes SET x1 = 9, label = 'b'; INSERT INTO notes VALUES (9, 0, 1, 0, 1, 'c');",
  },
  'R*Tree of integers': {
    schema: 'CREATE VIRTUAL TABLE notes USING rtree_i32(id, x0, x1);',
    before: 'INSERT INTO notes VALUES (1, -5, 5), (2, 7, 7);',
    since: 'DELETE FROM notes WHERE id = 1; UPDATE notes SET x1 = 9;',
  },
};

describe.concurrent('a virtual table in the profile is dumped, compared, written, and reverted by the undo', () => {
  const cases = Object.entries(virtualTables).flatMap(([name, story]) =>
    (['differing', 'all'] as const).map((rewrite) => [name, rewrite, story] as const),
  );
  test.each(cases)('%s, writing what is %s', async (_, rewrite, story) => {
    const { schema = notes.schema } = story;
    const bots = schema.includes('bots') ? '' : 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);';
    const { plan, receipt, place } = await tell(root(), {
      ...notes,
      ...story,
      schema: `${schema} ${bots}`,
      options: { rewrite },
      whileRestored: (restored) => {
        if (story.before === undefined)
          expect(findMatches(restored.databaseFile, 'notes', 'clay')).toEqual([1, 9]);
      },
    });
    expect(plan.tables.find(({ name }) => name === 'notes')).toMatchObject({
      state: 'compared',
      action: 'write',
    });
    expect(receipt.tables.map(({ name }) => name)).toContain('notes');
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'content-hash', subject: 'notes', result: 'ok' }),
    );
    // Nothing that belongs to the virtual table itself is in a file.
    const files = await readdir(join(place.dir, 'snapshots'), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.json')))
      expect(await readFile(join(place.dir, 'snapshots', file), 'utf8')).not.toMatch(/"notes_\w+"/);
  });

  test('in whatever letter case the profile names it', async () => {
    const { plan } = await tell(root(), { ...notes, tables: ['NOTES', 'Bots'] });
    expect(plan.tables.map(({ name, action }) => `${name} ${action}`)).toEqual([
      'event_log write',
      'notes write',
      'bots write',
    ]);
  });

  test('and its plan is out of date once its contents change', async () => {
    const { place, id } = await live(root(), notes);
    const request = restoring(id);
    const folder = await open(place);
    const plan = await planRestore(folder, request);
    run(place, 'UPDATE notes SET tag = 8 WHERE rowid = 77');
    const since = readState(place.databaseFile, ['notes']);
    const error = await errorOf(applyRestore(folder, request, { ...NOW, planId: plan.planId }));
    expect(error.code).toBe('plan-stale');
    expect(readState(place.databaseFile, ['notes'])).toEqual(since);
  });

  test('from a file of the host, which has no rowids: unchanged rows keep theirs, and the undo is exact', async () => {
    const { place, since } = await live(root(), notes);
    const rows = [
      { title: 'Kiln', body: 'cool the clay', tag: 7 },
      { title: 'back', body: null, tag: null },
    ];
    await putSnapshot(
      place,
      'rewind/20270101T000000Z',
      hostDump(0, { notes: rows, bots: [{ id: 1, name: 'ada' }] }),
    );
    const folder = await open(place);
    await applyRestore(folder, restoring('rewind/20270101T000000Z', { mode: 'projections' }), NOW);
    const kept = asHost(place, (db) =>
      db.prepare('SELECT rowid, title FROM notes ORDER BY rowid').raw().all(),
    );
    expect(kept).toContainEqual([1, 'Kiln']);
    expect(kept.map((row) => (Array.isArray(row) ? row[1] : null))).toEqual(['Kiln', 'back']);
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile, ['notes'])).toEqual(since);
  });

  test('even if triggers maintain it: they do not run, and each row exists once', async () => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE notes USING fts5(text);
      CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO notes(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER ad AFTER DELETE ON memories BEGIN DELETE FROM notes WHERE rowid = old.id; END;`;
    const { plan } = await tell(root(), {
      tables: ['memories', 'notes'],
      withRowids: ['notes'],
      schema,
      before:
        "INSERT INTO memories VALUES (1, 'one'), (2, 'two'); INSERT INTO notes(rowid, text) VALUES (90, 'loose');",
      since:
        "DELETE FROM memories; INSERT INTO memories VALUES (2, 'three'); DELETE FROM notes WHERE rowid = 90;",
    });
    expect(plan.searchIndexes).toEqual([]);
    expect(plan.bystanders).toEqual([]);
  });
});

/** What a plan says of one table of the profile. */
function tableOf(plan: { readonly tables: readonly { readonly name: string }[] }, name: string): unknown {
  return plan.tables.find((table) => table.name === name);
}

const MEMORIES = 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT, seen INT DEFAULT 1);';

describe.concurrent('what is derived from other tables is compared, never written, and checked afterwards', () => {
  test('a view on tables that are restored is as it was', async () => {
    const { plan, receipt } = await tell(root(), {
      tables: ['memories', 'seen'],
      schema: `${MEMORIES} CREATE VIEW seen AS SELECT text, count(*) AS n FROM memories WHERE seen GROUP BY text;`,
      before: "INSERT INTO memories (text) VALUES ('a'), ('a'), ('b');",
      since: "DELETE FROM memories WHERE id = 1; INSERT INTO memories (text) VALUES ('c');",
    });
    expect(tableOf(plan, 'seen')).toMatchObject({ state: 'derived', action: 'leave' });
    expect([plan.notRestored, receipt.notRestored]).toEqual([[], []]);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'content-hash', subject: 'seen', result: 'ok' }),
    );
  });

  test('a view on a table that stays is named before and after, with or without INSTEAD OF triggers', async () => {
    const { plan, receipt } = await tell(root(), {
      tables: ['memories', 'open'],
      schema: `${MEMORIES} CREATE TABLE chats (id INTEGER PRIMARY KEY); CREATE VIEW open AS SELECT id FROM chats;
        CREATE TRIGGER open_in INSTEAD OF INSERT ON open BEGIN INSERT INTO chats VALUES (new.id); END;`,
      before: 'INSERT INTO chats VALUES (1), (2);',
      since: 'DELETE FROM chats WHERE id = 1; INSERT INTO chats VALUES (3);',
      bystanders: ['chats'],
    });
    expect(tableOf(plan, 'open')).toMatchObject({ state: 'derived', action: 'leave' });
    const left = [{ name: 'open', rows: 2, choice: false }];
    expect([plan.notRestored, receipt.notRestored]).toEqual([left, left]);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'content-hash', subject: 'open', result: 'not-brought-back' }),
    );
  });

  test('a search index over another table follows that table', async () => {
    const { plan, receipt } = await tell(root(), {
      tables: ['memories', 'found'],
      schema: `${MEMORIES} CREATE VIRTUAL TABLE found USING fts5(text, content='memories', content_rowid='id');`,
      before: "INSERT INTO memories (text) VALUES ('apples'), ('plums');",
      since: 'DELETE FROM memories WHERE id = 1;',
      whileRestored: ({ databaseFile }) => expect(findMatches(databaseFile, 'found', 'apples')).toEqual([1]),
      faults: [],
    });
    expect(tableOf(plan, 'found')).toMatchObject({ state: 'derived', action: 'leave' });
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'content-hash', subject: 'found', result: 'ok' }),
    );
  });

  test('one that stores no text is reported as impossible to compare', async () => {
    const { plan, receipt } = await tell(root(), {
      tables: ['memories', 'found'],
      schema: `${MEMORIES} CREATE VIRTUAL TABLE found USING fts5(text, content='');`,
      before:
        "INSERT INTO memories (text) VALUES ('apples'); INSERT INTO found(rowid, text) VALUES (1, 'apples');",
      since: "INSERT INTO found(rowid, text) VALUES (2, 'plums'); DELETE FROM memories;",
    });
    expect(tableOf(plan, 'found')).toMatchObject({
      state: 'derived',
      action: 'leave',
      snapshotRows: 1,
      liveRows: 2,
    });
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'content-hash', subject: 'found', result: 'not-run' }),
    );
    const left = [{ name: 'found', rows: 2, choice: false }];
    expect([plan.notRestored, receipt.notRestored]).toEqual([left, left]);
  });

  test('and its contents are part of the state that the plan is based on', async () => {
    const story = {
      tables: ['memories', 'open'],
      schema: `${MEMORIES} CREATE TABLE chats (id INTEGER PRIMARY KEY); CREATE VIEW open AS SELECT id FROM chats;`,
      before: 'INSERT INTO chats VALUES (1);',
      since: "INSERT INTO chats VALUES (2); INSERT INTO memories (text) VALUES ('a');",
    };
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    const request = restoring(id);
    const { planId } = await planRestore(folder, request);
    run(place, 'INSERT INTO chats VALUES (3)');
    expect((await errorOf(applyRestore(folder, request, { ...NOW, planId }))).code).toBe('plan-stale');
  });
});

describe.concurrent('what cannot be read here is refused with the reason, and never treated as missing', () => {
  /** Adds to the schema what only a host with more modules and functions could. */
  const asIs = (name: string, sql: string) =>
    `PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('table', '${name}', '${name}', 0, '${sql}'); PRAGMA writable_schema = RESET;`;
  const cases: Readonly<Record<string, readonly [more: string, schema?: string]>> = {
    'a module of the host': [asIs('vectors', 'CREATE VIRTUAL TABLE vectors USING vec0(e float[3])')],
    'a tokenizer of the host': [asIs('vectors', 'CREATE VIRTUAL TABLE vectors USING fts5(e, tokenize=host)')],
    'a function of the host in a view': ['CREATE VIEW vectors AS SELECT host_score(name) AS e FROM bots;'],
    'a view on a table that is gone': ['CREATE VIEW vectors AS SELECT * FROM gone;'],
    'an FTS4 index without contents': ["CREATE VIRTUAL TABLE vectors USING fts4(e, content='');"],
    'a part of a search index': [
      'CREATE VIRTUAL TABLE v USING fts5(e); ALTER TABLE v RENAME TO vectors;',
      'vectors_data',
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [more, name = 'vectors']) => {
    const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);', {
      tables: ['bots', name],
    });
    run(place, `${addEvents(3)} INSERT INTO bots VALUES (1, 'ada');`);
    const ours = await takeSnapshot(await open(place), 'rewind');
    run(place, `DELETE FROM bots; ${more}`);
    const host = { ...JSON.parse(hostDump(3, { bots: [] })), [name]: [{ e: 'x' }, { e: 'y' }] };
    await putSnapshot(place, 'rewind/20260101T000000Z', JSON.stringify(host));
    const folder = await open(place);
    const before = readState(place.databaseFile);

    const refused = { code: 'schema-needs-host', detail: { table: name } };
    expect(await errorOf(takeSnapshot(folder, 'periodic'))).toMatchObject(refused);
    expect(await readdir(join(place.dir, 'snapshots', 'periodic'))).toEqual([]);
    for (const [id, snapshotRows] of [
      [ours.id, 0],
      ['rewind/20260101T000000Z', 2],
    ] as const) {
      const diff = await diffSnapshot(folder, id);
      expect(tableOf(diff, name)).toMatchObject({ state: 'unreadable', snapshotRows });
      expect(diff.schemaDrift.filter(({ kind }) => kind === 'table-missing-live')).toEqual([]);
      const request = restoring(id, { mode: 'projections' });
      const plan = await planRestore(folder, request);
      expect(plan.refusals).toMatchObject([refused]);
      expect(await errorOf(applyRestore(folder, request, NOW))).toMatchObject(refused);
    }
    expect(readState(place.databaseFile)).toEqual(before);
  });

  test('but it does not block anything if the profile does not name it', async () => {
    const vectors = asIs('vectors', 'CREATE VIRTUAL TABLE vectors USING vec0(e float[3])');
    const { plan } = await tell(root(), {
      tables: ['bots'],
      schema: `CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE VIEW lost AS SELECT * FROM gone; ${vectors}`,
      before: "INSERT INTO bots VALUES (1, 'ada');",
      since: 'DELETE FROM bots;',
    });
    expect(plan.tables.map(({ name }) => name)).toEqual(['event_log', 'bots']);
  });
});

test('a table that holds the contents of a search index is a table, even if its name looks like an internal one to SQLite', async () => {
  const place = await makePlace(
    root(),
    `CREATE TABLE notes_content (id INTEGER PRIMARY KEY, text TEXT);
     CREATE VIRTUAL TABLE notes USING fts5(text, content='notes_content', content_rowid='id');`,
    { tables: ['notes_content'] },
  );
  run(place, `${addEvents(3)} INSERT INTO notes_content VALUES (1, 'apples');`);
  const folder = await open(place);
  const { id, file } = await takeSnapshot(folder, 'rewind');
  expect(JSON.parse(await readFile(file, 'utf8')).notes_content).toEqual([{ id: 1, text: 'apples' }]);
  run(place, "UPDATE notes_content SET text = 'plums'");
  expect(tableOf(await diffSnapshot(folder, id), 'notes_content')).toMatchObject({
    state: 'compared',
    changed: 1,
  });
});
