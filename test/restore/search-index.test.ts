import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore } from '../../src/index.ts';
import { asHost, codeOf, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findMatches, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** A search index that can't be maintained, or is damaged, never blocks the tables that it is made from. */
const root = makeRoot();

/** An index over `memories`: how it is declared, and what of an old row its triggers take out. */
type Kind = { readonly declared: string; readonly remove: string; readonly module?: string };

const DELETE_COMMAND = "INSERT INTO f(f, rowid, text) VALUES ('delete', old.id, old.text)";
const KINDS = {
  external: { declared: "fts5(text, content='memories', content_rowid='id')", remove: DELETE_COMMAND },
  own: { declared: 'fts5(text)', remove: 'DELETE FROM f WHERE rowid = old.id' },
  none: { declared: "fts5(text, content='')", remove: DELETE_COMMAND },
  'none, with deletion': {
    declared: "fts5(text, content='', contentless_delete=1)",
    remove: 'DELETE FROM f WHERE rowid = old.id',
  },
  'own, FTS4': { declared: 'fts4(text)', remove: 'DELETE FROM f WHERE docid = old.id' },
} as const satisfies Readonly<Record<string, Kind>>;
type KindName = keyof typeof KINDS;

function storyOf({ declared, remove }: Kind, spoil: string): Story {
  return {
    schema: `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE f USING ${declared};
      CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO f(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER ad AFTER DELETE ON memories BEGIN ${remove}; END;`,
    before: "INSERT INTO memories VALUES (1, 'apples and pears'), (2, 'plums'), (7, 'apples again');",
    since: `DELETE FROM memories WHERE id = 7; INSERT INTO memories VALUES (3, 'apples new'); ${spoil}`,
  };
}

/** What plan and receipt say of the index, after it was shown that tables and schema come back exactly, twice. */
async function restoreAndUndo(story: Story, whileRestored: (place: Place) => void = () => undefined) {
  const { place, id, before, since } = await live(root(), story);
  const folder = await open(place);
  const request = restoring(id);
  const plan = await planRestore(folder, request);
  expect(plan.refusals).toEqual([]);
  const receipt = await applyRestore(folder, request, { ...NOW, planId: plan.planId });
  const bystanders = Object.fromEntries((story.bystanders ?? []).map((name) => [name, since.tables[name]]));
  expect(readState(place.databaseFile)).toEqual({ ...since, tables: { ...before.tables, ...bystanders } });
  whileRestored(place);
  const undone = await applyUndo(folder, { acceptDrift: false }, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
  const said = ({ checks }: typeof receipt) =>
    checks.find(({ check, subject }) => check === 'search-index' && subject === 'f');
  const planned = plan.searchIndexes.find(({ name }) => name === 'f');
  return { place, plan, planned, receipt, said: said(receipt), saidOfUndo: said(undone) };
}

const again = (name: string, rest: string) => `DROP TRIGGER ${name}; CREATE TRIGGER ${name} ${rest}`;

const UPKEEP = {
  'names the command in double quotes': again(
    'ad',
    `AFTER DELETE ON memories BEGIN INSERT INTO f(f, rowid, text) VALUES ("delete", old.id, old.text); END;`,
  ),
  'calls a function of the host': again(
    'ai',
    'AFTER INSERT ON memories BEGIN INSERT INTO f(rowid, text) VALUES (new.id, host_words(new.text)); END;',
  ),
  'refuses every row': again(
    'ai',
    "AFTER INSERT ON memories BEGIN INSERT INTO f(rowid, text) SELECT RAISE(ABORT, 'no'), new.text; END;",
  ),
  'passes every row over': again(
    'ai',
    'BEFORE INSERT ON memories BEGIN INSERT INTO f(rowid, text) SELECT RAISE(IGNORE), new.text; END;',
  ),
  'ends the transaction': again(
    'ai',
    "AFTER INSERT ON memories BEGIN INSERT INTO f(rowid, text) SELECT RAISE(ROLLBACK, 'no'), new.text; END;",
  ),
  'fails as one deletes': again(
    'ad',
    `AFTER DELETE ON memories BEGIN INSERT INTO f(f, rowid, text) VALUES ('no such command', old.id, old.text); END;`,
  ),
} as const;

const kinds = Object.keys(KINDS) as KindName[];

describe.concurrent('if maintaining an index fails, the index is set aside and the restore is not refused', () => {
  test.each(
    kinds.flatMap((kind) => Object.entries(UPKEEP).map(([fault, spoil]) => [kind, fault, spoil] as const)),
  )('contents %s, a trigger that %s', async (kind, fault, spoil) => {
    const { planned, said, saidOfUndo } = await restoreAndUndo(storyOf(KINDS[kind], spoil));
    const handling = kind === 'external' ? 'rebuilt' : 'left';
    expect([fault, planned]).toEqual([fault, { name: 'f', before: 'ok', handling }]);
    expect([said?.result, saidOfUndo?.result]).toEqual([handling, handling]);
  });

  test('the other indexes of the same table are still maintained', async () => {
    const story = storyOf(KINDS.own, UPKEEP['calls a function of the host']);
    const schema = `${story.schema} CREATE VIRTUAL TABLE g USING fts5(text, content='');
      CREATE TRIGGER g_ai AFTER INSERT ON memories BEGIN INSERT INTO g(rowid, text) VALUES (new.id, new.text); END;
      CREATE TRIGGER g_ad AFTER DELETE ON memories BEGIN
        INSERT INTO g(g, rowid, text) VALUES ('delete', old.id, old.text); END;`;
    const { plan, receipt } = await restoreAndUndo({ ...story, schema }, ({ databaseFile }) => {
      expect(findMatches(databaseFile, 'g', 'apples')).toEqual([1, 7]);
      expect(findMatches(databaseFile, 'f', 'apples')).toEqual([1, 3]);
    });
    expect(plan.searchIndexes).toEqual([
      { name: 'f', before: 'ok', handling: 'left' },
      { name: 'g', before: 'ok', handling: 'follows' },
    ]);
    expect(receipt.checks.filter(({ check }) => check === 'search-index')).toMatchObject([
      { subject: 'f', result: 'left' },
      { subject: 'g', result: 'ok' },
    ]);
  });

  test('an index without contents from which nothing can be removed', async () => {
    const kind = { ...KINDS.none, remove: 'DELETE FROM f WHERE rowid = old.id' };
    const story = storyOf(kind, '');
    const { planned, said } = await restoreAndUndo({
      ...story,
      since: "INSERT INTO memories VALUES (3, 'apples new');",
    });
    expect([planned?.handling, said?.result]).toEqual(['left', 'left']);
  });

  test.each(['external', 'own', 'none', 'own, FTS4'] as const)(
    'contents %s, a tokenizer of the host',
    async (kind) => {
      const spoil = `PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, '(text', '(text, tokenize=host_words') WHERE name = 'f';`;
      const { planned, said, saidOfUndo } = await restoreAndUndo(storyOf(KINDS[kind], spoil));
      // Without contents, its check needs no words.
      const before = kind === 'none' ? 'ok' : 'unchecked';
      expect(planned).toEqual({ name: 'f', before, handling: 'left' });
      expect([said?.result, saidOfUndo?.result]).toEqual(['left', 'left']);
      expect(said?.detail).toContain(before === 'ok' ? 'cannot be brought along' : 'cannot be opened here');
    },
  );

  test("and the host's triggers run again for the host afterwards", async () => {
    const story = storyOf(
      KINDS.external,
      again(
        'ad',
        'AFTER DELETE ON memories BEGIN INSERT INTO f(f, rowid, text) VALUES ("delete", old.id, old.text); END;',
      ),
    );
    await restoreAndUndo(story, (place) =>
      asHost(place, (db) => {
        db.exec("BEGIN; INSERT INTO memories VALUES (70, 'apples of the host');");
        expect(db.prepare("SELECT rowid FROM f WHERE f MATCH 'apples'").pluck().all()).toEqual([1, 7, 70]);
        db.exec('ROLLBACK');
      }),
    );
  });

  test('but a fault of the tables themselves makes plan and restore refuse with the same code', async () => {
    const { place, id, since } = await live(root(), {
      ...storyOf(
        KINDS.external,
        `${UPKEEP['refuses every row']} DELETE FROM memories WHERE id = 3; CREATE UNIQUE INDEX u ON memories (substr(text, 1, 6));`,
      ),
    });
    const folder = await open(place);
    const request = restoring(id);
    expect((await planRestore(folder, request)).refusals).toMatchObject([{ code: 'row-refused' }]);
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('row-refused');
    expect(readState(place.databaseFile)).toEqual(since);
  });
});

const DAMAGE = {
  'lacks its segments': 'DELETE FROM f_data WHERE id > 10;',
  'holds rubbish': "UPDATE f_data SET block = x'00' WHERE id > 10;",
  'is wiped': 'DELETE FROM f_data;',
  'lacks a size': 'DELETE FROM f_docsize WHERE id = 1;',
  'lacks a content': 'DELETE FROM f_content WHERE id = 1;',
  'holds another content': "UPDATE f_content SET c0 = 'quinces' WHERE id = 2;",
  'lacks a part': 'DROP TABLE f_docsize;',
  'lacks its data': 'DROP TABLE f_data;',
  'has a rubbish structure': "UPDATE f_data SET block = x'00' WHERE id = 10;",
  'has rubbish totals': "UPDATE f_data SET block = x'ff' WHERE id = 1;",
  'lacks its settings': 'DELETE FROM f_config;',
  'holds rubbish segments': "UPDATE f_segdir SET root = x'00';",
  'lacks its directory': 'DROP TABLE f_segdir;',
} as const;
type DamageName = keyof typeof DAMAGE;

/** What becomes of each index with each damage, as `before` and `handling` in the plan, and `result` in the receipt. */
const MENDED = ['stale', 'rebuilt', 'rebuilt'];
const LEFT = ['stale', 'left', 'left'];
const UNOPENED = ['unchecked', 'left', 'left'];
const CASES: readonly (readonly [KindName, DamageName, readonly string[]])[] = [
  ['external', 'lacks its segments', MENDED],
  ['external', 'holds rubbish', MENDED],
  ['external', 'is wiped', MENDED],
  ['external', 'lacks a size', MENDED],
  ['external', 'lacks a part', UNOPENED],
  ['external', 'lacks its data', UNOPENED],
  ['external', 'lacks its settings', UNOPENED],
  ['own', 'lacks its segments', MENDED],
  ['own', 'holds rubbish', MENDED],
  ['own', 'is wiped', MENDED],
  ['own', 'lacks a size', MENDED],
  // What is left of its contents is less than the table holds.
  ['own', 'lacks a content', LEFT],
  ['own', 'holds another content', MENDED],
  ['own', 'lacks a part', UNOPENED],
  ['own', 'lacks its data', UNOPENED],
  ['own', 'lacks its settings', UNOPENED],
  ['external', 'has a rubbish structure', MENDED],
  ['external', 'has rubbish totals', MENDED],
  ['own', 'has a rubbish structure', MENDED],
  ['own', 'has rubbish totals', MENDED],
  // Without contents, its check does not look there; keeping it up does.
  ['none', 'has a rubbish structure', ['ok', 'left', 'left']],
  ['none', 'has rubbish totals', ['ok', 'left', 'left']],
  ['none', 'lacks its segments', LEFT],
  ['none', 'holds rubbish', LEFT],
  ['none', 'is wiped', LEFT],
  ['none', 'lacks a part', UNOPENED],
  ['none', 'lacks its settings', UNOPENED],
  ['none, with deletion', 'is wiped', LEFT],
  ['own, FTS4', 'holds rubbish segments', MENDED],
  ['own, FTS4', 'lacks its directory', UNOPENED],
  // Its check does not need that part.
  ['own, FTS4', 'lacks a part', ['ok', 'left', 'left']],
];

test.each([
  ['most rows', 'true'],
  ['few rows', 'id % 100 = 0'],
])(
  'where %s differ, an index follows them all the same, and finds exactly what came back',
  async (_, which) => {
    const { schema } = storyOf(KINDS.external, '');
    const rows = (text: string, rest: string) =>
      `INSERT INTO memories WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 3000)
      SELECT id, ${text} || id FROM n WHERE ${rest};`;
    const story: Story = {
      schema,
      before: rows("iif(id IN (5, 700), 'apples ', 'plums ')", 'true'),
      since: `DELETE FROM memories WHERE ${which}; ${rows("'apples and more '", `id < 2990 AND ${which}`)}`,
    };
    const { place, plan, planned, said, saidOfUndo } = await restoreAndUndo(story, ({ databaseFile }) =>
      expect(findMatches(databaseFile, 'f', 'apples')).toEqual([5, 700]),
    );
    expect([planned?.before, planned?.handling, said?.result, saidOfUndo?.result]).toEqual([
      'ok',
      'follows',
      'ok',
      'ok',
    ]);
    expect(plan.triggers.map(({ handling }) => handling)).toEqual(['kept', 'kept']);
    const apples = asHost(place, (db) =>
      db.prepare("SELECT id FROM memories WHERE text LIKE 'apples%'").pluck().all(),
    );
    expect(findMatches(place.databaseFile, 'f', 'apples')).toEqual(apples);
  },
);

describe.concurrent('a damaged search index is not a damaged database', () => {
  test.each(CASES)('contents %s, an index that %s', async (kind, damage, expected) => {
    const story = storyOf(KINDS[kind], DAMAGE[damage]);
    const findsAsThen = ({ databaseFile }: Place) =>
      expect(findMatches(databaseFile, 'f', 'apples')).toEqual([1, 7]);
    const { planned, said } = await restoreAndUndo(story, expected === MENDED ? findsAsThen : undefined);
    expect([planned?.before, planned?.handling, said?.result]).toEqual(expected);
  });

  test.each(Object.entries(DAMAGE).filter(([name]) => !/settings|segments|directory/.test(name)))(
    'one that the plan does not reach is left as it is, even if it %s',
    async (_, damage) => {
      const story = storyOf(KINDS.own, damage);
      const schema = story.schema
        .replaceAll(/CREATE TRIGGER[\s\S]*?END;/g, '')
        .concat("INSERT INTO f(rowid, text) VALUES (1, 'apples'), (2, 'plums');");
      const { plan, said } = await restoreAndUndo({ ...story, schema });
      expect([plan.searchIndexes, said, plan.damage.length]).toEqual([[], undefined, 1]);
    },
  );

  test('but a damaged page of an index’s own tables is, and makes plan and restore refuse', async () => {
    const story = storyOf(KINDS.own, '');
    const { place, id } = await live(root(), story);
    const { root: page, size } = asHost(place, (db) => ({
      root: Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'f_data'").pluck().get()),
      size: Number(db.pragma('page_size', { simple: true })),
    }));
    run(place, 'PRAGMA wal_checkpoint(TRUNCATE)');
    const file = openSync(place.databaseFile, 'r+');
    writeSync(file, Buffer.alloc(64, 0xff), 0, 64, (page - 1) * size);
    closeSync(file);
    const folder = await open(place);
    const request = restoring(id);
    const bytes = readFileSync(place.databaseFile);
    expect(await codeOf(planRestore(folder, request))).toBe('database-damaged');
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('database-damaged');
    expect(readFileSync(place.databaseFile).equals(bytes)).toBe(true);
  });
});

/** Rows are not deleted but marked as deleted, and the index holds the others: what each of its triggers looks at. */
const SOFT = {
  come: 'AFTER INSERT ON memories WHEN new.gone = 0',
  always: 'AFTER INSERT ON memories',
  go: 'AFTER DELETE ON memories WHEN old.gone = 0',
  goAlways: 'AFTER DELETE ON memories',
  mark: 'AFTER UPDATE OF gone ON memories WHEN new.gone = 1 AND old.gone = 0',
  comeByQuery: 'AFTER INSERT ON memories',
  goByQuery: 'AFTER DELETE ON memories',
  unmarked: 'AFTER UPDATE OF gone ON memories',
  markByQuery: 'AFTER UPDATE ON memories',
  // Saves work, and passes over nothing that matters.
  edit: 'AFTER UPDATE ON memories WHEN old.text IS NOT new.text',
} as const;

/** The triggers, what becomes of the index, and what its search finds once the snapshot is back. */
const PARTIAL: readonly (readonly [string, readonly (keyof typeof SOFT)[], string, readonly number[]])[] = [
  ['the same rows come and go', ['come', 'go', 'mark'], 'follows', [1, 2, 4]],
  ['there is no trigger for rows that go', ['come', 'mark'], 'left', [1, 5]],
  ['there is none, and all rows come', ['always', 'mark'], 'left', [1, 5]],
  ['rows come whatever they are, and leave when marked', ['always', 'go', 'mark'], 'left', [1, 5]],
  [
    'what is put in and taken out is chosen by a query',
    ['comeByQuery', 'goByQuery', 'mark'],
    'follows',
    [1, 2, 4],
  ],
  ['a mark takes a row out, whatever it is', ['always', 'goAlways', 'unmarked'], 'left', [1, 5]],
  ['an edit puts a row back if it is not marked', ['always', 'goByQuery', 'markByQuery'], 'left', [1, 5]],
  [
    'all rows come and go, and an edit is told of if it is one',
    ['always', 'goAlways', 'edit'],
    'follows',
    [1, 2, 3, 4],
  ],
];

describe.concurrent('an index that holds only some of the rows', () => {
  const take = "INSERT INTO f(f, rowid, text) VALUES ('delete', old.id, old.text);";
  const put = 'INSERT INTO f(rowid, text) VALUES (new.id, new.text);';
  const takeChosen = "INSERT INTO f(f, rowid, text) SELECT 'delete', old.id, old.text WHERE old.gone = 0;";
  const putChosen = 'INSERT INTO f(rowid, text) SELECT new.id, new.text WHERE new.gone = 0;';
  const bodies = {
    ...{ come: put, always: put, comeByQuery: putChosen },
    ...{ go: take, goAlways: take, goByQuery: takeChosen },
    ...{ mark: take, unmarked: take, markByQuery: `${takeChosen} ${putChosen}`, edit: `${take} ${put}` },
  };
  test.each(PARTIAL)(
    'is exact, or left alone and reported as such: %s',
    async (_, triggers, handling, found) => {
      const story = {
        schema: `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT, gone INTEGER DEFAULT 0);
        CREATE VIRTUAL TABLE f USING fts5(text, content='memories', content_rowid='id');
        ${triggers.map((name) => `CREATE TRIGGER ${name} ${SOFT[name]} BEGIN ${bodies[name]} END;`).join(' ')}`,
        before: `INSERT INTO memories VALUES (1, 'apples', 0), (2, 'apples', 0), (3, 'apples', 0), (4, 'apples', 0);
        UPDATE memories SET gone = 1 WHERE id = 3;`,
        since:
          "UPDATE memories SET gone = 1 WHERE id IN (2, 4); INSERT INTO memories VALUES (5, 'apples', 0);",
      };
      const { planned, said } = await restoreAndUndo(story, ({ databaseFile }) =>
        expect(findMatches(databaseFile, 'f', 'apples')).toEqual(found),
      );
      expect(planned).toEqual({ name: 'f', before: 'ok', handling });
      expect(said?.result).toBe(handling === 'left' ? 'left' : 'ok');
      expect(/rebuilds it, .* may miss/.test(said?.detail ?? '')).toBe(handling === 'left');
    },
  );
});
