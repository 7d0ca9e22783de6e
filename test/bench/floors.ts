import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Command, measureProcess } from './measure.ts';
import type { Place } from './place.ts';
import { alignRows } from './report.ts';
import { describeSteps } from './steps.ts';
import { snapshotFile, worldDatabase } from './world.ts';

/*
 * The least that a step can cost while it keeps what it promises: each part alone, in bare SQLite and Node, without a plan
 * and without words, and with tables compared by their rowids. A goal below that is out of reach in this way of working.
 */

type Bench = {
  /** The database, with the snapshot's attached as “stage”. */
  readonly db: Database.Database;
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly snapshot: string;
  /** A file beside the database. */
  readonly beside: (name: string) => string;
};
type Part = (bench: Bench) => unknown;
type Seconds = { readonly cpu: number; readonly wall: number };

const check: Part = ({ db }) => [db.pragma('main.integrity_check'), db.pragma('main.foreign_key_check')];
const hashSnapshot: Part = ({ snapshot }) => hashFile(snapshot);
const hashStage: Part = ({ beside }) => hashFile(beside('stage.db'));
const hashCopy: Part = ({ beside }) => hashFile(beside('copy.db'));
const hashText: Part = ({ beside }) => hashFile(beside('rows.json'));
const commit: Part = ({ db }) => db.exec('COMMIT');

/** In this order: some parts need what an earlier one made. */
const parts: readonly (readonly [string, Part])[] = [
  ['SQLite’s check of the file and its references', check],
  ['comparison with a stage', compare],
  ['hash of the snapshot', hashSnapshot],
  ['hash of the stage', hashStage],
  ['safety copy, on the disk', copyDatabase],
  ['hash of the safety copy', hashCopy],
  ['copy of the snapshot, on the disk', copySnapshot],
  ['write of what differs', write],
  ['commit', commit],
  ['rows as JSON text, on the disk', writeText],
  ['hash of that text', hashText],
  ['one look at each byte of the snapshot', lookAtBytes],
];

/** Each of these needs what the one before it found or wrote, so a second thread cannot help. */
const restored: readonly Part[] = [compare, copyDatabase, write, compare, check, commit];
const proofs: readonly Part[] = [check, hashStage, hashCopy];
/** What a step needs beside the start of a process: one after the other, and what a second thread may do meanwhile. */
const needs: Readonly<
  Record<string, { readonly inTurn: readonly Part[]; readonly beside: readonly Part[] }>
> = {
  take: { inTurn: [writeText, hashText], beside: [] },
  'verify-seed': { inTurn: [hashSnapshot, lookAtBytes], beside: [] },
  'restore-5-read': { inTurn: restored, beside: [...proofs, hashSnapshot, copySnapshot, hashSnapshot] },
  undo: { inTurn: [...restored, writeText, hashText], beside: proofs },
};

/** Measures every part once, in the world that differs by 5 %, and each step's peer. Returns two tables. */
export async function measureFloors(place: Place): Promise<string> {
  const bench = await openBench(place);
  const costs = new Map<Part, Seconds>();
  for (const [, part] of parts) costs.set(part, await measure(part, bench));
  bench.db.close();
  const start = await measureProcess(place.bare('--help'));
  const sum = (needed: readonly Part[], kind: keyof Seconds) =>
    needed.reduce((total, part) => total + (costs.get(part)?.[kind] ?? Number.NaN), start[kind]);

  const steps = [['step', 'least, CPU s', 'wall s', 'peer', 'CPU s', 'wall s', 'least : peer, CPU', 'wall']];
  for (const { name, title, peer } of describeSteps(place)) {
    const need = needs[name];
    if (need === undefined || peer === null) continue;
    const command: Command = await peer.prepare();
    const theirs = await peer.measure(command);
    await place.tidy();
    const least = { cpu: sum([...need.inTurn, ...need.beside], 'cpu'), wall: sum(need.inTurn, 'wall') };
    steps.push([
      title,
      ...[least.cpu, least.wall].map((seconds) => seconds.toFixed(2)),
      peer.name,
      ...[theirs.cpu, theirs.wall].map((seconds) => seconds.toFixed(2)),
      ...[least.cpu / theirs.cpu, least.wall / theirs.wall].map((ratio) => `${ratio.toFixed(2)}x`),
    ]);
  }
  const list = parts.map(([title, part]) => {
    const { cpu = Number.NaN, wall = Number.NaN } = costs.get(part) ?? {};
    return [title, cpu.toFixed(2), wall.toFixed(2)];
  });
  return `${alignRows([['part', 'CPU s', 'wall s'], ...list])}\n\n${alignRows(steps)}`;
}

async function openBench(place: Place): Promise<Bench> {
  const beside = (name: string) => join(place.scratch, name);
  const before = await place.world(0);
  copyFileSync(join(await place.world(5), worldDatabase), beside('live.db'));
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

async function measure(part: Part, bench: Bench): Promise<Seconds> {
  const [before, began] = [process.cpuUsage(), performance.now()];
  await part(bench);
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - began) / 1000 };
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

function flush(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
