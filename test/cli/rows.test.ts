import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { RowsOverview } from '../../src/model/rows.ts';
import {
  ask,
  fingerprint,
  makeDemo,
  newest,
  pristine,
  readDump,
  readTables,
  refusal,
  root,
  run,
} from '../support/cli.ts';

type RowsAnswer = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly total: number;
  readonly rows: readonly { readonly change: string; readonly before: unknown; readonly after: unknown }[];
};

test.concurrent('diff --rows tells each row that differs as the snapshot and the database hold it', async () => {
  const before = await fingerprint(pristine);
  const id = await newest(pristine, 'rewind');
  const args = ['diff', id, '--table', 'memories', '--rows'];
  const answer = await ask<RowsAnswer>(pristine, ...args);
  const [now, then] = [readTables(pristine).memories ?? [], (await readDump(pristine, id)).memories ?? []];
  expect(answer).toMatchObject({ table: 'memories', key: ['id'], total: answer.rows.length });
  const asRow = (values: unknown) =>
    JSON.stringify(
      Object.fromEntries(answer.columns.map((name, at) => [name, Array.isArray(values) ? values[at] : null])),
    );
  expect(answer.rows.map(({ after }) => asRow(after)).toSorted()).toEqual(
    then.filter((row) => !now.includes(row)),
  );
  expect(answer.rows.every(({ change, before: was }) => change === 'added' && was === null)).toBe(true);
  const second = await ask<RowsAnswer>(pristine, ...args, '--limit', '1', '--offset', '1');
  expect(second).toEqual({ ...answer, rows: answer.rows.slice(1, 2) });
  expect(await fingerprint(pristine)).toEqual(before);
});

test.concurrent('diff ID OTHER leads from the other snapshot to the first, whatever the database holds', async () => {
  const dir = await makeDemo();
  const [id, other] = [await newest(dir, 'rewind'), await newest(dir, 'periodic')];
  const db = new Database(join(dir, 'chat.db'));
  db.exec('DELETE FROM memories');
  db.close();
  const forth = await ask<RowsOverview>(dir, 'diff', id, other);
  const back = await ask<RowsOverview>(dir, 'diff', other, id);
  const figures = ({ tables }: RowsOverview) =>
    tables.map(({ name, added, changed, removed }) => [name, added, changed, removed]);
  expect(figures(forth)).toContainEqual(['memories', 11, 0, 0]);
  expect(figures(back)).toContainEqual(['memories', 0, 0, 11]);
  const rows = await ask<RowsAnswer>(dir, 'diff', other, id, '--table', 'memories', '--rows');
  expect(rows.rows.map(({ change, after }) => [change, after])).toEqual(Array(11).fill(['removed', null]));
});

test.concurrent('values in the rows are exact: all digits, bytes, and what JSON has no number for', async () => {
  const dir = await makeDemo();
  const id = await newest(dir, 'rewind');
  const db = new Database(join(dir, 'chat.db'));
  db.pragma('foreign_keys = OFF');
  db.exec(
    "UPDATE memories SET text = x'00ff', significance = 9e999, scene_id = 9007199254740993 WHERE id = (SELECT min(id) FROM memories)",
  );
  db.close();
  const { stdout } = await run(['diff', id, '--table', 'memories', '--rows', '--json', '--data', dir]);
  const row = /"changed",\s*"before": \[([\s\S]*?)\]/.exec(stdout)?.[1]?.replace(/\s+/g, ' ');
  expect(row).toContain('9007199254740993, { "base64": "AP8=" }, { "real": "Infinity" }');
});

test.concurrent.each([
  [['diff'], 2, 'usage'],
  [['diff', 'a/b', 'c/d', 'e/f'], 2, 'usage'],
  [['diff', 'latest', '--rows'], 2, 'usage'],
  [['diff', 'latest', '--table', 'memories'], 2, 'usage'],
  [['diff', 'latest', '--limit', '3'], 2, 'usage'],
  [['diff', 'latest', '--table', 'nope', '--rows'], 2, 'usage'],
  [['diff', 'latest', 'rewind/20200101T000000Z'], 1, 'snapshot-missing'],
  [['export', 'latest', '--to', 'x.json'], 2, 'usage'],
  [['export', 'latest', '--format', 'json'], 2, 'usage'],
  [['export', 'latest', '--format', 'csv', '--to', 'x.csv'], 2, 'usage'],
  [['export', 'latest', '--format', 'xml', '--to', 'x'], 2, 'usage'],
] as const)('%j is refused', async (args, status, code) => {
  expect(await run([...args, '--data', pristine])).toEqual(refusal(status, code));
});

test.concurrent('export writes a new file once, and says what is in it', async () => {
  const to = join(root, 'memories.csv');
  const args = ['export', 'latest-rewind', '--format', 'csv', '--table', 'memories', '--to', to];
  const receipt = await ask<{ readonly tables: unknown }>(pristine, ...args);
  expect(receipt).toMatchObject({ file: await realpath(to), tables: [{ name: 'memories', rows: 501 }] });
  expect((await readFile(to, 'utf8')).split('\r\n')).toHaveLength(503);
  const again = await run([...args, '--data', pristine]);
  expect(again).toEqual(refusal(1, 'target-exists'));
  // What to do is said once.
  expect(again.stderr).toMatch(/exists already \(.+\)\. Choose another name or another place\.\n$/);
});

test.concurrent('tables whose columns differ are not called identical', async () => {
  const demo = await makeDemo();
  const id = await newest(demo, 'rewind');
  const db = new Database(join(demo, 'chat.db'));
  db.exec('ALTER TABLE edges ADD COLUMN weight_now REAL');
  db.close();
  for (const other of [[], [await newest(demo, 'periodic')]]) {
    const { stdout } = await run(['diff', id, ...other, '--data', demo]);
    expect(stdout).not.toContain('identical');
    expect(stdout).toMatch(/\d+ tables? with no differing row/);
  }
});
