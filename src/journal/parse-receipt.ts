import type { CheckResult, InUse, NotRestored, RestoreReceipt } from '../model/restore.ts';
import { parseSnapshotId } from '../snapshots/names.ts';

/**
 * Reads a receipt as the journal keeps it (64-bit integers as text), or null where it is not exactly one. Throws what
 * `parseSnapshotId` throws for an id that could reach another place.
 */
export function parseReceipt(value: unknown): RestoreReceipt | null {
  const source = members(value);
  if (source === null) return null;
  const planId = text(source.get('planId'));
  const action = oneOf(source.get('action'), ['restore', 'undo'] as const);
  const snapshotId = snapshot(source.get('snapshotId'));
  const mode = oneOf(source.get('mode'), ['full', 'projections'] as const);
  const finishedAt = text(source.get('finishedAt'));
  // Receipts of the first versions gave it another name.
  const safetyCopyId = snapshot(source.get('safetyCopyId') ?? source.get('safetySnapshotId'));
  const checkpointId = source.get('checkpointId') === null ? null : snapshot(source.get('checkpointId'));
  const tables = list(source.get('tables'), parseTable);
  // Receipts of earlier versions did not say it.
  const notRestored = list(source.get('notRestored') ?? [], parseNotRestored);
  const checks = list(source.get('checks'), parseCheck);
  const lastEventId = integer(source.get('lastEventId'));
  const writeLockMs = number(source.get('writeLockMs'));
  const whileOpen = source.get('whileOpen');
  const inUse = parseInUse(source.get('inUse'));
  if (planId === null || action === null || snapshotId === null || mode === null || finishedAt === null)
    return null;
  if (safetyCopyId === null || tables === null || checks === null || lastEventId === null) return null;
  if (notRestored === null) return null;
  if (source.get('checkpointId') !== null && checkpointId === null) return null;
  if (writeLockMs === null || typeof whileOpen !== 'boolean' || inUse === null) return null;
  return {
    planId,
    action,
    snapshotId,
    mode,
    finishedAt,
    safetyCopyId,
    checkpointId,
    tables,
    notRestored,
    checks,
    lastEventId,
    writeLockMs,
    whileOpen,
    inUse,
  };
}

function parseTable(value: unknown): RestoreReceipt['tables'][number] | null {
  const source = members(value);
  const name = text(source?.get('name'));
  const beforeHash = text(source?.get('beforeHash'));
  const afterHash = text(source?.get('afterHash'));
  const [rows, added, removed, changed] = ['rows', 'added', 'removed', 'changed'].map((key) =>
    number(source?.get(key)),
  );
  if (name === null || beforeHash === null || afterHash === null) return null;
  if (rows == null || added == null || removed == null || changed == null) return null;
  return { name, rows, beforeHash, afterHash, added, removed, changed };
}

function parseNotRestored(value: unknown): NotRestored | null {
  const source = members(value);
  const name = text(source?.get('name'));
  const rows = number(source?.get('rows'));
  const choice = source?.get('choice');
  return name === null || rows === null || typeof choice !== 'boolean' ? null : { name, rows, choice };
}

const CHECKS = [
  'content-hash',
  'bystanders',
  'foreign-keys',
  'integrity',
  'search-index',
  'derived',
  'schema',
  'checkpoint',
] as const;
const RESULTS = ['ok', 'unchanged-damage', 'came-back', 'rebuilt', 'left', 'not-run'] as const;

function parseCheck(value: unknown): CheckResult | null {
  const source = members(value);
  const check = oneOf(source?.get('check'), CHECKS);
  const result = oneOf(source?.get('result'), RESULTS);
  if (check === null || result === null) return null;
  return { check, subject: text(source?.get('subject')), result, detail: text(source?.get('detail')) };
}

function parseInUse(value: unknown): InUse | null {
  const source = members(value);
  const state = oneOf(source?.get('state'), ['yes', 'no', 'unknown'] as const);
  if (state !== 'yes') return state === null ? null : { state };
  const by = list(source?.get('by'), (item) => {
    const user = members(item);
    const pid = number(user?.get('pid'));
    const name = text(user?.get('name'));
    return pid === null || name === null ? null : { pid, name };
  });
  return by === null ? null : { state, by };
}

function members(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.length <= 10_000 ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A 64-bit integer written as text. */
function integer(value: unknown): bigint | null {
  const digits = text(value);
  return digits !== null && /^-?\d{1,19}$/.test(digits) ? BigInt(digits) : null;
}

function snapshot(value: unknown): string | null {
  const id = text(value);
  if (id !== null) parseSnapshotId(id);
  return id;
}

function oneOf<const T extends string>(value: unknown, known: readonly T[]): T | null {
  return known.find((one) => one === value) ?? null;
}

/** Null where one item is not what it should be. */
function list<T>(value: unknown, parse: (item: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(value)) return null;
  const parsed = value.map((item: unknown) => parse(item));
  const items = parsed.filter((item) => item !== null);
  return items.length === parsed.length ? items : null;
}
