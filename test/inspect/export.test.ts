import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { openDataFolder } from '../../src/host/data-folder.ts';
import { exportSnapshot } from '../../src/inspect/export.ts';
import type { ExportFormat } from '../../src/model/export.ts';
import { dump } from '../laws/apply-directly.ts';
import { settle } from '../support/arbitraries-place.ts';
import { worlds } from '../support/arbitraries-world.ts';
import { errorOf, makePlace, makeRoot, open, putSnapshot, run } from '../support/place.ts';
import { exactly, quote } from '../support/sql.ts';

const root = makeRoot();
const THEN = 'rewind/20260101T000000Z';
const THINGS = 'CREATE TABLE things (id INTEGER PRIMARY KEY, note TEXT, size);';
const VALUES = `INSERT INTO things VALUES (1, '=cmd|calc', 9223372036854775807), (2, 'a "quoted", word', -0.0),
  (3, NULL, 1.0), (4, '', x'00ff'), (5, CAST(x'ff' AS TEXT), 9e999), (6, '+1', '-2');`;

async function tell(since: string): Promise<DataFolder> {
  const place = await makePlace(root(), THINGS, { tables: ['things'] });
  run(place, VALUES);
  const folder = await open(place);
  await putSnapshot(place, THEN, await readFile(await dump(folder, 'then')));
  if (since !== '') run(place, since);
  return folder;
}

async function write(
  folder: DataFolder,
  format: ExportFormat,
  name: string,
  table: string | null = 'things',
) {
  const to = join(folder.dir, name);
  const receipt = await exportSnapshot(folder, THEN, { format, table, to });
  return { receipt, to, text: format === 'sqlite' ? '' : await readFile(to, 'utf8') };
}

test('CSV is guarded against formulas and keeps NULL, empty text, bytes and every digit apart', async () => {
  const { text, receipt } = await write(await tell('DELETE FROM things;'), 'csv', 'things.csv');
  expect(text.split('\r\n')).toEqual([
    '"id","note","size"',
    `1,"'=cmd|calc",9223372036854775807`,
    '2,"a ""quoted"", word",-0.0',
    '3,,1.0',
    `4,"","x'00ff'"`,
    `5,"x'ff'",Infinity`,
    `6,"'+1","'-2"`,
    '',
  ]);
  expect(receipt).toMatchObject({
    tables: [{ name: 'things', rows: 6 }],
    asWritten: null,
    unread: [],
    sizeBytes: text.length,
  });
});

test('JSON keeps every value exact', async () => {
  const { text } = await write(await tell(''), 'json', 'all.json', null);
  expect(JSON.parse(text).tables.things.columns).toEqual(['id', 'note', 'size']);
  for (const row of [
    '[1,"=cmd|calc",9223372036854775807]',
    '[2,"a \\"quoted\\", word",-0.0]',
    '[3,null,1.0]',
    '[4,"",{"base64":"AP8="}]',
    '[5,{"textBase64":"/w=="},{"real":"Infinity"}]',
  ])
    expect(text).toContain(row);
});

test('a database holds what the snapshot holds, whatever its tables and values are', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const folder = await settle(root(), world);
      await putSnapshot(folder, THEN, await readFile(await dump(folder, 'then')));
      const to = `${folder.dir}-export.db`;
      const { tables } = await exportSnapshot(folder, THEN, { format: 'sqlite', table: null, to });
      const read = (file: string, name: string, columns: readonly string[]) => {
        const db = new Database(file, { readonly: true });
        const parts = columns.map(quote).flatMap(exactly);
        const rows = db
          .prepare(`SELECT ${parts.join(', ')} FROM ${quote(name)}`)
          .raw()
          .safeIntegers()
          .all();
        db.close();
        return rows
          .map((row) =>
            JSON.stringify(row, (_, value) =>
              typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : value,
            ),
          )
          .toSorted();
      };
      expect(tables.map(({ name }) => name)).toEqual(world.tables.map(({ name }) => name));
      for (const { name, columns } of world.tables) {
        const names = columns.map((column) => column.name);
        expect(read(to, name, names)).toEqual(read(folder.databaseFile, name, names));
      }
    }),
    { numRuns: 25 },
  );
});

test.each([
  ['a table that is gone', 'DROP TABLE things;', 'schema-differs'],
  ['a column that is gone', 'ALTER TABLE things DROP COLUMN size;', 'schema-differs'],
] as const)('nothing is lost for %s in the database today', async (_, since, asWritten) => {
  const { text, receipt } = await write(await tell(since), 'csv', 'things.csv');
  expect(receipt.asWritten).toBe(asWritten);
  expect(text).toContain('9223372036854775807');
  expect(text.split('\r\n')).toHaveLength(8);
});

test('without the database a snapshot is exported as its file has it', async () => {
  const folder = await tell('');
  await writeFile(folder.databaseFile, '');
  const opened = await openDataFolder(folder.dir, { withoutDatabase: true });
  const { receipt, text } = await write(opened, 'csv', 'things.csv');
  expect(receipt.asWritten).toBe('no-database');
  expect(text).toContain('9223372036854775807');
});

test('an existing file, a link and a folder of the chat app are refused, and nothing is left behind', async () => {
  const folder = await tell('');
  await writeFile(join(folder.dir, 'taken.csv'), 'mine');
  await symlink('/nowhere', join(folder.dir, 'link.csv'));
  const code = async (name: string) => (await errorOf(write(folder, 'csv', name))).code;
  const before = await readdir(folder.dir);
  expect(await code('taken.csv')).toBe('target-exists');
  expect(await code('link.csv')).toBe('target-exists');
  expect(await code('snapshots/rewind/20260101T000001Z.json')).toBe('usage');
  expect(await code('no/such/folder.csv')).toBe('usage');
  expect(await code(`${'x'.repeat(300)}.csv`)).toBe('usage');
  expect((await errorOf(write(folder, 'csv', 'x.csv', 'nope'))).message).toBe(
    'The snapshot holds no table “nope”. It holds: event_log, things.',
  );
  expect(await readFile(join(folder.dir, 'taken.csv'), 'utf8')).toBe('mine');
  expect(await readdir(folder.dir)).toEqual(before);
});
