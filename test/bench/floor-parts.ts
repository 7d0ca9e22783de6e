import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Place } from './place.ts';
import { snapshotFile, worldDatabase } from './world.ts';

/*
 * What no step can leave out, each part alone: bare SQLite and Node, without a plan and without words, and with tables
 * compared by their rowids.
 */

type Bench = {
  /** The database, with the snapshot's attached as “stage”. */
  readonly db: Database.Database;
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly snapshot: string;
  /** A file beside the database. */
  readonly beside: (name: string) => string;
};
/** `world`: how many percent of the rows differ where it is measured. */
export type Part = {
  readonly title: string;
  readonly world: 5 | 100;
  readonly run: (bench: Bench) => unknown;
};

const of5 = (title: string, run: Part['run']): Part => ({ title, world: 5, run });
const of100 = (title: string, run: Part['run']): Part => ({ title: `${title}, 100 %`, world: 100, run });

const CHECK = 'SQLite’s check of the file and its references';
const COMPARISON = 'comparison with a stage';
const COPY = 'safety copy, on the disk';
const COPY_HASH = 'hash of the safety copy';
const INDEX_CHECK = 'check of the search index';
const WRITE = 'write of what differs';
const COMMIT = 'commit';

/** In this order: some parts need what an earlier one made. */
export const parts = {
  countNew: of5('head of a checkpoint, and the events after it', countNew),
  check: of5(CHECK, checkFile),
  compare: of5(COMPARISON, compare),
  hashSnapshot: of5('hash of the snapshot', ({ snapshot }) => hashFile(snapshot)),
  hashStage: of5('hash of the stage', ({ beside }) => hashFile(beside('stage.db'))),
  copyPrivate: of5('private copy', ({ beside }) => copyFileSync(beside('live.db'), beside('private.db'))),
  copy: of5(COPY, copyDatabase),
  hashCopy: of5(COPY_HASH, ({ beside }) => hashFile(beside('copy.db'))),
  copySnapshot: of5('copy of the snapshot, on the disk', copySnapshot),
  write: of5(WRITE, write),
  checkRows: of5('check of the rows and their references', checkRows),
  checkIndex: of5(INDEX_CHECK, checkIndex),
  commit: of5(COMMIT, commit),
  writeText: of5('rows as JSON text, on the disk', writeText),
  hashText: of5('hash of that text', ({ beside }) => hashFile(beside('rows.json'))),
  lookAtBytes: of5('one look at each byte of the snapshot', lookAtBytes),
  layOut: of5('rows of the snapshot, laid out by SQLite', layOut),
  compareAll: of100(COMPARISON, compare),
  copyAll: of100(COPY, copyDatabase),
  hashCopyAll: of100(COPY_HASH, ({ beside }) => hashFile(beside('copy.db'))),
  writeAll: of100(WRITE, writeAll),
  checkAll: of100(CHECK, checkFile),
  checkIndexAll: of100(INDEX_CHECK, checkIndex),
  commitAll: of100(COMMIT, commit),
} as const satisfies Record<string, Part>;

/** A copy of that world. The caller closes `db`. */
export async function openBench(place: Place, world: Part['world']): Promise<Bench> {
  const beside = (name: string) => join(place.scratch, name);
  const before = await place.world(0);
  copyFileSync(join(await place.world(world), worldDatabase), beside('live.db'));
  copyFileSync(join(before, worldDatabase), beside('stage.db'));
  const db = new Database(beside('live.db'));
  db.exec(`PRAGMA foreign_keys = OFF; PRAGMA cache_size = -48000; ATTACH '${beside('stage.db')}' AS stage`);
  const names = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '*_fts*'`)
    .pluck()
    .all();
  const tables = names.map((name) => ({ name: String(name), columns: columnsOf(db, String(name)) }));
  return { db, tables, snapshot: snapshotFile(before), beside };
}

function columnsOf(db: Database.Database, table: string): readonly string[] {
  return db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table).map(String);
}

function countNew({ db, snapshot }: Bench): unknown {
  const head = Buffer.alloc(1 << 16);
  const file = openSync(snapshot, 'r');
  readSync(file, head);
  closeSync(file);
  const [, last] = /"last_event_id": (\d+)/.exec(head.toString()) ?? [];
  return db.prepare('SELECT count(*) FROM main.event_log WHERE id > ?').pluck().get(Number(last));
}

function checkFile({ db }: Bench): void {
  db.pragma('main.integrity_check');
  db.pragma('main.foreign_key_check');
}

function checkRows({ db, tables }: Bench): void {
  for (const { name } of tables) db.pragma(`main.quick_check(${name})`);
  db.pragma('main.foreign_key_check');
}

function checkIndex({ db }: Bench): void {
  db.exec(`INSERT INTO main.memories_fts(memories_fts, rank) VALUES ('integrity-check', 1)`);
}

function commit({ db }: Bench): void {
  db.exec('COMMIT');
}

const differing = (name: string, columns: readonly string[]) => `FROM stage.${name} AS theirs
  LEFT JOIN main.${name} AS ours ON ours.rowid = theirs.rowid
  WHERE ours.rowid IS NULL OR NOT (${columns.map((column) => `ours.${column} IS theirs.${column}`).join(' AND ')})`;

function compare({ db, tables }: Bench): void {
  for (const { name, columns } of tables) {
    db.prepare(`SELECT count(*) ${differing(name, columns)}`).get();
    db.prepare(`SELECT (SELECT count(*) FROM main.${name}), (SELECT count(*) FROM stage.${name})`).get();
  }
}

function write({ db, tables }: Bench): void {
  db.exec('BEGIN IMMEDIATE; CREATE TEMP TABLE put (id INTEGER PRIMARY KEY)');
  for (const { name, columns } of tables)
    db.exec(`
      DELETE FROM main.${name} WHERE rowid NOT IN (SELECT rowid FROM stage.${name});
      INSERT INTO put SELECT theirs.rowid ${differing(name, columns)};
      DELETE FROM main.${name} WHERE rowid IN put;
      INSERT INTO main.${name} (rowid, ${columns})
        SELECT rowid, ${columns} FROM stage.${name} WHERE rowid IN put;
      DELETE FROM put`);
}

/** Every row, and the search index once instead of with each. */
function writeAll({ db, tables }: Bench): void {
  db.exec('BEGIN IMMEDIATE');
  const triggers = db.prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`).raw().all();
  const rows = triggers.map((trigger) => (Array.isArray(trigger) ? trigger.map(String) : []));
  for (const [name] of rows) db.exec(`DROP TRIGGER main.${name}`);
  for (const { name, columns } of tables)
    db.exec(`DELETE FROM main.${name};
      INSERT INTO main.${name} (rowid, ${columns}) SELECT rowid, ${columns} FROM stage.${name}`);
  db.exec(`INSERT INTO main.memories_fts(memories_fts) VALUES ('rebuild')`);
  for (const [, sql = ''] of rows) db.exec(sql);
}

async function copyDatabase({ beside }: Bench): Promise<void> {
  const reader = new Database(beside('live.db'), { readonly: true });
  await reader.backup(beside('copy.db'), { progress: () => 10_000 });
  reader.close();
  flush(beside('copy.db'));
}

function copySnapshot({ snapshot, beside }: Bench): void {
  copyFileSync(snapshot, beside('checkpoint.json'));
  flush(beside('checkpoint.json'));
}

const ROWS_AT_ONCE = 2000;

/** SQLite's own text, which is not yet in ASCII as the host writes it. */
function writeText({ db, tables, beside }: Bench): void {
  const file = openSync(beside('rows.json'), 'w');
  for (const { name, columns } of tables) {
    const row = columns.map((column) => `'"${column}": ' || json_quote(${column})`).join(` || ', ' || `);
    const rows = db.prepare(
      `SELECT group_concat('{' || ${row} || '}', ', ') FROM ${name} WHERE rowid BETWEEN ? AND ?`,
    );
    const last = Number(db.prepare(`SELECT max(rowid) FROM ${name}`).pluck().get());
    for (let from = 0; from <= last; from += ROWS_AT_ONCE)
      writeSync(file, String(rows.pluck().get(from, from + ROWS_AT_ONCE - 1) ?? ''));
  }
  fsyncSync(file);
  closeSync(file);
}

function hashFile(path: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  const file = openSync(path, 'r');
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
    hash.update(buffer.subarray(0, read));
  closeSync(file);
  return hash.digest('hex');
}

const QUOTE = 0x22;

function lookAtBytes({ snapshot }: Bench): number {
  const bytes = readFileSync(snapshot);
  let quotes = 0;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === QUOTE) quotes += 1;
  return quotes;
}

const BYTES_AT_ONCE = 1 << 18;
const FIRST_ROW = '": [{"';
const NEXT_ROW = '}, {"';

/** The seed writes list after list and row after row, and no text of this world looks like the next one. */
function layOut({ db, tables, snapshot, beside }: Bench): void {
  const bytes = readFileSync(snapshot);
  const file = beside('laid-out.db');
  rmSync(file, { force: true });
  const laid = new Database(file);
  laid.exec('PRAGMA page_size = 16384; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; BEGIN');
  let from = bytes.indexOf(FIRST_ROW);
  while (from !== -1) {
    const name = bytes.toString('latin1', bytes.lastIndexOf('"', from - 1) + 1, from);
    const { columns = [] } = tables.find((table) => table.name === name) ?? {};
    const insert = prepareLayingOut(laid, { name, columns, keys: keysOf(db, name) });
    from += FIRST_ROW.length - 2;
    const end = bytes.indexOf('}]', from) + 1;
    while (from < end) {
      const next = end - from > BYTES_AT_ONCE ? bytes.indexOf(NEXT_ROW, from + BYTES_AT_ONCE) : -1;
      const to = next === -1 || next > end ? end : next + 1;
      insert.run(Buffer.concat([Buffer.from('['), bytes.subarray(from, to), Buffer.from(']')]));
      from = to + 2;
    }
    from = bytes.indexOf(FIRST_ROW, end);
  }
  laid.exec('COMMIT');
  laid.close();
}

function prepareLayingOut(
  laid: Database.Database,
  { name, columns, keys }: Bench['tables'][number] & { readonly keys: readonly string[] },
): Database.Statement {
  const declared = columns.map((column) =>
    keys.includes(column) ? `${column} INTEGER PRIMARY KEY` : column,
  );
  laid.exec(`CREATE TABLE ${name} (${declared})`);
  const values = columns.map((column) => `value ->> '$.${column}'`);
  return laid.prepare(`INSERT INTO ${name} SELECT ${values} FROM jsonb_each(jsonb(?))`);
}

/** The column that is the rowid, if there is one. */
function keysOf(db: Database.Database, table: string): readonly string[] {
  const sql = `SELECT name FROM pragma_table_info(?) WHERE pk = 1 AND type = 'INTEGER'`;
  return db.prepare(sql).pluck().all(table).map(String);
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
