import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyRestore, applyUndo, type MergeSide, planRestore, takeSnapshot } from '../../src/index.ts';
import { merging } from '../support/merging.ts';
import { addEvents, asHost, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { REWIND, WAYS, type Way } from '../support/rewound.ts';
import { findFaults, readState } from '../support/state.ts';

/*
 * A merge takes each row from the side that changed it since the rewind; what both changed is a conflict and taken as chosen.
 * Nobody’s row is lost. With nothing newer it is the whole restore. It is undone exactly. What three-way means is computed
 * here in plain maps.
 */
const root = makeRoot();

const TABLES = {
  items: { key: ['id'], columns: ['id', 'a', 'b'] },
  named: { key: ['k'], columns: ['k', 'v'] },
  pairs: { key: ['x', 'y'], columns: ['x', 'y', 'v'] },
  loose: { key: [], columns: ['a', 'b'] },
  // No name is left by which its rowid could be reached.
  walled: { key: [], columns: ['rowid', 'oid', '_rowid_'] },
} as const;
type TableName = keyof typeof TABLES;
const NAMES = ['items', 'named', 'pairs', 'loose', 'walled'] as const satisfies readonly TableName[];
const SCHEMA = `
  CREATE TABLE items (id INTEGER PRIMARY KEY, a, b);
  CREATE TABLE named (k TEXT PRIMARY KEY, v);
  CREATE TABLE pairs (x INTEGER, y TEXT, v, PRIMARY KEY (x, y)) WITHOUT ROWID;
  CREATE TABLE loose (a, b);
  CREATE TABLE walled (rowid, oid, _rowid_);`;

type Step = {
  readonly table: TableName;
  readonly put: boolean;
  readonly key: number;
  readonly value: number;
};
type World = {
  readonly way: Way;
  readonly before: readonly Step[];
  readonly rewind: readonly Step[];
  readonly newer: readonly Step[];
  readonly newerEvents: number;
  /** An earlier event that a newer one replaces; 0: none. */
  readonly edited: number;
  readonly withBase: boolean;
  readonly take: MergeSide;
  readonly journalMode: 'wal' | 'delete';
};

const steps = (maxLength: number) =>
  fc.array(
    fc.record<Step>({
      table: fc.constantFrom(...NAMES),
      put: fc.boolean(),
      key: fc.nat({ max: 3 }),
      value: fc.nat({ max: 2 }),
    }),
    { maxLength, size: 'max' },
  );
const worlds = fc.record<World>({
  way: fc.constantFrom(...WAYS),
  before: steps(24),
  rewind: steps(12),
  newer: steps(12),
  newerEvents: fc.nat({ max: 3 }),
  edited: fc.nat({ max: 4 }),
  withBase: fc.boolean(),
  take: fc.constantFrom('mine', 'theirs'),
  journalMode: fc.constantFrom('wal', 'delete'),
});

function stepSql({ table, put, key, value }: Step): string {
  const values = {
    items: [key, value, `'b${value}'`],
    named: [`'k${key}'`, value],
    pairs: [key % 2, `'y${key}'`, value === 2 ? 'NULL' : value],
    loose: [key, value],
    walled: [key, value, "'w'"],
  }[table];
  const match = TABLES[table].columns.map((column, at) => `"${column}" IS ${values[at]}`);
  const isKeyed = TABLES[table].key.length > 0;
  const where = match.slice(0, isKeyed ? TABLES[table].key.length : undefined).join(' AND ');
  if (put) return `INSERT OR REPLACE INTO ${table} VALUES (${values.join(', ')});`;
  return `DELETE FROM ${table} WHERE ${where};`;
}

type Row = readonly unknown[];
/** Rows by their key; where there is none, by their values, each as often as there are. */
type Rows = ReadonlyMap<string, readonly Row[]>;
type Tables = Readonly<Record<TableName, Rows>>;

function readTables(place: Place): Tables {
  return asHost(place, (db) => {
    const readTable = (table: TableName): Rows => {
      const { key, columns } = TABLES[table];
      const rows = db
        .prepare<[], Row>(`SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${table}`)
        .raw()
        .all();
      return Map.groupBy(rows, (row) => JSON.stringify(key.length === 0 ? row : row.slice(0, key.length)));
    };
    return {
      items: readTable('items'),
      named: readTable('named'),
      pairs: readTable('pairs'),
      loose: readTable('loose'),
      walled: readTable('walled'),
    };
  });
}

const readLog = (place: Place): readonly Row[] =>
  asHost(place, (db) => db.prepare<[], Row>('SELECT * FROM event_log ORDER BY id').raw().all());

type Three = { readonly base: Tables | null; readonly mine: Tables; readonly theirs: Tables };

/** The rows of a key afterwards, or `conflict`, by the plainest rule that there is. */
function three(table: TableName, key: string, states: Three): readonly Row[] | 'conflict' {
  const [base, mine, theirs] = [states.base, states.mine, states.theirs].map(
    (tables) => tables?.[table].get(key) ?? [],
  );
  if (base === undefined || mine === undefined || theirs === undefined) return [];
  if (TABLES[table].key.length === 0) {
    const [row] = [...mine, ...theirs, ...base];
    // Each side’s additions and removals, but never more removed than there are, nor fewer left than one side kept whole.
    const [b, m, t] = [base.length, mine.length, theirs.length];
    const sum = t > m ? m + Math.min(t - m, Math.max(0, t - b)) : m - Math.min(m - t, Math.max(0, b - t));
    return row === undefined ? [] : Array.from({ length: sum }, () => row);
  }
  const [b, m, t] = [base, mine, theirs].map((rows) => JSON.stringify(rows));
  if (m === t || t === b) return mine;
  if (m === b) return theirs;
  return 'conflict';
}

const sorted = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).sort();

async function keepsToTheLaw(world: World): Promise<void> {
  const { way, withBase, take, journalMode, newerEvents, edited } = world;
  const place = await makePlace(root(), SCHEMA, { tables: NAMES, journalMode });
  run(place, `${addEvents(8, 'old')} ${world.before.map(stepSql).join(' ')}`);
  const [theirs, logThen] = [readTables(place), readLog(place)];
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, `${REWIND[way](5)} ${world.rewind.map(stepSql).join(' ')}`);
  const rewound = readTables(place);
  const base = withBase ? await takeSnapshot(folder, 'periodic') : null;
  const replaces = newerEvents > 0 && edited > 0;
  run(
    place,
    `${addEvents(newerEvents, 'new')} ${world.newer.map(stepSql).join(' ')}
      ${replaces ? `UPDATE event_log SET hidden = 1, superseded_by = 10 WHERE id = ${edited};` : ''}`,
  );
  const [mine, logNow, since] = [readTables(place), readLog(place), readState(place.databaseFile)];

  const states = { base: withBase ? rewound : null, mine, theirs };
  const keysOf = (table: TableName) => [...new Set([...mine[table].keys(), ...theirs[table].keys()])];
  const conflicts = NAMES.flatMap((table) =>
    keysOf(table)
      .filter((key) => three(table, key, states) === 'conflict')
      .map((key) => `${table} ${key}`),
  );
  const plan = await planRestore(folder, merging(id));
  expect(plan.base).toEqual(base === null ? null : { snapshot: base.id, inferred: false });
  expect(plan).toMatchObject({ conflictCount: conflicts.length, conflictsOpen: conflicts.length });
  const named = plan.conflicts.map(
    ({ table, key }) =>
      `${table} ${JSON.stringify(key.map((value) => (typeof value === 'bigint' ? Number(value) : value)))}`,
  );
  expect(named.sort()).toEqual(conflicts.sort());
  expect(plan.refusals.map(({ code }) => code)).toEqual(conflicts.length === 0 ? [] : ['conflicts-open']);
  expect(readState(place.databaseFile)).toEqual(since);

  await applyRestore(folder, merging(id, { choices: { all: take, tables: [] } }), NOW);
  const merged = readTables(place);
  for (const table of NAMES) {
    const expected = keysOf(table).flatMap((key) => {
      const found = three(table, key, states);
      if (found !== 'conflict') return found;
      return (take === 'mine' ? mine : theirs)[table].get(key) ?? [];
    });
    expect(sorted([...merged[table].values()].flat())).toEqual(sorted(expected));
    for (const [key, rows] of [...mine[table], ...theirs[table]])
      if (!rewound[table].has(key) && !conflicts.includes(`${table} ${key}`))
        expect(sorted(merged[table].get(key) ?? [])).toEqual(expect.arrayContaining(sorted(rows)));
  }
  const isEdited = ([event]: Row) => replaces && event === edited;
  expect(readLog(place)).toEqual([
    ...logThen.map((event) => (isEdited(event) ? logNow.find(isEdited) : event)),
    ...logNow.filter(([event]) => Number(event) > 9),
  ]);
  expect(findFaults(place.databaseFile)).toEqual([]);
  await applyUndo(folder, {}, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
}

async function isTheWholeRestore(world: World): Promise<void> {
  const place = await makePlace(root(), SCHEMA, { tables: NAMES, journalMode: world.journalMode });
  run(place, `${addEvents(8, 'old')} ${world.before.map(stepSql).join(' ')}`);
  const before = readState(place.databaseFile);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, `${REWIND[world.way](5)} ${world.rewind.map(stepSql).join(' ')}`);
  await takeSnapshot(folder, 'periodic');
  const plan = await planRestore(folder, merging(id));
  expect(plan).toMatchObject({ refusals: [], conflictCount: 0 });
  await applyRestore(folder, merging(id), NOW);
  const merged = readState(place.databaseFile);
  expect(merged).toEqual(before);
  const whole = restoring(id);
  expect(
    (await planRestore(folder, whole)).tables.every(
      ({ added, removed, changed }) => added + removed + changed === 0,
    ),
  ).toBe(true);
}

/** Runs each world beside others: most of a restore is waiting for the disk and the clock. */
function holds(law: (world: World) => Promise<void>, numRuns: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(worlds, { minLength: 4, maxLength: 4 }), async (list) => {
      await Promise.all(list.map(law));
    }),
    { numRuns },
  );
}

test('each row is taken from the side that changed it, what both changed as chosen, and no row is lost', () =>
  holds(keepsToTheLaw, 5));

test('with nothing newer, a merge is the whole restore', () => holds(isTheWholeRestore, 2));
