import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  planCopy,
  planRestore,
  planUndo,
  type RowName,
  restoreToCopy,
  type Selection,
  takeSnapshot,
} from '../../src/index.ts';
import {
  asHost,
  codeOf,
  errorOf,
  makeDir,
  makePlace,
  makeRoot,
  open,
  type Place,
  run,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { keeping, rewindLately, WAYS } from '../support/rewound.ts';
import { findFaults, readState, type State } from '../support/state.ts';
import { thereAndBack } from '../support/there-and-back.ts';
import { makeTwoChats, selecting, type TwoChats } from '../support/two-chats.ts';

const root = makeRoot();

const tables = (...names: readonly string[]): Selection => ({ by: 'tables', tables: names });

/** Restores a part, undoes that and does it again. */
function restorePart(
  world: TwoChats,
  selection: Selection,
  look: (state: State, checkpoint: Readonly<Record<string, unknown[]>>) => void,
) {
  return thereAndBack(world, selecting(world.id, selection), look);
}

describe.concurrent('selected tables', () => {
  test('come back as they were, the others stay, and the checkpoint holds the new state; the undo is exact', async () => {
    const world = await makeTwoChats(root());
    const { plan } = await restorePart(world, tables('notes', 'CHATS'), (restored, checkpoint) => {
      const { notes, chats } = world.before.tables;
      expect(restored.tables).toEqual({ ...world.since.tables, notes, chats });
      expect(checkpoint.notes).toHaveLength(9);
      expect(checkpoint.memories).toHaveLength(world.since.tables.memories?.length ?? 0);
      expect(checkpoint.event_log).toHaveLength(world.since.tables.event_log?.length ?? 0);
    });
    expect(plan).toMatchObject({ pulled: [], newerEvents: [], lineage: 'same', freshCheckpoint: true });
    expect(plan.tables.map(({ name }) => name)).toEqual(['chats', 'notes']);
    expect(plan.bystanders).toEqual(expect.arrayContaining(['memories', 'event_log', 'drafts']));
  });

  test('bring the parents along that are missing, each with its reason; those that differ stay and are named', async () => {
    const world = await makeTwoChats(root());
    const { plan } = await restorePart(world, tables('reactions', 'memories'), (restored) => {
      const { memories, reactions, bots } = world.before.tables;
      const pulled = bots?.filter((row) => row.startsWith('text 6232')) ?? [];
      const now = [...(world.since.tables.bots ?? []), ...pulled].sort();
      expect(restored.tables).toEqual({ ...world.since.tables, memories, reactions, bots: now });
    });
    expect(plan.pulled).toEqual([{ table: 'bots', key: ['b2'], because: { table: 'memories', key: [9n] } }]);
    expect(plan.staying).toEqual([
      { table: 'bots', key: ['b1'], because: { table: 'memories', key: [2n] } },
      { table: 'chats', key: ['c1'], because: { table: 'memories', key: [5n] } },
      { table: 'chats', key: ['c2'], because: { table: 'memories', key: [2n] } },
    ]);
  });

  test('that refer to parents over several steps bring all of them along', async () => {
    const world = await makeTwoChats(root());
    const { plan } = await restorePart(world, tables('reactions'), (restored) => {
      expect(restored.tables.memories).toHaveLength(11);
      expect(restored.tables.bots).toHaveLength(2);
    });
    expect(plan.pulled).toContainEqual({
      ...{ table: 'memories', key: [9n] },
      because: { table: 'reactions', key: [9n, ':)'] },
    });
    expect(plan.pulled).toContainEqual({
      ...{ table: 'bots', key: ['b2'] },
      because: { table: 'memories', key: [9n] },
    });
  });

  test('that would take parents from rows that stay are refused, unless that is accepted', async () => {
    const { folder, id, place, since } = await makeTwoChats(root());
    const request = selecting(id, tables('memories'));
    const plan = await planRestore(folder, request);
    expect(plan.refusals).toMatchObject([{ code: 'leaves-orphans', detail: { table: 'reactions' } }]);
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('leaves-orphans');
    expect(readState(place.databaseFile)).toEqual(since);
    await applyRestore(folder, { ...request, acceptDrift: true }, NOW);
    expect(findFaults(place.databaseFile)).toEqual([]);
  });

  test('are all tables: then it is the whole restore', async () => {
    const [part, all] = [await makeTwoChats(root()), await makeTwoChats(root())];
    const every = tables('event_log', 'bots', 'chats', 'memories', 'reactions', 'notes', 'moods');
    const consents = { acceptOtherTimeline: true };
    await applyRestore(part.folder, { ...selecting(part.id, every), ...consents }, NOW);
    const whole = restoring(all.id, consents);
    await applyRestore(all.folder, whole, NOW);
    expect(readState(part.place.databaseFile)).toEqual(readState(all.place.databaseFile));
  });

  test('that do not exist, or do not go with the other options, are refused in words', async () => {
    const { folder, id } = await makeTwoChats(root());
    const failure = await errorOf(planRestore(folder, selecting(id, tables('nonsense'))));
    expect(failure).toMatchObject({ code: 'usage' });
    expect(failure.message).toContain('Choose among: event_log, bots, chats');
    for (const more of [{ keepNewer: true }, { mode: 'projections' as const }])
      expect(await codeOf(planRestore(folder, { ...selecting(id, tables('notes')), ...more }))).toBe('usage');
  });

  test('make another plan when anything changes that they show, or another row of a table they touch', async () => {
    const { folder, id, place } = await makeTwoChats(root());
    const request = selecting(id, tables('reactions'));
    const { planId } = await planRestore(folder, request);
    expect(await planRestore(folder, request)).toMatchObject({ planId });
    expect((await planRestore(folder, selecting(id, tables('reactions', 'notes')))).planId).not.toBe(planId);
    // Only two rows of “memories” come along; this is another one.
    run(place, "UPDATE memories SET text = 'changed' WHERE id = 1");
    expect(await codeOf(applyRestore(folder, request, { ...NOW, planId }))).toBe('plan-stale');
  });
});

const chat = (withGuessed = false): Selection => ({ by: 'chat', chat: 'c1', withGuessed });

/** The rows of a table by whether they belong to the first chat, told by SQL of its own. */
function readOwned(place: Place) {
  const owned = {
    event_log: "SELECT payload_json ->> 'chat_id' = 'c1' AS own, * FROM event_log",
    chats: "SELECT id = 'c1' AS own, * FROM chats",
    memories: "SELECT chat = 'c1' AS own, * FROM memories",
    reactions:
      "SELECT (SELECT chat FROM memories WHERE id = memory) = 'c1' AS own, reactions.* FROM reactions",
    notes: "SELECT text NOT LIKE '%soup%' AS own, * FROM notes",
  };
  return asHost(place, (db) =>
    Object.entries(owned).map(([name, sql]) => {
      const rows = db.prepare<[], { readonly own: number }>(`${sql} ORDER BY 2, 3`).all();
      return { name, own: rows.filter(({ own }) => own === 1), others: rows.filter(({ own }) => own !== 1) };
    }),
  );
}

describe.concurrent.each(WAYS)('a chat after a rewind by a host that %s', (way) => {
  test('comes back with all that belongs to it; the newer work of another stays, and so does what nobody declares', async () => {
    const world = await makeTwoChats(root(), way);
    const since = readOwned(world.place);
    const { plan, receipt } = await restorePart(world, chat(), (restored, checkpoint) => {
      expect(restored.tables.moods).toEqual(world.since.tables.moods);
      expect(restored.tables.drafts).toEqual(world.since.tables.drafts);
      expect(restored.tables.bots).toHaveLength(2);
      expect(checkpoint.last_event_id).toBe(11);
    });
    expect(receipt).toMatchObject({ lastEventId: 11n, isPart: true });
    const now = readOwned(world.place);
    expect(now.map(({ others }) => others)).toEqual(since.map(({ others }) => others));
    const then = await makeTwoChats(root(), way);
    run(then.place, 'DELETE FROM event_log; DELETE FROM notes; DELETE FROM reactions; DELETE FROM memories');
    await applyRestore(then.folder, restoring(then.id), NOW);
    expect(now.map(({ own }) => own)).toEqual(readOwned(then.place).map(({ own }) => own));
    expect(plan).toMatchObject({
      newerEvents: [{ chat: 'c1', rewindRecords: 1, spoken: 1 }],
      pulled: [{ table: 'bots', key: ['b2'], because: { table: 'memories', key: [9n] } }],
      staying: [{ table: 'bots', key: ['b1'] }],
      guessed: [{ table: 'moods', column: 'chat_id', rows: 2, taken: false }],
      lineage: 'same',
    });
  });

  test('brings along what only the name of a column ties to it, if that is asked for', async () => {
    const world = await makeTwoChats(root(), way);
    await restorePart(world, chat(true), (restored) => {
      expect(restored.tables.moods).toEqual(world.before.tables.moods);
    });
  });
});

describe.concurrent('a chat', () => {
  test('that neither the snapshot nor the database has is refused', async () => {
    const { folder, id } = await makeTwoChats(root());
    const none = selecting(id, { by: 'chat', chat: 'nobody', withGuessed: false });
    expect(await errorOf(planRestore(folder, none))).toMatchObject({ code: 'usage' });
  });

  test('leaves rows alone that have changed hands since, and names them', async () => {
    const { place, folder, id } = await makeTwoChats(root());
    run(place, "UPDATE memories SET chat = 'c2', text = 'taken over' WHERE id = 1");
    const request = selecting(id, chat());
    const { staying } = await planRestore(folder, request);
    expect(staying).toContainEqual({ table: 'memories', key: [1n], because: null });
    await applyRestore(folder, request, NOW);
    const taken = asHost(place, (db) => db.prepare('SELECT text FROM memories WHERE id = 1').pluck().get());
    expect(taken).toBe('taken over');
  });

  test('does not give what belonged to a row to another one that has its key by now', async () => {
    const schema = `CREATE TABLE chats (id TEXT PRIMARY KEY);
      CREATE TABLE posts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id), text TEXT);
      CREATE TABLE likes (id INTEGER PRIMARY KEY, post INTEGER REFERENCES posts(id));
      CREATE TABLE thanks (id INTEGER PRIMARY KEY, "like" INTEGER REFERENCES likes(id), "for" INTEGER REFERENCES thanks(id));`;
    const place = await makePlace(root(), schema, { tables: ['chats', 'posts', 'likes', 'thanks'] });
    run(
      place,
      "INSERT INTO chats VALUES ('c1'), ('c2'); INSERT INTO posts VALUES (1, 'c1', 'a'), (2, 'c1', 'b')",
    );
    run(place, 'INSERT INTO likes VALUES (1, 1), (2, 2)');
    run(place, 'INSERT INTO thanks VALUES (1, 1, NULL), (2, 2, NULL), (3, NULL, 2), (4, NULL, 1)');
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, 'DELETE FROM thanks; DELETE FROM likes; DELETE FROM posts;');
    run(
      place,
      "INSERT INTO posts VALUES (2, 'c2', 'of another'), (3, 'c1', 'new'); INSERT INTO likes VALUES (3, 3)",
    );
    const since = readState(place.databaseFile);
    const { staying } = await planRestore(folder, selecting(id, chat()));
    expect(staying.map(({ table, key }) => `${table} ${key}`)).toEqual([
      ...['posts 2', 'likes 2', 'thanks 2', 'thanks 3'],
    ]);
    await applyRestore(folder, selecting(id, chat()), NOW);
    const held = (sql: string) => asHost(place, (db) => db.prepare(sql).raw().all());
    expect(held('SELECT * FROM posts')).toEqual([
      [1, 'c1', 'a'],
      [2, 'c2', 'of another'],
    ]);
    expect(held('SELECT id, post FROM likes')).toEqual([[1, 1]]);
    expect(held('SELECT id FROM thanks')).toEqual([[1], [4]]);
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test.each([
    ['', ''],
    [
      ', in a log without a key',
      'CREATE TABLE log AS SELECT * FROM event_log; DROP TABLE event_log; ALTER TABLE log RENAME TO event_log;',
    ],
  ])('is refused if another one has events with the ids of its lost ones by now%s', async (_, sql) => {
    const { place, folder, id, before } = await makeTwoChats(root());
    run(place, sql);
    run(place, "UPDATE event_log SET id = 7 WHERE payload_json LIKE '%soup is ready%'");
    expect(before.tables.event_log).toHaveLength(9);
    const since = readState(place.databaseFile);
    const { refusals } = await planRestore(folder, selecting(id, chat()));
    expect(refusals).toMatchObject([{ code: 'selection-refused', detail: { why: 'ids-reused' } }]);
    expect(await codeOf(applyRestore(folder, selecting(id, chat()), NOW))).toBe('selection-refused');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('brings back all that refers to it, by the values that the schema takes for the same', async () => {
    const schema = `CREATE TABLE chats (id TEXT PRIMARY KEY COLLATE NOCASE);
      CREATE TABLE posts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id));
      CREATE TABLE likes (post TEXT REFERENCES posts(id), who TEXT COLLATE NOCASE, PRIMARY KEY (post, who)) WITHOUT ROWID;
      CREATE TABLE thanks (post TEXT, who TEXT, FOREIGN KEY (post, who) REFERENCES likes);`;
    const place = await makePlace(root(), schema, { tables: ['chats', 'posts', 'likes', 'thanks'] });
    run(
      place,
      "INSERT INTO chats VALUES ('c1'), ('c2'); INSERT INTO posts VALUES (1, 'C1'), (2, 'c1'), (3, 'C2')",
    );
    run(
      place,
      "INSERT INTO likes VALUES ('1', 'Me'), ('3', 'Me'); INSERT INTO thanks VALUES ('1', 'ME'), ('3', 'me')",
    );
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    const clear =
      "DELETE FROM thanks; DELETE FROM likes; DELETE FROM posts; DELETE FROM chats WHERE id = 'c1';";
    run(place, clear);
    await applyRestore(folder, selecting(id, chat()), NOW);
    const counts =
      'SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM likes), (SELECT count(*) FROM thanks)';
    const back = asHost(place, (db) => db.prepare(counts).raw().get());
    expect(back).toEqual([2, 1, 1]);
    run(place, `${clear} INSERT INTO posts VALUES (9, 'C2')`);
    await applyRestore(folder, selecting(id, { by: 'chat', chat: 'c2', withGuessed: false }), NOW);
    const posts = asHost(place, (db) => db.prepare('SELECT id, chat FROM posts').raw().all());
    expect(posts).toEqual([[3, 'C2']]);
  });

  test('comes back in a new file, while the database stays as it is', async () => {
    const { place, folder, id, since } = await makeTwoChats(root());
    const to = join(await makeDir(root()), 'then.db');
    const { action: _, ...request } = { ...selecting(id, chat()), to };
    const { planId } = await planCopy(folder, request);
    expect(await restoreToCopy(folder, request, { planId })).toMatchObject({ isPart: true });
    expect(readState(place.databaseFile)).toEqual(since);
    await applyRestore(folder, selecting(id, chat()), NOW);
    expect(readState(to).tables).toEqual(readState(place.databaseFile).tables);
  });

  test('waits until the chat app has applied the newer events that were kept', async () => {
    const { place, folder, id } = await rewindLately(root(), 'flags');
    await applyRestore(folder, keeping(id), NOW);
    const kept = readState(place.databaseFile);
    const { refusals } = await planRestore(folder, selecting(id, chat()));
    expect(refusals).toMatchObject([{ code: 'selection-refused', detail: { why: 'not-applied' } }]);
    expect(readState(place.databaseFile)).toEqual(kept);
  });
});

const rows = (...named: readonly RowName[]): Selection => ({ by: 'rows', rows: named });

describe.concurrent('selected rows', () => {
  test('come back, change and go, each by its key, with the parents that they need', async () => {
    const world = await makeTwoChats(root());
    run(world.place, "INSERT INTO chats VALUES ('c9', 'New', 0)");
    const since = readState(world.place.databaseFile);
    const named = [
      { table: 'memories', key: ['9'] },
      { table: 'memories', key: [2n] },
      { table: 'REACTIONS', key: [9n, ':)'] },
      { table: 'chats', key: ['c9'] },
      { table: 'chats', key: ['c2'] },
    ];
    const { plan } = await restorePart({ ...world, since }, rows(...named), (restored) => {
      const texts = asHost(world.place, (db) =>
        db.prepare('SELECT id, text FROM memories ORDER BY id').raw().all(),
      );
      expect(texts).toEqual([
        ...[
          [1, 'of one'],
          [2, 'of soup one'],
          [3, 'of two'],
          [4, 'of soup two'],
          [6, 'of soup three'],
        ],
        ...[
          [8, 'of soup four'],
          [9, 'of five'],
          [10, 'of soup is ready'],
          [11, 'of written on'],
        ],
      ]);
      expect(restored.tables.chats).toContain('text 6332 text 4B69746368656E integer 4');
      expect(restored.tables.chats).toHaveLength(2);
      expect(restored.tables.event_log).toEqual(since.tables.event_log);
    });
    expect(plan.pulled).toEqual([{ table: 'bots', key: ['b2'], because: { table: 'memories', key: [9n] } }]);
    expect(plan.tables.map(({ name, added, removed, changed }) => [name, added, removed, changed])).toEqual([
      ...[
        ['bots', 1, 0, 0],
        ['chats', 0, 1, 1],
        ['memories', 1, 0, 1],
        ['reactions', 1, 0, 0],
      ],
    ]);
  });

  test('of the log are single events', async () => {
    const world = await makeTwoChats(root());
    const { plan } = await restorePart(world, rows({ table: 'event_log', key: [7n] }), (restored) => {
      expect(restored.tables.event_log).toHaveLength((world.since.tables.event_log?.length ?? 0) + 1);
    });
    expect(plan).toMatchObject({
      returningEvents: [{ chat: 'c1', events: 1 }],
      newerEvents: [],
      lineage: 'same',
    });
  });

  test.each([
    ['neither then nor now', { table: 'memories', key: [77n] }],
    ['by too few values', { table: 'reactions', key: [9n] }],
    ['without a key', { table: 'moods', key: ['c1'] }],
    ['of no table', { table: 'nonsense', key: [1n] }],
  ])('that are there %s are refused in words', async (_, name) => {
    const { folder, id } = await makeTwoChats(root());
    expect(await errorOf(planRestore(folder, selecting(id, rows(name))))).toMatchObject({ code: 'usage' });
  });

  test('that others refer to are not taken from them', async () => {
    const { place, folder, id } = await makeTwoChats(root());
    run(place, "INSERT INTO bots VALUES ('b3', 'New'); UPDATE memories SET bot = 'b3' WHERE id = 10");
    const { refusals } = await planRestore(folder, selecting(id, rows({ table: 'bots', key: ['b3'] })));
    expect(refusals).toMatchObject([
      { code: 'leaves-orphans', detail: { table: 'memories', parent: 'bots' } },
    ]);
  });
});

describe.concurrent.each(WAYS)('after a rewind by a host that %s', (way) => {
  test('the undo of a selected restore is planned as exact', async () => {
    const world = await makeTwoChats(root(), way);
    await applyRestore(world.folder, selecting(world.id, tables('notes')), NOW);
    expect(await planUndo(world.folder, {})).toMatchObject({ refusals: [], newerEvents: [] });
  });
});
