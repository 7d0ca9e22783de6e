import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createRandom } from '../../src/demo/random.ts';
import { askSeed, seedMissing } from '../interop/seed.ts';
import { describeRows } from './world-rows.ts';
import { workAfter, worldSchema } from './world-schema.ts';

/** Events of each size. A “huge” world's snapshot has more than a gigabyte; it is only made when asked for. */
export const worldSizes = { small: 300, typical: 30_000, large: 300_000, huge: 2_000_000 } as const;
export type WorldSize = keyof typeof worldSizes;

/** The database and the one snapshot of every world, below its folder. */
export const worldDatabase = 'chat.db';
export const worldSnapshot = 'rewind/20260101T000000Z';

export function isWorldSize(text: string): text is WorldSize {
  return Object.hasOwn(worldSizes, text);
}

/** Makes a data folder of that size with a snapshot that the seed wrote. Both are the same every time. */
export async function buildWorld(dir: string, size: WorldSize): Promise<void> {
  if (seedMissing !== null) throw new Error(`The seed is needed to write the snapshot: ${seedMissing}.`);
  await mkdir(dir, { recursive: true });
  const file = join(dir, worldDatabase);
  if (existsSync(file)) throw new Error(`There is a world in ${dir} already.`);
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec(`${worldSchema} BEGIN`);
  for (const { table, count, row } of describeRows(worldSizes[size], createRandom(31))) {
    const insert = db.prepare(`INSERT INTO ${table} VALUES (${row(0).map(() => '?')})`);
    for (let index = 0; index < count; index += 1) insert.run(row(index));
  }
  db.exec('COMMIT');
  db.close();
  await takeAs(dir, snapshotFile(dir));
}

/** Has the seed take a snapshot, and gives the file that name. */
async function takeAs(dir: string, name: string): Promise<void> {
  const folder = join(dir, 'snapshots', 'rewind');
  const before = new Set(existsSync(folder) ? await readdir(folder) : []);
  askSeed('take', { dir, databaseFile: join(dir, worldDatabase) }, ['rewind']);
  const written = (await readdir(folder)).find((one) => !before.has(one));
  if (written !== undefined) await rename(join(folder, written), name);
}

/** Goes on with a world until it has so many snapshots, each of which differs from the one before in one percent of its rows. */
export async function continueWorld(dir: string, snapshots: number): Promise<void> {
  for (let hour = 1; hour < snapshots; hour += 1) {
    changeWorld(dir, 1);
    await takeAs(dir, join(dir, 'snapshots/rewind', `20260101T${String(hour).padStart(2, '0')}0000Z.json`));
  }
}

/** Changes that share of the rows, in percent, in the database only. */
export function changeWorld(dir: string, percent: number): void {
  const db = new Database(join(dir, worldDatabase));
  db.exec(`BEGIN; ${workAfter(percent)} COMMIT`);
  db.close();
}

export function snapshotFile(dir: string): string {
  return join(dir, 'snapshots', `${worldSnapshot}.json`);
}
