import { describe, expect, test } from 'vitest';
import { makeRoot, type Place } from '../support/place.ts';
import { findMatches } from '../support/state.ts';
import { type Story, tell } from '../support/story.ts';

/** Search indexes over the tables that a restore writes. */
const root = makeRoot();

const FTS_TRIGGERS = `
  CREATE TRIGGER memories_ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
  CREATE TRIGGER memories_ad AFTER DELETE ON memories BEGIN
    INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text); END;
  CREATE TRIGGER memories_au AFTER UPDATE ON memories BEGIN
    INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;`;

const search: Story = {
  schema: `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);
    CREATE VIRTUAL TABLE memories_fts USING fts5(text, content='memories', content_rowid='id'); ${FTS_TRIGGERS}`,
  before: "INSERT INTO memories VALUES (1, 'apples and pears'), (2, 'plums'), (7, 'apples again');",
  since:
    "DELETE FROM memories WHERE id = 7; UPDATE memories SET text = 'cherries' WHERE id = 1; INSERT INTO memories VALUES (3, 'apples new');",
};

/** What the index of `search` finds once the snapshot is back. */
function findsAsThen({ databaseFile }: Place): void {
  expect(findMatches(databaseFile, 'memories_fts', 'apples')).toEqual([1, 7]);
  expect(findMatches(databaseFile, 'memories_fts', 'plums')).toEqual([2]);
  expect(findMatches(databaseFile, 'memories_fts', 'cherries')).toEqual([]);
}

describe.concurrent('a search index finds after a restore what it found when the snapshot was taken', () => {
  test('with its contents in another table, whose rowids are kept', async () => {
    const { place, receipt, plan } = await tell(root(), { ...search, whileRestored: findsAsThen });
    expect(plan.triggers.map(({ handling }) => handling)).toEqual(['kept', 'kept']);
    expect(receipt.checks).toContainEqual({
      check: 'search-index',
      subject: 'memories_fts',
      result: 'ok',
      detail: null,
    });
    expect(findMatches(place.databaseFile, 'memories_fts', 'apples')).toEqual([3]);
  });

  test('if it is based on the hidden rowid of the table', async () => {
    const story: Story = {
      ...search,
      withRowids: ['memories'],
      schema: search.schema
        .replace('id INTEGER PRIMARY KEY', 'id TEXT PRIMARY KEY')
        .replace(", content_rowid='id'", '')
        .replaceAll('new.id', 'new.rowid')
        .replaceAll('old.id', 'old.rowid'),
      before: "INSERT INTO memories VALUES ('a', 'one apple'), ('b', 'two'), ('c', 'three apples');",
      since:
        "UPDATE memories SET text = 'apple pie' WHERE id = 'a'; UPDATE memories SET text = 'none' WHERE id = 'c';",
    };
    await tell(root(), story);
  });

  test('with its own contents', async () => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE memories_fts USING fts5(text);
      CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER ad AFTER DELETE ON memories BEGIN DELETE FROM memories_fts WHERE rowid = old.id; END;
      CREATE TRIGGER au AFTER UPDATE ON memories BEGIN UPDATE memories_fts SET text = new.text WHERE rowid = old.id; END;`;
    const { place } = await tell(root(), { ...search, schema, whileRestored: findsAsThen });
    expect(findMatches(place.databaseFile, 'memories_fts', 'apples')).toEqual([3]);
  });

  test('if it was stale before: it is rebuilt, and the receipt says so', async () => {
    const stale = "INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', 2, 'plums');";
    const since = `${search.since} ${stale}`;
    const { plan, receipt } = await tell(root(), { ...search, since, whileRestored: findsAsThen });
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'stale', handling: 'rebuilt' }]);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'search-index', subject: 'memories_fts', result: 'rebuilt' }),
    );
  });

  test('if it was stale in the very rows that are removed and added', async () => {
    const schema = search.schema.replace(/CREATE TRIGGER memories_au[\s\S]*?END;/, '');
    const { plan } = await tell(root(), { ...search, schema });
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'stale', handling: 'rebuilt' }]);
  });

  test.each([
    ['lacks rows', "DROP TRIGGER memories_ai; INSERT INTO memories VALUES (8, 'apples unseen');"],
    ['is empty', "INSERT INTO memories_fts(memories_fts) VALUES ('delete-all');"],
  ])('if it %s that are to be removed: it is rebuilt, with any strategy', async (_, spoil) => {
    for (const rewrite of ['differing', 'all'] as const) {
      const again = search.schema.match(/CREATE TRIGGER memories_ai[\s\S]*?END;/)?.[0] ?? '';
      const since = `${search.since} ${spoil} ${spoil.includes('DROP') ? again : ''}`;
      const story = { ...search, since, options: { rewrite }, whileRestored: findsAsThen };
      const { plan, receipt } = await tell(root(), story);
      expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'stale', handling: 'rebuilt' }]);
      expect(plan.triggers.every(({ handling }) => handling === 'set-aside')).toBe(true);
      expect(receipt.checks).toContainEqual(
        expect.objectContaining({ check: 'search-index', result: 'rebuilt' }),
      );
    }
  });

  test('but one with its own contents that is out of step with the rows is left alone, and blocks nothing', async () => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE memories_fts USING fts5(text);
      CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER ad AFTER DELETE ON memories BEGIN DELETE FROM memories_fts WHERE rowid = old.id; END;`;
    const since = `${search.since} INSERT INTO memories_fts(rowid, text) VALUES (7, 'in the way');`;
    const { plan } = await tell(root(), { ...search, schema, since });
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'ok', handling: 'left' }]);
  });

  test('if no trigger maintains it: it is rebuilt from the contents', async () => {
    const schema = search.schema.replaceAll(/CREATE TRIGGER [\s\S]*?END;/g, '');
    const { receipt } = await tell(root(), { ...search, schema });
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'search-index', result: 'rebuilt' }),
    );
  });

  test('if the triggers that maintain it do other things too, which are not done', async () => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE audit (what TEXT);
      CREATE VIRTUAL TABLE memories_fts USING fts5(text);
      CREATE TRIGGER ai AFTER INSERT ON memories WHEN new.text <> '' BEGIN
        INSERT INTO audit VALUES ('in; ' || new.id); SELECT 1; INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER ad AFTER DELETE ON memories BEGIN
        DELETE FROM memories_fts WHERE rowid = old.id; INSERT INTO audit VALUES ('out ' || old.id); END;
      CREATE TRIGGER au AFTER UPDATE ON memories BEGIN UPDATE memories_fts SET text = new.text WHERE rowid = old.id; END;`;
    const story = { ...search, schema, bystanders: ['audit'], whileRestored: findsAsThen };
    const { place, plan } = await tell(root(), story);
    expect(plan.triggers.map(({ name, handling }) => [name, handling])).toEqual([
      ['ad', 'set-aside'],
      ['ai', 'set-aside'],
    ]);
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'ok', handling: 'follows' }]);
    expect(findMatches(place.databaseFile, 'memories_fts', 'apples')).toEqual([3]);
    expect(findMatches(place.databaseFile, 'memories_fts', 'cherries')).toEqual([1]);
  });

  test.each([
    ['no trigger maintains it', ''],
    [
      'a trigger that is set aside would have',
      `CREATE TRIGGER ai AFTER INSERT ON memories BEGIN
        INSERT INTO memories_fts(rowid, text) VALUES (new.id, upper(new.text)); INSERT INTO audit VALUES ('in'); END;`,
    ],
  ])('if its contents are a view over a view, and %s', async (_, trigger) => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE audit (what TEXT);
      CREATE VIEW loud AS SELECT id, upper(text) AS text FROM quiet; CREATE VIEW quiet AS SELECT id, text FROM memories;
      CREATE VIRTUAL TABLE memories_fts USING fts5(text, content='loud', content_rowid='id'); ${trigger}`;
    const since = `${search.since} INSERT INTO memories_fts(memories_fts) VALUES ('rebuild');`;
    const story = { ...search, schema, since, bystanders: ['audit'], whileRestored: findsAsThen };
    const { plan, receipt } = await tell(root(), story);
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'ok', handling: 'rebuilt' }]);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'search-index', subject: 'memories_fts', result: 'rebuilt' }),
    );
  });

  test('but an index with its own contents that is notified of only half the rows is left alone, and plan and receipt say so', async () => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE memories_fts USING fts5(text);
      CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;`;
    const shadows = ['config', 'content', 'data', 'docsize', 'idx'].map((part) => `memories_fts_${part}`);
    const { place, plan, receipt } = await tell(root(), { ...search, schema, bystanders: shadows });
    expect(plan.triggers).toEqual([{ name: 'ai', table: 'memories', handling: 'set-aside' }]);
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'ok', handling: 'left' }]);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'search-index', subject: 'memories_fts', result: 'left' }),
    );
    expect(findMatches(place.databaseFile, 'memories_fts', 'apples')).toEqual([1, 3, 7]);
  });

  test.each([
    ['another table', 'SELECT new.id, new.text, c.title FROM chats c WHERE c.id = new.chat_id'],
    ['a view over it', 'SELECT new.id, new.text, v.title FROM titles v WHERE v.id = new.chat_id'],
    ['its own', 'SELECT new.id, new.text, count(*) FROM memories'],
  ])('but one whose triggers read %s is left alone, whatever the order of writing', async (_, source) => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT, chat_id TEXT);
      CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT); CREATE VIEW titles AS SELECT id, title FROM chats;
      CREATE VIRTUAL TABLE memories_fts USING fts5(text, title);
      CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text, title) ${source}; END;
      CREATE TRIGGER ad AFTER DELETE ON memories BEGIN DELETE FROM memories_fts WHERE rowid = old.id; END;`;
    const { plan, receipt } = await tell(root(), {
      schema,
      before: "INSERT INTO chats VALUES ('a', 'Kiln'); INSERT INTO memories VALUES (1, 'anvil', 'a');",
      since: "DELETE FROM memories; UPDATE chats SET title = 'Oven'; DELETE FROM chats;",
    });
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'ok', handling: 'left' }]);
    expect(receipt.checks).toContainEqual(expect.objectContaining({ check: 'search-index', result: 'left' }));
  });

  test('but one that some table notifies only of updates is left alone', async () => {
    const schema = `${search.schema.replace(", content='memories', content_rowid='id'", ', title').replace(/CREATE TRIGGER[\s\S]*/, '')}
      CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);
      CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER ad AFTER DELETE ON memories BEGIN DELETE FROM memories_fts WHERE rowid = old.id; END;
      CREATE TRIGGER titled AFTER UPDATE ON chats BEGIN UPDATE memories_fts SET title = new.title WHERE rowid = new.id; END;`;
    const { plan } = await tell(root(), {
      schema,
      before: "INSERT INTO chats VALUES (1, 'Kiln'); INSERT INTO memories VALUES (1, 'anvil');",
      since: "UPDATE chats SET title = 'Oven';",
    });
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'ok', handling: 'left' }]);
  });

  test('and one that the plan does not reach is listed among what is left alone', async () => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE notes USING fts5(text);
      CREATE VIRTUAL TABLE places USING rtree(id, a, b);`;
    const shadows = ['config', 'content', 'data', 'docsize', 'idx'].map((part) => `notes_${part}`);
    const { plan } = await tell(root(), {
      schema,
      before: "INSERT INTO memories VALUES (1, 'a'); INSERT INTO notes VALUES ('one');",
      since: "DELETE FROM memories; INSERT INTO notes VALUES ('two'); INSERT INTO places VALUES (1, 0, 1);",
      bystanders: [...shadows, 'places_node', 'places_parent', 'places_rowid'],
    });
    expect(plan.bystanders).toEqual(['notes', 'places']);
  });

  test('if it is meant to hold only a part of its contents: it still holds that part', async () => {
    const schema = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT, seen INT DEFAULT 1);
      CREATE VIRTUAL TABLE memories_fts USING fts5(text, content='memories', content_rowid='id');
      CREATE TRIGGER ai AFTER INSERT ON memories WHEN new.seen BEGIN
        INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER ad AFTER DELETE ON memories WHEN old.seen BEGIN
        INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text); END;`;
    const { plan, receipt } = await tell(root(), {
      schema,
      before: "INSERT INTO memories VALUES (1, 'apples', 1), (2, 'apples hidden', 0), (3, 'plums', 1);",
      since:
        "DELETE FROM memories WHERE id < 3; INSERT INTO memories VALUES (4, 'apples', 1), (5, 'apples', 0);",
      whileRestored: ({ databaseFile }) =>
        expect(findMatches(databaseFile, 'memories_fts', 'apples')).toEqual([1]),
      faults: [expect.stringMatching(/^memories_fts: /)],
    });
    expect(plan.searchIndexes).toEqual([{ name: 'memories_fts', before: 'ok', handling: 'follows' }]);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'search-index', subject: 'memories_fts', result: 'ok' }),
    );
  });

  test('with two indexes over one table, of two versions', async () => {
    const more = `CREATE VIRTUAL TABLE memories_tri USING fts5(text, content='memories', content_rowid='id', tokenize='trigram');
      CREATE TRIGGER tri_ai AFTER INSERT ON memories BEGIN INSERT INTO memories_tri(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER tri_ad AFTER DELETE ON memories BEGIN
        INSERT INTO memories_tri(memories_tri, rowid, text) VALUES ('delete', old.id, old.text); END;
      CREATE TRIGGER tri_au AFTER UPDATE ON memories BEGIN
        INSERT INTO memories_tri(memories_tri, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO memories_tri(rowid, text) VALUES (new.id, new.text); END;`;
    const { plan } = await tell(root(), { ...search, schema: `${search.schema} ${more}` });
    expect(plan.searchIndexes.map(({ name }) => name).sort()).toEqual(['memories_fts', 'memories_tri']);
  });
});
