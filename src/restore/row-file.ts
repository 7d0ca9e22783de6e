import { parseJson } from '../log/payload.ts';
import { SnapbackError } from '../model/errors.ts';
import type { RowName, StoredValue } from '../model/search.ts';
import type { MergeChoices } from '../model/selection.ts';
import { openPlainFile } from '../system/plain-file.ts';

const LARGEST_BYTES = 32 * 1024 * 1024;
const FORM = 'a JSON list of rows such as {"table": "memories", "key": [12]}';

/**
 * Reads the names of rows from a file: a JSON list of objects with `table` and `key`, the values of the row’s key in their
 * order, as the command line prints them. @throws `usage` where it holds something else, system errors
 */
export async function readRowNames(path: string): Promise<readonly RowName[]> {
  const parsed = parseJson(await readText(path));
  if (!Array.isArray(parsed) || parsed.length === 0) throw refuse(`It must hold ${FORM}.`);
  return parsed.map((one: unknown, index) => {
    const row = isRecord(one) ? one : {};
    const { table, key } = row;
    if (typeof table !== 'string' || !Array.isArray(key) || key.length === 0)
      throw refuse(`It must hold ${FORM}; number ${index + 1} is something else.`);
    return { table, key: key.map((value: unknown) => readValue(value, index)) };
  });
}

const CHOICES_FORM = 'JSON such as {"chats": "mine", "memories": [{"key": [3], "take": "theirs"}]}';

/**
 * Reads from a file which sides a merge takes: for each table `mine`, `theirs`, or a list of rows by their keys.
 * @throws `usage` where it holds something else, system errors
 */
export async function readMergeChoices(path: string): Promise<MergeChoices['tables']> {
  const parsed = parseJson(await readText(path));
  if (!isRecord(parsed) || Object.keys(parsed).length === 0) throw refuse(`It must hold ${CHOICES_FORM}.`);
  return Object.entries(parsed).map(([table, said]) => {
    if (isSide(said)) return { table, take: said };
    if (!Array.isArray(said))
      throw refuse(`It must hold ${CHOICES_FORM}; that of “${table}” is something else.`);
    const rows = said.map((one: unknown, index) => {
      const { key, take } = isRecord(one) ? one : {};
      if (!Array.isArray(key) || key.length === 0 || !isSide(take))
        throw refuse(`It must hold ${CHOICES_FORM}; number ${index + 1} of “${table}” is something else.`);
      return { key: key.map((value: unknown) => readValue(value, index)), take };
    });
    return { table, take: rows };
  });
}

function isSide(value: unknown): value is 'mine' | 'theirs' {
  return value === 'mine' || value === 'theirs';
}

async function readText(path: string): Promise<string> {
  const file = await openPlainFile(path);
  if (file.handle === null) throw refuse(file.problem);
  try {
    if (file.facts.size > LARGEST_BYTES) throw refuse('It is larger than 32 MiB.');
    return decode(await file.handle.readFile());
  } finally {
    await file.handle.close();
  }
}

/** Some programs put a mark before a text in UTF-8, which is no part of it. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw refuse('It is no UTF-8 text. Save it as UTF-8.');
    throw error;
  }
}

/** A number that a double cannot hold has been read as its text, which a column of numbers takes for the same. */
function readValue(value: unknown, index: number): StoredValue {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  const bytes = isRecord(value) ? value.base64 : null;
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  throw refuse(
    `A key has texts, numbers, or bytes as {"base64": …}; that of number ${index + 1} has something else.`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(message: string): SnapbackError {
  return new SnapbackError('usage', `The file cannot be used. ${message}`, {
    command: 'restore',
  });
}
