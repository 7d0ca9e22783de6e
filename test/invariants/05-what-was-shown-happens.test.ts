import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore, planUndo } from '../../src/index.ts';
import { addEvents, codeOf, hostDump, makeRoot, open, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** What was shown is what happens: a plan is applied exactly, or refused as stale. */
const root = makeRoot();

const story: Story = {
  schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE other (a);',
  before: "INSERT INTO memories VALUES (1, 'a'), (2, 'b');",
  since: 'DELETE FROM memories WHERE id = 1;',
};

describe.concurrent('a plan', () => {
  test('of the same state is the same plan, whoever asks and however often; a VACUUM does not change it', async () => {
    const { place, id } = await live(root(), story);
    const request = restoring(id);
    const first = await planRestore(await open(place), request);
    run(place, 'VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    expect(await planRestore(await open(place), request)).toMatchObject({
      planId: first.planId,
      tables: first.tables,
    });
    expect((await planRestore(await open(place), { ...request, mode: 'projections' })).planId).not.toBe(
      first.planId,
    );
    // How it is written is not what happens.
    expect((await planRestore(await open(place), { ...request, rewrite: 'all' })).planId).toBe(first.planId);
  });

  test.each([
    ['an event is appended', addEvents(1, 'late')],
    ['an event is flagged', 'UPDATE event_log SET hidden = 1 WHERE id = 2'],
    ['a projected row changes', "UPDATE memories SET text = 'c'"],
    [
      'a value changes its storage class only',
      'UPDATE event_log SET hidden = CAST(hidden AS TEXT), ts = CAST(ts AS BLOB) WHERE id = 1',
    ],
    ['a column is added', 'ALTER TABLE memories ADD COLUMN mood'],
    ['a trigger is added', 'CREATE TRIGGER t AFTER INSERT ON memories BEGIN DELETE FROM other; END'],
    ['an index is added', 'CREATE INDEX i ON other (a)'],
    ['the schema version of the host changes', 'PRAGMA user_version = 3'],
  ])('is stale once %s: nothing is written, and no safety copy stays', async (_, change) => {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    const request = restoring(id);
    const { planId } = await planRestore(folder, request);
    run(place, change);
    const changed = readState(place.databaseFile);
    expect(await codeOf(applyRestore(folder, request, { ...NOW, planId }))).toBe('plan-stale');
    expect(readState(place.databaseFile)).toEqual(changed);
    expect(await readdir(join(place.dir, 'snapshots'))).not.toContain('restore');
    // Where an event itself has changed, the database is another timeline than the snapshot.
    const accepted = { ...request, acceptOtherTimeline: true };
    await applyRestore(folder, accepted, { ...NOW, planId: (await planRestore(folder, accepted)).planId });
  });

  test.each([
    [
      'a table outside it that a foreign key of it leads from',
      'CREATE TABLE notes (memory INTEGER REFERENCES memories(id) ON DELETE CASCADE);',
      'INSERT INTO notes VALUES (2)',
    ],
    [
      'a table outside it that a trigger of it writes to',
      'CREATE TABLE notes (memory); CREATE TRIGGER t AFTER DELETE ON memories BEGIN INSERT INTO notes VALUES (old.id); END;',
      'INSERT INTO notes VALUES (2)',
    ],
    [
      'a view that the snapshot holds, over a table that it does not',
      'CREATE VIEW seen AS SELECT a FROM other;',
      'INSERT INTO other VALUES (2)',
    ],
  ])('is stale once a row is added to %s', async (_, schema, change) => {
    const tables = ['memories', 'seen'];
    const { place, id } = await live(root(), { ...story, tables, schema: story.schema + schema });
    const folder = await open(place);
    const request = restoring(id);
    const { planId } = await planRestore(folder, request);
    run(place, change);
    expect(await codeOf(applyRestore(folder, request, { ...NOW, planId }))).toBe('plan-stale');
  });

  test('differs for each choice of tables to empty, but not with their order', async () => {
    const { place } = await live(root(), {
      ...story,
      schema: `${story.schema} CREATE TABLE bots (id INTEGER PRIMARY KEY); CREATE TABLE chats (id INTEGER PRIMARY KEY);`,
      since: 'INSERT INTO bots VALUES (1); INSERT INTO chats VALUES (1);',
    });
    const id = 'rewind/20260101T000000Z';
    await putSnapshot(place, id, hostDump(0, { memories: [{ id: 1, text: 'a' }], bots: [], chats: [] }));
    const folder = await open(place);
    const request = restoring(id, { mode: 'projections' });
    const idFor = async (...clearTables: readonly string[]) =>
      (await planRestore(folder, { ...request, clearTables })).planId;
    const ids = await Promise.all([idFor(), idFor('bots'), idFor('chats'), idFor('bots', 'chats')]);
    expect(new Set(ids).size).toBe(4);
    expect(await idFor('chats', 'bots')).toBe(ids[3]);
  });

  test('is stale once another file has the snapshot’s name', async () => {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    const request = restoring(id);
    const { planId } = await planRestore(folder, request);
    const file = join(place.dir, 'snapshots', `${id}.json`);
    await writeFile(file, `${await readFile(file, 'utf8')}\n`);
    expect(await codeOf(applyRestore(folder, request, { ...NOW, planId }))).toBe('plan-stale');
  });

  test('stays valid if a table changes that it does not touch, and does not touch that change', async () => {
    const { place, id, before } = await live(root(), story);
    const folder = await open(place);
    const request = restoring(id);
    const { planId } = await planRestore(folder, request);
    run(place, 'INSERT INTO other VALUES (7)');
    await applyRestore(folder, request, { ...NOW, planId });
    expect(readState(place.databaseFile).tables).toEqual({ ...before.tables, other: ['integer 7'] });
  });

  test('of an undo is stale too once the host has written', async () => {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    await applyRestore(folder, restoring(id), NOW);
    const { planId } = await planUndo(folder, { acceptDrift: false });
    run(place, addEvents(1, 'late'));
    expect(await codeOf(applyUndo(folder, { acceptDrift: false }, { ...NOW, planId }))).toBe('plan-stale');
  });

  test('says how many rows are removed and added, and the receipt counts the same', async () => {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    const request = restoring(id);
    const plan = await planRestore(folder, request);
    const receipt = await applyRestore(folder, request, { ...NOW, planId: plan.planId });
    for (const table of receipt.tables) {
      const { added, removed, changed } = plan.tables.find(({ name }) => name === table.name) ?? {};
      expect(table).toMatchObject({ added, removed, changed });
    }
    expect(receipt.planId).toBe(plan.planId);
    const again = await planRestore(folder, request);
    for (const table of again.tables) expect(table).toMatchObject({ added: 0, removed: 0, changed: 0 });
  });
});

describe.concurrent('a restore that is cancelled', () => {
  test.each([
    'copy-database',
    'read-snapshot',
    'compare',
    'safety-copy',
    'apply',
    'verify',
    'checkpoint',
  ] as const)(
    'in phase %s has changed nothing and left nothing behind; the next one works',
    async (phase) => {
      const { place, id, since, before } = await live(root(), story);
      const folder = await open(place);
      const request = restoring(id);
      const cancel = new AbortController();
      const task = {
        signal: cancel.signal,
        onProgress: (progress: { readonly phase: string }) => progress.phase === phase && cancel.abort(),
      };
      const action =
        phase === 'copy-database'
          ? planRestore(folder, request, task)
          : applyRestore(folder, request, NOW, task);
      expect(await codeOf(action)).toBe('cancelled');
      expect(readState(place.databaseFile)).toEqual(since);
      await applyRestore(folder, request, NOW);
      expect(readState(place.databaseFile).tables).toEqual(before.tables);
    },
  );
});
