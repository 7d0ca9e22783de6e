import { describe, expect, test } from 'vitest';
import { describePlan, describeReceipt } from '../../src/cli/restore-report.ts';
import { makeRoot } from '../support/place.ts';
import { defaultRules } from '../support/rules.ts';
import { type Story, tell } from '../support/story.ts';

/**
 * What the host's triggers derive from the tables stays as it was, and plan and receipt name it: it is never reported
 * as fine.
 */
const root = makeRoot();

const memories = 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT, n INTEGER);';
const rows = {
  before: "INSERT INTO memories VALUES (1, 'apples', 1), (2, 'plums', 2);",
  since: "DELETE FROM memories WHERE id = 1; INSERT INTO memories VALUES (3, 'figs', 3);",
};

type Case = {
  readonly what: string;
  readonly schema: string;
  /** What is derived, and by which triggers of which tables. */
  readonly derived: Readonly<Record<string, readonly string[]>>;
  readonly bystanders: readonly string[];
  readonly before?: string;
  readonly since?: string;
  /** What the judge of a test says of a virtual table that only reads. */
  readonly faults?: readonly string[];
};

const CASES: readonly Case[] = [
  {
    what: 'an R-tree',
    schema: `CREATE VIRTUAL TABLE places USING rtree(id, a, b);
      CREATE TRIGGER put AFTER INSERT ON memories BEGIN INSERT INTO places VALUES (new.id, new.n, new.n); END;
      CREATE TRIGGER gone AFTER DELETE ON memories BEGIN DELETE FROM places WHERE id = old.id; END;`,
    derived: { places: ['put of memories', 'gone of memories'] },
    bystanders: ['places_node', 'places_parent', 'places_rowid'],
  },
  {
    what: 'a counter',
    schema: `CREATE TABLE totals (n INTEGER); INSERT INTO totals VALUES (0);
      CREATE TRIGGER up AFTER INSERT ON memories BEGIN UPDATE totals SET n = n + 1; END;
      CREATE TRIGGER down AFTER DELETE ON memories BEGIN UPDATE totals SET n = n - 1; END;`,
    derived: { totals: ['up of memories', 'down of memories'] },
    bystanders: ['totals'],
  },
  {
    what: 'what only changed rows are told to',
    schema: `CREATE TABLE edits (id INTEGER, at TEXT);
      CREATE TRIGGER edited AFTER UPDATE ON memories BEGIN INSERT INTO edits VALUES (new.id, 'now'); END;`,
    since: "UPDATE memories SET text = 'pears' WHERE id = 1;",
    derived: { edits: ['edited of memories'] },
    bystanders: ['edits'],
  },
  {
    what: 'what is derived over another table and a view',
    schema: `CREATE TABLE words (id INTEGER, word TEXT); CREATE TABLE lengths (id INTEGER, n INTEGER);
      CREATE VIEW inlet AS SELECT id, text AS word FROM memories;
      CREATE TRIGGER split AFTER INSERT ON memories BEGIN INSERT INTO inlet VALUES (new.id, new.text); END;
      CREATE TRIGGER inward INSTEAD OF INSERT ON inlet BEGIN INSERT INTO words VALUES (new.id, new.word); END;
      CREATE TRIGGER measured AFTER INSERT ON words BEGIN INSERT INTO lengths VALUES (new.id, length(new.word)); END;`,
    derived: { lengths: ['measured of words'], words: ['inward of inlet'] },
    bystanders: ['words', 'lengths'],
  },
  {
    what: 'a search index of a table that is itself derived',
    schema: `CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT); CREATE VIRTUAL TABLE f USING fts5(word);
      CREATE TRIGGER split AFTER INSERT ON memories BEGIN INSERT INTO words VALUES (new.id, new.text); END;
      CREATE TRIGGER found AFTER INSERT ON words BEGIN INSERT INTO f(rowid, word) VALUES (new.id, new.word); END;`,
    derived: { f: ['found of words'], words: ['split of memories'] },
    bystanders: ['words'],
  },
  {
    what: 'an index that no trigger keeps up, as an application may',
    schema:
      'CREATE VIRTUAL TABLE f USING fts5(text); CREATE VIRTUAL TABLE vocabulary USING fts5vocab(f, row);',
    before: "INSERT INTO f VALUES ('apples');",
    derived: { f: [] },
    bystanders: [],
    faults: ['vocabulary: SqliteError: table vocabulary may not be modified'],
  },
];

describe.concurrent('what is derived from the tables', () => {
  test.each(CASES)(
    'is named in the plan and in the receipt: $what',
    async ({ schema, derived, bystanders, ...told }) => {
      const { plan, receipt } = await tell(root(), {
        schema: `${memories} ${schema}`,
        before: `${rows.before} ${told.before ?? ''}`,
        since: told.since ?? rows.since,
        bystanders,
        faults: told.faults ?? [],
      });
      const named = plan.notKeptUp.map(({ name, by }) => [
        name,
        by.map(({ trigger, table }) => `${trigger} of ${table}`),
      ]);
      expect(Object.fromEntries(named)).toEqual(derived);
      const checks = receipt.checks.filter(({ check }) => check === 'derived');
      expect(checks.map(({ subject, result }) => [subject, result])).toEqual(
        named.map(([name]) => [name, 'left']),
      );
      const words = [describePlan(plan, defaultRules, new Date()), describeReceipt(receipt)].map((lines) =>
        lines.join('\n'),
      );
      for (const name of Object.keys(derived)) expect(words.every((text) => text.includes(name))).toBe(true);
      expect(words[1]).not.toContain('All checks passed');
    },
  );

  const quiet: readonly (readonly [string, Pick<Story, 'schema'> & Partial<Story>])[] = [
    [
      'rows do not change',
      {
        schema: `CREATE TABLE totals (n INTEGER);
          CREATE TRIGGER up AFTER INSERT ON memories BEGIN UPDATE totals SET n = n + 1; END;`,
        since: 'SELECT 1;',
        bystanders: ['totals'],
      },
    ],
    [
      'rows that went would have been told, and none goes',
      {
        schema: `CREATE TABLE totals (n INTEGER);
          CREATE TRIGGER down AFTER DELETE ON memories BEGIN UPDATE totals SET n = n - 1; END;`,
        since: 'DELETE FROM memories WHERE id = 1;',
        bystanders: ['totals'],
      },
    ],
    [
      'it is restored itself',
      {
        schema: `CREATE TABLE bots (id INTEGER PRIMARY KEY, n INTEGER);
          CREATE TRIGGER up AFTER INSERT ON memories BEGIN INSERT INTO bots (n) VALUES (new.n); END;`,
      },
    ],
    [
      'it is a search index that follows',
      {
        schema: `CREATE VIRTUAL TABLE f USING fts5(text);
          CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO f(rowid, text) VALUES (new.id, new.text); END;
          CREATE TRIGGER ad AFTER DELETE ON memories BEGIN DELETE FROM f WHERE rowid = old.id; END;`,
      },
    ],
    [
      'triggers keep it in step with another table, which stays as it is',
      {
        schema: `CREATE TABLE others (id INTEGER PRIMARY KEY, text TEXT);
          CREATE VIRTUAL TABLE f USING fts5(text); CREATE VIRTUAL TABLE places USING rtree(id, a, b);
          CREATE TRIGGER ai AFTER INSERT ON others BEGIN INSERT INTO f(rowid, text) VALUES (new.id, new.text);
            INSERT INTO places VALUES (new.id, 1, 2); END;`,
        before: `${rows.before} INSERT INTO others VALUES (1, 'apples');`,
      },
    ],
    [
      'it is a search index over another table, which stays as it is',
      {
        schema: `CREATE TABLE others (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO others VALUES (1, 'apples');
          CREATE VIRTUAL TABLE f USING fts5(text, content='others', content_rowid='id'); INSERT INTO f(f) VALUES ('rebuild');`,
      },
    ],
  ];
  test.each(quiet)('is not named if %s', async (_, { schema, ...told }) => {
    const story = { ...rows, ...told, schema: `${memories} ${schema}` };
    const { plan, receipt } = await tell(root(), story);
    expect(plan.notKeptUp).toEqual([]);
    expect(describeReceipt(receipt).join('\n')).toContain('All checks passed');
  });

  test('is named if its module is missing, with the triggers that write to it', async () => {
    const { plan } = await tell(root(), {
      schema: `${memories} CREATE TABLE vectors_chunks (a); PRAGMA writable_schema = ON;
        INSERT INTO sqlite_schema VALUES ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING vec0(dim=3)');`,
      before: rows.before,
      since: `${rows.since} CREATE TRIGGER embed AFTER INSERT ON memories BEGIN
        INSERT INTO vectors VALUES (new.id, new.text); END;`,
      bystanders: ['vectors_chunks'],
    });
    expect(plan.notKeptUp).toEqual([
      { name: 'vectors', columns: [], by: [{ trigger: 'embed', table: 'memories' }] },
    ]);
  });
});
