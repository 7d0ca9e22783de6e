import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  applyRestore,
  diffSnapshot,
  exportSnapshot,
  listSnapshots,
  openDataFolder,
  planRestore,
  type Selection,
  takeSnapshot,
  verifySnapshots,
} from '../../src/index.ts';
import { findSalvageable, salvageSnapshot } from '../../src/salvage/salvage.ts';
import { ABOUT, putCopy } from '../support/copies.ts';
import { asHost, codeOf, dumpChat, errorOf, makeChat, makeRoot, putSnapshot, run } from '../support/place.ts';
import { start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { selecting } from '../support/two-chats.ts';

const root = makeRoot();
const ID = 'rewind/20260301T000000Z';
const TO_LIST = 'snapshots/salvaged/20260301T000000Z.json';

/** A chat of 30 events, and a host's snapshot of it that is cut in the middle of its log. */
async function makeCut(share = 0.5) {
  const folder = await makeChat(root(), { events: 30 });
  const text = dumpChat(folder);
  const file = await putSnapshot(folder, ID, text.slice(0, Math.floor(text.indexOf('],"bots"') * share)));
  return { folder, file, text };
}

test('what is whole is told without writing anything, and a table that is lost is not called empty', async () => {
  const { folder } = await makeCut();
  const before = await readdir(folder.dir, { recursive: true });
  const found = await findSalvageable(folder, ID);
  expect(found?.why).toMatch(/damaged/);
  expect(found?.tables[0]).toMatchObject({ name: 'event_log', state: 'cut', gaps: [] });
  expect(found?.tables.slice(1).every(({ state, rows }) => state === 'missing' && rows === 0)).toBe(true);
  expect(await readdir(folder.dir, { recursive: true })).toEqual(before);
});

test('a salvaged snapshot in a folder of snapshots is listed, whole, compared and marked; restoring all of it is refused', async () => {
  const { folder } = await makeCut();
  const receipt = await salvageSnapshot(folder, ID, { to: join(folder.dir, TO_LIST), format: 'json' });
  const id = 'salvaged/20260301T000000Z';
  expect(await verifySnapshots(folder, [id])).toMatchObject([
    { id, health: 'good', salvagedFrom: ID, tables: [{ name: 'event_log', rows: receipt.tables[0]?.rows }] },
  ]);
  const diff = await diffSnapshot(folder, id);
  expect(diff.tables.find(({ name }) => name === 'chats')?.state).toBe('not-in-snapshot');
  for (const mode of ['full', 'projections'] as const) {
    const plan = await planRestore(folder, restoring(id, { mode }));
    expect(plan.refusals[0]?.code).toBe('snapshot-salvaged');
  }
});

test('single rows of a salvaged snapshot are restored; a whole table or a chat of it is not', async () => {
  const { folder } = await makeCut();
  await salvageSnapshot(folder, ID, { to: join(folder.dir, TO_LIST), format: 'json' });
  const id = 'salvaged/20260301T000000Z';
  run(folder, 'DELETE FROM event_log WHERE id = 2');
  const refusalsOf = async (selection: Selection) =>
    (await planRestore(folder, selecting(id, selection))).refusals.map(({ code }) => code);
  const log = { by: 'tables', tables: ['event_log'] } as const;
  expect(await refusalsOf(log)).toContain('snapshot-salvaged');
  const chat = { by: 'chat', chat: 'c1', withGuessed: false } as const;
  expect(await refusalsOf(chat)).toContain('snapshot-salvaged');
  const row = { by: 'rows', rows: [{ table: 'event_log', key: [2n] }] } as const;
  expect(await refusalsOf(row)).toEqual([]);
  await applyRestore(folder, selecting(id, row), NOW);
  const ids = asHost(folder, (db) => db.prepare('SELECT id FROM event_log ORDER BY id').pluck().all());
  expect(ids).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
});

test('a row that a salvaged snapshot lacks may be lost, so it is never taken from the database', async () => {
  const { folder } = await makeCut();
  await salvageSnapshot(folder, ID, { to: join(folder.dir, TO_LIST), format: 'json' });
  const row = (id: bigint): Selection => ({ by: 'rows', rows: [{ table: 'event_log', key: [id] }] });
  const id = 'salvaged/20260301T000000Z';
  const failure = await errorOf(planRestore(folder, selecting(id, row(30n))));
  expect(failure).toMatchObject({ code: 'usage' });
  expect(failure.message).toContain('may be lost');
  expect(await codeOf(applyRestore(folder, selecting(id, row(30n)), NOW))).toBe('usage');
  expect(asHost(folder, (db) => db.prepare('SELECT count(*) FROM event_log').pluck().get())).toBe(30);
});

test('a salvaged file stays marked when somebody reformats it', async () => {
  const folder = await makeChat(root(), { events: 30 });
  const { id, file } = await takeSnapshot(folder, 'rewind');
  await writeFile(file, (await readFile(file)).subarray(0, 2000));
  const to = join(folder.dir, TO_LIST);
  await salvageSnapshot(folder, id, { to, format: 'json' });
  const parsed = JSON.parse(await readFile(to, 'utf8'));
  await putSnapshot(folder, 'salvaged/pretty', JSON.stringify(parsed, null, 2));
  const listed = await listSnapshots(folder, { check: true });
  expect(listed.find((one) => one.id === 'salvaged/pretty')).toMatchObject({
    health: 'good',
    salvagedFrom: id,
  });
});

test('as SQLite, the tables have the rows with their exact values, and any program can open it', async () => {
  const { folder } = await makeCut();
  const to = `${folder.dir}-saved.sqlite`;
  const { tables } = await salvageSnapshot(folder, ID, { to, format: 'sqlite' });
  const db = new Database(to, { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const rows = db.prepare<[], { id: number; payload_json: string }>('SELECT * FROM event_log').all();
  expect(rows).toHaveLength(tables[0]?.rows ?? 0);
  expect(rows[2]).toMatchObject({ id: 3, kind: 'message' });
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'chats'").get()).toBeUndefined();
  db.close();
  const listed = join(folder.dir, 'snapshots/salvaged/20260301T000000Z.db');
  await salvageSnapshot(folder, ID, { to: listed, format: 'sqlite' });
  expect(await verifySnapshots(folder, ['salvaged/20260301T000000Z'])).toMatchObject([
    { health: 'good', salvagedFrom: ID, form: 'database' },
  ]);
});

test('nothing is overwritten, and nothing is left beside a file that is in the way', async () => {
  const { folder } = await makeCut();
  const place = join(folder.dir, 'out');
  await mkdir(place);
  await writeFile(join(place, 'saved.json'), 'precious');
  for (const format of ['json', 'sqlite'] as const)
    expect(await codeOf(salvageSnapshot(folder, ID, { to: join(place, 'saved.json'), format }))).toBe(
      'target-exists',
    );
  expect(await readdir(place)).toEqual(['saved.json']);
  expect(await readFile(join(place, 'saved.json'), 'utf8')).toBe('precious');
});

test.each([
  'snapshots/periodic/20260301T000000Z.json',
  'snapshots/rewind/x.json',
  'snapshots/restore/x.json',
  'snapback/kept/x.json',
  'nowhere/x.json',
])('a place that the host or a rule reads, or that is not there, is refused: %s', async (to) => {
  const { folder } = await makeCut();
  const before = await readdir(folder.dir, { recursive: true });
  expect(await codeOf(salvageSnapshot(folder, ID, { to: join(folder.dir, to), format: 'json' }))).toBe(
    'usage',
  );
  expect(await readdir(folder.dir, { recursive: true })).toEqual(before);
});

test('a snapshot that is whole is not salvaged, and one in which nothing is whole is not either', async () => {
  const folder = await makeChat(root());
  const { id } = await takeSnapshot(folder, 'rewind');
  expect(await findSalvageable(folder, id)).toBeNull();
  const to = join(folder.dir, 'saved.json');
  expect(await codeOf(salvageSnapshot(folder, id, { to, format: 'json' }))).toBe('usage');
  await putSnapshot(folder, ID, '{"last_event_id": 3, "event_log": [{"id": 1, "ki');
  const refusal = await errorOf(salvageSnapshot(folder, ID, { to, format: 'json' }));
  expect(refusal.message).toMatch(/Nothing in this file/);
  expect(refusal.detail).toMatchObject({ nothingWhole: true });
});

test('rows behind a gap count only where it is certain whose they are, and the gap is named by the rows around it', async () => {
  const { folder, text } = await makeCut();
  const bytes = Buffer.from(text);
  const at = text.indexOf('"id":12');
  bytes.fill(0, at, text.indexOf('"id":15'));
  await putSnapshot(folder, ID, bytes);
  const found = await findSalvageable(folder, ID);
  expect(found?.tables[0]).toMatchObject({
    state: 'gaps',
    rows: 26,
    gaps: [{ after: 'id 11', before: 'id 16' }],
  });
  expect(found?.tables.find(({ name }) => name === 'chats')).toMatchObject({ state: 'whole', rows: 1 });
});

test('zeros at the end are told, and take nothing from the rows before them', async () => {
  const { folder, text } = await makeCut();
  const cut = text.indexOf('"id":21') - 1;
  await putSnapshot(folder, ID, Buffer.concat([Buffer.from(text.slice(0, cut)), Buffer.alloc(5000)]));
  const found = await findSalvageable(folder, ID);
  expect(found).toMatchObject({ zeroBytes: 5000 });
  expect(found?.tables[0]).toMatchObject({ state: 'cut', rows: 20 });
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.6))],
  [
    'with a page that is overwritten',
    (bytes: Buffer) => Buffer.from(bytes).fill(0x5a, bytes.length - 9000, bytes.length - 8000),
  ],
])(
  'of a database that is %s, every row that is saved was in it, and nothing is called whole that is not proven',
  async (_, damage) => {
    const folder = await makeChat(root(), { events: 3000 });
    const file = await putCopy(folder, ID, ABOUT);
    const whole = new Database(file, { readonly: true });
    const originals = new Set(
      whole
        .prepare('SELECT * FROM event_log')
        .all()
        .map((row) => JSON.stringify(row)),
    );
    whole.close();
    const bytes = damage(await readFile(file));
    await writeFile(file, bytes);
    const to = join(folder.dir, 'saved.json');
    const { tables } = await salvageSnapshot(folder, ID, { to, format: 'json' });
    const saved = JSON.parse(await readFile(to, 'utf8'));
    expect(tables.map(({ state }) => state)).not.toContain('whole');
    expect(saved.event_log.length).toBe(tables[0]?.rows);
    expect(saved.event_log.length).toBeGreaterThan(0);
    if (tables[0]?.state === 'cut')
      for (const row of saved.event_log) expect(originals).toContain(JSON.stringify(row));
    expect((await stat(file)).size).toBe(bytes.length);
  },
);

test.each([
  ['salvaged', 'json'],
  ['salvaged', 'sqlite'],
  ['exported', 'json'],
  ['exported', 'sqlite'],
] as const)(
  'a process that is killed at any step leaves a whole %s file or none (%s), and the next one tidies up',
  async (what, format) => {
    const { folder } = await makeCut();
    const id = what === 'exported' ? (await takeSnapshot(folder, 'rewind')).id : ID;
    const place = join(folder.dir, 'out');
    await mkdir(place);
    const action = what === 'exported' ? 'export' : 'salvage';
    const whole = new Set<boolean>();
    let left = 0;
    for (let step = 1; step <= 30; step += 2) {
      const to = join(place, `saved-${step}.${format}`);
      await start('die-at-step.ts', { args: [folder.dir, action, id, String(step), to] }).ended;
      left += (await readdir(place)).filter((name) => name.startsWith('.snapback')).length;
      whole.add(await isWhole(to));
    }
    expect([...whole].sort()).toEqual([false, true]);
    expect(left).toBeGreaterThan(0);
    const last = join(place, `last.${format}`);
    if (action === 'export') await exportSnapshot(folder, id, { to: last, format, table: null });
    else await salvageSnapshot(folder, id, { to: last, format });
    expect(await isWhole(last)).toBe(true);
    expect(
      (await readdir(place)).filter((name) => !/^(?:saved-\d+|last)\.(?:json|sqlite)$/.test(name)),
    ).toEqual([]);
  },
);

/** False where there is no such file. */
async function isWhole(file: string): Promise<boolean> {
  if (file.endsWith('.json')) {
    const text = await readFile(file, 'utf8').catch(() => null);
    return text !== null && typeof JSON.parse(text) === 'object';
  }
  if ((await readFile(file).catch(() => null)) === null) return false;
  const db = new Database(file, { readonly: true });
  try {
    return (
      db.pragma('integrity_check', { simple: true }) === 'ok' &&
      db.prepare('SELECT * FROM event_log').all().length > 0
    );
  } finally {
    db.close();
  }
}

test('no database is put beside the chat app’s own, where nobody could tell which of the two is the chat app’s', async () => {
  const { folder } = await makeCut();
  const { id } = await takeSnapshot(folder, 'rewind');
  const to = join(folder.dir, 'saved.sqlite');
  expect(await codeOf(salvageSnapshot(folder, ID, { to, format: 'sqlite' }))).toBe('usage');
  expect(await codeOf(exportSnapshot(folder, id, { to, format: 'sqlite', table: null }))).toBe('usage');
  await symlink(folder.dir, join(folder.dir, '..', `${basename(folder.dir)}-link`));
  const linked = join(folder.dir, '..', `${basename(folder.dir)}-link`, 'saved.sqlite');
  expect(await codeOf(salvageSnapshot(folder, ID, { to: linked, format: 'sqlite' }))).toBe('usage');
  expect(await openDataFolder(folder.dir)).toMatchObject({ databaseFile: folder.databaseFile });
  await salvageSnapshot(folder, ID, { to: join(folder.dir, 'saved.json'), format: 'json' });
  expect(await openDataFolder(folder.dir)).toMatchObject({ databaseFile: folder.databaseFile });
});
