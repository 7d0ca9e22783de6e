import { readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Salvageable, SalvageReceipt } from '../../src/index.ts';
import { ask, type Listed, makeDemo, newest, refusal, run } from '../support/cli.ts';

test('“salvage” shows what is whole of a damaged snapshot, writes it where it is told, and never twice', async () => {
  const dir = await makeDemo();
  const id = await newest(dir, 'rewind');
  const file = join(dir, 'snapshots', `${id}.json`);
  await truncate(file, 100_000);
  const { tables } = await ask<Salvageable>(dir, 'salvage', id);
  expect(tables[0]).toMatchObject({ name: 'event_log', state: 'cut' });
  const { stdout } = await run(['salvage', id, '--data', dir]);
  expect(stdout).toMatch(/\n1 of 11 tables can be saved\.\n/);
  expect(stdout).toMatch(/event_log +the first \d+ rows; the rest is lost\n/);
  const to = join(dir, 'saved.json');
  expect(await ask<SalvageReceipt>(dir, 'salvage', id, '--to', to)).toMatchObject({ tables, file: to });
  expect(JSON.parse(await readFile(to, 'utf8')).event_log).toHaveLength(tables[0]?.rows ?? 0);
  expect(await run(['salvage', id, '--to', to, '--data', dir])).toEqual(refusal(1, 'target-exists'));
  expect(await run(['salvage', id, '--format', 'json', '--data', dir])).toEqual(refusal(2, 'usage'));
});

test('where the database is gone, “salvage” works, and what it saved is listed', async () => {
  const dir = await makeDemo();
  const id = await newest(dir, 'periodic');
  await truncate(join(dir, 'snapshots', `${id}.json`), 90_000);
  for (const suffix of ['', '-wal', '-shm']) await rm(join(dir, `chat.db${suffix}`), { force: true });
  await ask(dir, 'salvage', id, '--to', join(dir, 'snapshots/salvaged/one.json'));
  expect(await ask<readonly Listed[]>(dir, 'list', '--kind', 'salvaged', '--check')).toMatchObject([
    { id: 'salvaged/one', salvagedFrom: id },
  ]);
});
