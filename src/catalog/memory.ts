import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import type { LogExtent } from '../log/chain.ts';
import type { ReadMark } from '../log/live-log.ts';
import { isSystemError } from '../model/errors.ts';
import type { TableCount } from '../model/snapshots.ts';
import { mkdir, rename, rm, writeFile } from '../system/files.ts';
import { readSmallFile } from '../system/plain-file.ts';
import type { SnapshotFacts } from './facts.ts';

/** Facts of a file that was read whole, and how its log stood to the live one when that ended at `live`. */
export type Remembered = SnapshotFacts & {
  readonly lineage: { readonly verdict: 'same' | 'other'; readonly live: ReadMark } | null;
};

/** Facts by a file's key: a file that changed has another key. */
export type Memory = ReadonlyMap<string, Remembered>;

const VERSION = 1;

/**
 * What was learnt about a data folder's snapshots, kept outside of it so that a long history needs no second reading.
 * It may be lost or forged at any time without harm: what can't be understood counts as never seen.
 */
export async function recall(folder: DataFolder): Promise<Memory> {
  const text = folder.cacheDir === null ? null : await readSmallFile(fileOf(folder, folder.cacheDir));
  if (text === null) return new Map();
  try {
    const top = members(JSON.parse(text));
    const fits =
      top?.get('version') === VERSION &&
      top.get('dir') === folder.dir &&
      top.get('profile') === hashProfile(folder);
    if (!fits) return new Map();
    const entries: unknown = top.get('snapshots');
    return new Map(Array.isArray(entries) ? entries.flatMap((entry: unknown) => parseEntry(entry)) : []);
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/** Replaces what is kept, in one step, readable for its owner only. False where it can't be kept: nothing is lost by that. */
export async function remember(folder: DataFolder, memory: Memory): Promise<boolean> {
  if (folder.cacheDir === null) return false;
  const target = fileOf(folder, folder.cacheDir);
  const draft = `${target}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const contents = {
    version: VERSION,
    dir: folder.dir,
    profile: hashProfile(folder),
    snapshots: [...memory],
  };
  const text = JSON.stringify(contents, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  try {
    await mkdir(folder.cacheDir, { recursive: true, mode: 0o700 });
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
  try {
    await rename(draft, target);
    return true;
  } catch (error) {
    await rm(draft, { force: true });
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Which tables are read and which columns identify an event: what was learnt under another profile says nothing. */
function hashProfile({ profile: { log, tables } }: DataFolder): string {
  return createHash('sha256')
    .update(JSON.stringify([log, tables]))
    .digest('hex');
}

function fileOf(folder: DataFolder, cacheDir: string): string {
  return join(cacheDir, `${createHash('sha256').update(folder.dir).digest('hex').slice(0, 32)}.json`);
}

function parseEntry(value: unknown): readonly (readonly [string, Remembered])[] {
  if (!Array.isArray(value)) return [];
  const [key, facts]: readonly unknown[] = value;
  const remembered = parseRemembered(members(facts));
  return typeof key === 'string' && remembered !== null ? [[key, remembered]] : [];
}

function parseRemembered(facts: ReadonlyMap<string, unknown> | null): Remembered | null {
  const health = facts?.get('health');
  const healthDetail = textOrNull(facts?.get('healthDetail'));
  const tables = parseTables(facts?.get('tables'));
  if (facts === null || (health !== 'good' && health !== 'damaged')) return null;
  if (healthDetail === undefined || tables === undefined) return null;
  return {
    health,
    healthDetail,
    lastEventId: parseInteger(facts.get('lastEventId')),
    tables,
    undoes: parseUndoes(members(facts.get('undoes'))),
    log: parsePrefix(members(facts.get('log'))),
    prefix: parsePrefix(members(facts.get('prefix'))),
    lineage: parseLineage(members(facts.get('lineage'))),
  };
}

/** Undefined where it is neither a list of counts nor null. */
function parseTables(value: unknown): readonly TableCount[] | null | undefined {
  if (value === null) return null;
  if (!Array.isArray(value)) return undefined;
  const tables = value.flatMap((item: unknown): readonly TableCount[] => {
    const table = members(item);
    const [name, rows] = [table?.get('name'), table?.get('rows')];
    return typeof name === 'string' && isCount(rows) ? [{ name, rows }] : [];
  });
  return tables.length === value.length ? tables : undefined;
}

function parseUndoes(value: ReadonlyMap<string, unknown> | null): Remembered['undoes'] {
  const [snapshotId, action] = [value?.get('snapshotId'), value?.get('action')];
  return typeof snapshotId === 'string' && (action === 'restore' || action === 'undo')
    ? { snapshotId, action }
    : null;
}

function parsePrefix(value: ReadonlyMap<string, unknown> | null): LogExtent | null {
  const [events, chain] = [value?.get('events'), value?.get('chain')];
  return isCount(events) && typeof chain === 'string' ? { events, chain } : null;
}

function parseLineage(value: ReadonlyMap<string, unknown> | null): Remembered['lineage'] {
  const verdict = value?.get('verdict');
  const live = members(value?.get('live'));
  const [events, last, chain] = ['events', 'last', 'chain'].map((name) => live?.get(name));
  const lastId = parseInteger(live?.get('lastId'));
  if (verdict !== 'same' && verdict !== 'other') return null;
  return isCount(events) && typeof last === 'string' && typeof chain === 'string' && lastId !== null
    ? { verdict, live: { events, lastId, last, chain } }
    : null;
}

function members(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function textOrNull(value: unknown): string | null | undefined {
  return value === null || typeof value === 'string' ? value : undefined;
}

function parseInteger(value: unknown): bigint | null {
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}
