import { readFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dump } from '../laws/apply-directly.ts';
import { readParts } from '../laws/snapshot-text.ts';
import { settle } from '../support/arbitraries-place.ts';
import { worlds } from '../support/arbitraries-world.ts';
import { makeRoot } from '../support/place.ts';
import { quote } from '../support/sql.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();

/** A value in the words of the independent judge. */
function nameOf(value: unknown): string {
  if (value === null) return 'null null';
  if (typeof value === 'bigint') return `integer ${value}`;
  if (typeof value === 'number') return `real ${Object.is(value, -0) ? '-0' : value}`;
  if (typeof value === 'string') return `text ${Buffer.from(value).toString('hex').toUpperCase()}`;
  if (value instanceof Uint8Array) return `blob ${Buffer.from(value).toString('hex').toUpperCase()}`;
  if (typeof value === 'object' && 'rawText' in value && value.rawText instanceof Uint8Array)
    return `text ${Buffer.from(value.rawText).toString('hex').toUpperCase()}`;
  throw new TypeError('This is no value of SQLite.');
}

test('every value is read back with its storage class and bytes, and the file is ASCII that the host’s JSON reader accepts', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const utf8 = { ...world, encoding: 'UTF-8' } as const;
      const folder = await settle(root(), utf8);
      const path = await dump(folder, 'dump');
      const text = await readFile(path, 'latin1');
      expect(text).toMatch(/^[\x20-\x7e]+$/);
      // The host's reader knows infinities, JSON does not; they stand outside of texts only.
      const parsed: unknown = JSON.parse(text.replace(/(: )-?Infinity(?=[,}])/g, '$10'));
      const names = ['last_event_id', 'event_log', ...utf8.profile.tables, '_snapback'];
      // An object puts names that are numbers first, whatever their order in the file.
      const inOrder = Object.keys(Object.fromEntries(names.map((name) => [name, null])));
      expect(Object.keys(parsed ?? {})).toStrictEqual(inOrder);

      const known = new Set(
        names.slice(1, -1).map((name) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
      );
      const rows = new Map<string, string[]>();
      for (const part of await readParts(path, known)) {
        if (part.type === 'table') rows.set(part.name, []);
        if (part.type === 'rows')
          rows.get(part.table)?.push(...part.rows.map((row) => row.map(nameOf).join(' ')));
      }
      const live = new Map(
        Object.entries(readState(withoutGenerated(folder.databaseFile, utf8.tables)).tables),
      );
      expect([...rows.keys()]).toStrictEqual(utf8.tables.map(({ name }) => name));
      for (const [name, read] of rows) expect([name, read.sort()]).toStrictEqual([name, live.get(name)]);
    }),
    { numRuns: 60 },
  );
});

/** The same database without the columns that nobody writes. */
function withoutGenerated(
  file: string,
  tables: readonly { readonly name: string; readonly generated: string }[],
): string {
  const db = new Database(file);
  try {
    for (const { name, generated } of tables)
      if (generated !== 'none') db.exec(`ALTER TABLE ${quote(name)} DROP COLUMN "made up"`);
  } finally {
    db.close();
  }
  return file;
}
