import type { DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import type { NotSearched, RowHistory, RowName, RowVersion, SaidText, StoredValue } from '../model/search.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { listWithBackups, type SnapshotFile } from '../snapshots/files.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { sameKey } from '../sqlite/same-values.ts';
import type { Table } from '../sqlite/table.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { stageColumn } from '../stage/layout.ts';
import { lookAgain } from '../stage/look-again.ts';
import { findOwnKey } from '../stage/own-key.ts';
import { type Tables, withTables } from '../stage/own-tables.ts';
import type { Stage } from '../stage/stage.ts';
import { stageById } from '../stage/staged-view.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import { notesOf } from './lost-tables.ts';
import { readSaid } from './said-text.ts';
import { timeOf, whyNotRead } from './search.ts';
import { writeValue } from './stored-key.ts';

type Row = RowVersion['row'];

/** `isWritten`: a person wrote the key, so that a text may also mean the value that it spells. */
type AskedRow = RowName & { readonly isWritten?: boolean };

/**
 * The distinct versions of one row over all snapshots and the database as it is now. Each snapshot is asked by the row's
 * key, and has to be read only if it was not before. Reads only.
 * @throws `usage` for a table that does not exist or has no key, or another number of values; as `withTables` and
 * `listWithBackups`; `cancelled`
 */
export async function readRowHistory(
  folder: DataFolder,
  { table: name, key: given, isWritten = false }: AskedRow,
  task: TaskOptions = {},
): Promise<RowHistory> {
  const snapshots = (await listWithBackups(folder)).toSorted((a, b) => timeOf(a) - timeOf(b));
  const ids = snapshots.flatMap(({ id, problem }) => (problem === null ? [id] : []));
  const privateFolder = await createPrivateFolder();
  try {
    return await withTables(folder, ids, { signal: task.signal }, async (live) => {
      const table = requireTable(live, name, given);
      const keys = createKeys(table, given.length);
      const readings = (isWritten ? readingsOf(given) : [given]).map((key) => ({
        key,
        versions: createVersions((row) => readSaid(folder.profile, table.name, row)),
      }));
      const notSearched: NotSearched[] = [];
      for (const [done, snapshot] of snapshots.entries()) {
        throwIfCancelled(task);
        const place = { folder: privateFolder, live, proof: 'facts' } as const;
        const missed = await unlessUnread(snapshot, () =>
          lookAgain(async (withStages) => {
            const { stage } = await stageById(folder, snapshot.id, place, { signal: task.signal });
            return withStages([stage], async () => {
              const keyed = keys.of(stage);
              const rows = readings.map(({ key }) =>
                keyed === null ? null : findInStage(stage, keyed, key),
              );
              for (const [at, { versions }] of readings.entries())
                versions.add(rows[at] ?? null, snapshot.id);
              const reasons = [...notesOf(stage, table.name), ...(keyed === null ? [keys.whyNone] : [])];
              for (const reason of reasons) notSearched.push({ id: snapshot.id, reason });
            });
          }),
        );
        if (missed !== null) notSearched.push(missed);
        task.onProgress?.({
          ...{ phase: 'search', done: done + 1, total: snapshots.length },
          ...{ unit: 'files', cancellable: true },
        });
      }
      if (live.from === 'database')
        for (const { key, versions } of readings)
          versions.add(await withLockPatience(task, () => findInDatabase(live.db, table, key)), null);
      else notSearched.push({ id: null, reason: folder.databaseProblem?.message ?? 'It cannot be read.' });
      keys.requireOne();
      // One reading holds for all states, or the versions would be of several rows.
      const found = readings.find(({ versions }) => versions.all().length > 0);
      return { table: table.name, key: given, versions: found?.versions.all() ?? [], notSearched };
    });
  } finally {
    await privateFolder.remove();
  }
}

async function unlessUnread(
  { id, problem }: SnapshotFile,
  read: () => Promise<void>,
): Promise<NotSearched | null> {
  if (problem !== null) return { id, reason: problem };
  try {
    await read();
    return null;
  } catch (error) {
    return whyNotRead(id, error);
  }
}

function requireTable({ schema, from }: Tables, name: string, key: readonly StoredValue[]): Table {
  const table = schema.tables.get(foldName(name));
  if (table === undefined) throw refuse(name, `The database has no table “${name}”.`);
  const { length } = table.key;
  if (length === 0 && from === 'database')
    throw refuse(name, `“${name}” has no primary key, so its rows cannot be followed over time.`);
  if (length > 0 && length !== key.length)
    throw refuse(
      name,
      `The key of “${name}” has ${length} ${length === 1 ? 'value' : 'values'}: ${table.key.join(', ')}.`,
    );
  return table;
}

function refuse(table: string, message: string): SnapbackError {
  return new SnapbackError('usage', message, { table });
}

/** By which columns a table's rows are found. Without the database, each snapshot tells which of its columns tell them apart. */
function createKeys(table: Table, values: number) {
  const { name, key } = table;
  let isFound = key.length > 0;
  const cannot = `cannot be told apart by ${values} ${values === 1 ? 'value' : 'values'}`;
  return {
    whyNone: `The rows of “${name}” ${cannot} in it.`,
    /** The table with its key in this snapshot. Null: there are rows, which cannot be found by so many values. */
    of(stage: Stage): Table | null {
      const staged = stage.tables.find((one) => one.live.name === name);
      if (key.length > 0 || staged === undefined || staged.rows === 0) return table;
      const rows = [{ db: stage.db, staged }] as const;
      isFound ||= findOwnKey(rows).length === values;
      const own = findOwnKey(rows, values);
      if (own.length !== values) return null;
      return { ...table, key: own };
    },
    /** @throws `usage` where no snapshot has such a key */
    requireOne(): void {
      if (!isFound) throw refuse(name, `Without the database, the rows of “${name}” ${cannot}.`);
    },
  };
}

function findInStage(stage: Stage, live: Table, key: readonly StoredValue[]): Row | null {
  const staged = stage.tables.find((one) => one.live.name === live.name);
  if (staged === undefined || staged.rows === 0) return null;
  const inStage = (column: string) => {
    const place = staged.columns.indexOf(column);
    return place === -1 ? null : stageColumn(place);
  };
  const columns = live.columns.flatMap(({ name }) => {
    const sql = inStage(name);
    return sql === null ? [] : [{ name, sql }];
  });
  const keySql = live.key.map(inStage);
  if (keySql.includes(null)) return null;
  return findRow(
    stage.db,
    { from: staged.name, live, columns, key: keySql.flatMap((sql) => sql ?? []) },
    key,
  );
}

function findInDatabase(db: AnyDatabase, live: Table, key: readonly StoredValue[]): Row | null {
  const columns = live.columns.map(({ name }) => ({ name, sql: quoteName(name) }));
  const from = `main.${quoteName(live.name)}`;
  return findRow(db, { from, live, columns, key: live.key.map(quoteName) }, key);
}

type Place = {
  readonly from: string;
  readonly live: Table;
  readonly columns: readonly { readonly name: string; readonly sql: string }[];
  /** SQL of the key's columns. */
  readonly key: readonly string[];
};

function findRow(
  db: AnyDatabase,
  { from, live, columns, key }: Place,
  values: readonly StoredValue[],
): Row | null {
  const where = key.map((sql, index) => sameKey(live, live.key[index] ?? '', sql, '?'));
  const sql = `SELECT ${columns.map((one) => one.sql).join(', ')} FROM ${from} WHERE ${where.join(' AND ')} LIMIT 1`;
  const found = db
    .prepare<StoredValue[], StoredValue[]>(sql)
    .raw()
    .safeIntegers()
    .get(...values);
  return found === undefined ? null : columns.map(({ name }, index) => [name, found[index] ?? null]);
}

/** More ways to read a key are not tried. */
const MOST_READINGS = 16;

/** What a written key can mean: first each text as it stands, then what all of them spell, then the mixtures. */
function readingsOf(key: readonly StoredValue[]): readonly (readonly StoredValue[])[] {
  const both = key.map((value) => [...new Set([value, spelledBy(value)])]);
  const mixtures = both.reduce<readonly (readonly StoredValue[])[]>(
    (begun, values) =>
      begun.slice(0, MOST_READINGS).flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  );
  const spelled = key.map(spelledBy);
  return [key, spelled, ...mixtures].slice(0, MOST_READINGS);
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** The number that a text spells, or the value that it is the JSON of, as `search` prints it; else the value itself. */
function spelledBy(value: StoredValue): StoredValue {
  if (typeof value !== 'string') return value;
  const base64 = /^\{\s*"base64":\s*"([A-Za-z0-9+/]*={0,2})"\s*\}$/.exec(value)?.[1];
  if (base64 !== undefined) return new Uint8Array(Buffer.from(base64, 'base64'));
  const infinite = /^\{\s*"real":\s*"(-?Infinity)"\s*\}$/.exec(value)?.[1];
  if (infinite !== undefined) return Number(infinite);
  if (!NUMBER.test(value)) return value;
  if (!/^-?\d+$/.test(value)) return Number(value);
  const number = BigInt(value);
  return BigInt.asIntN(64, number) === number ? number : value;
}

/** Collects versions in the order in which they first occur. */
function createVersions(readSaidIn: (row: Row) => SaidText | null) {
  type Known = Omit<RowVersion, 'in' | 'live'> & { readonly in: SnapshotId[]; live: boolean };
  const versions = new Map<string, Known>();
  return {
    /** `id` null: the database holds it now. */
    add(row: Row | null, id: SnapshotId | null): void {
      if (row === null) return;
      const content = JSON.stringify(row.map(([name, value]) => [name, writeValue(value)]));
      const version = versions.get(content) ?? { row, in: [], live: false, said: readSaidIn(row) };
      versions.set(content, version);
      if (id === null) version.live = true;
      else version.in.push(id);
    },
    all: (): readonly RowVersion[] => [...versions.values()],
  };
}
