import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { takeSnapshot } from '../../src/index.ts';
import { SnapbackError } from '../../src/model/errors.ts';
import type { SalvageReceipt } from '../../src/model/salvage.ts';
import { salvageSnapshot } from '../../src/salvage/salvage.ts';
import { readSnapshot } from '../../src/snapshot-file/reader.ts';
import { openRegularFile } from '../../src/snapshots/open-file.ts';
import { addEvents, makeDir, makePlace, makeRoot, open, putSnapshot, run } from '../support/place.ts';

/*
 * A snapshot is cut or overwritten at any byte. Whatever is saved of it was in it: no row is invented, every row before the
 * damage is there, and a table that is lost is missing and not empty.
 */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const TABLES = ['bots', 'chats', 'memories', 'scenes'];
const SCHEMA = `CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
  CREATE TABLE memories (id INTEGER PRIMARY KEY, name TEXT, data); CREATE TABLE scenes (id INTEGER PRIMARY KEY, name TEXT);`;

type Row = Readonly<Record<string, unknown>>;
/** A table of a file: where its list begins and ends, and its rows with their places. */
type Piece = {
  readonly from: number;
  to: number;
  readonly rows: { readonly row: Row; readonly from: number; readonly to: number }[];
};

const word = fc.constantFrom(
  'lamp',
  '',
  'a"b',
  '}, {"id": 9}, {"id": 10}, {"id": 11}',
  '[{"id": 1}]',
  "b'x'",
  '\\',
  'é😀',
  '"',
);
const worlds = fc.record({
  event_log: fc.array(word, { minLength: 1, maxLength: 12 }).map((texts) =>
    texts.map(
      (text, index): Row => ({
        id: index + 1,
        branch_id: 'main',
        ts: 't',
        kind: 'message',
        payload_json: JSON.stringify({ text }),
      }),
    ),
  ),
  bots: rowsOf(6),
  chats: fc
    .array(word, { maxLength: 4 })
    .map((titles) => titles.map((title, index): Row => ({ id: `c${index}`, title }))),
  memories: fc
    .array(word, { maxLength: 8 })
    .map((names) => names.map((name, index): Row => ({ id: index + 1, name, data: null }))),
  scenes: rowsOf(5),
});

function rowsOf(most: number): fc.Arbitrary<readonly Row[]> {
  return fc
    .array(word, { maxLength: most })
    .map((names) => names.map((name, index) => ({ id: index + 1, name })));
}

type World = typeof worlds extends fc.Arbitrary<infer W> ? W : never;

/** The file as the host writes it, and where everything is. */
function write(world: World) {
  const pieces = new Map<string, Piece>();
  let text = `{"last_event_id": ${world.event_log.length}`;
  for (const [name, rows] of Object.entries(world)) {
    text += `, "${name}": [`;
    const piece: Piece = { from: text.length, to: 0, rows: [] };
    for (const [index, row] of rows.entries()) {
      if (index > 0) text += ', ';
      const from = text.length;
      text += ascii(JSON.stringify(row));
      piece.rows.push({ row, from, to: text.length });
    }
    text += ']';
    piece.to = text.length;
    pieces.set(name, piece);
  }
  return { bytes: Buffer.from(`${text}}`), pieces };
}

function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

let made: Promise<DataFolder> | null = null;
/** One folder for all runs: nothing of it is changed but the one snapshot. */
function folderOnce(): Promise<DataFolder> {
  made ??= makePlace(root(), SCHEMA, { tables: TABLES }).then(open);
  return made;
}

/** What is saved of these bytes; null where nothing can be. The damaged file must stay as it is. */
async function salvage(bytes: Buffer): Promise<{
  readonly receipt: SalvageReceipt;
  readonly saved: Readonly<Record<string, readonly Row[]>>;
} | null> {
  const folder = await folderOnce();
  const file = await putSnapshot(folder, ID, bytes);
  const to = join(folder.dir, 'saved.json');
  await rm(to, { force: true });
  try {
    const receipt = await salvageSnapshot(folder, ID, { to, format: 'json' });
    expect(await readFile(file)).toEqual(bytes);
    const { last_event_id: _, _snapback: own, ...saved } = JSON.parse(await readFile(to, 'utf8'));
    expect(own.about.salvaged).toMatchObject({ from: ID, tables: receipt.tables });
    return { receipt, saved };
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return null;
    throw error;
  }
}

test('of a file that is cut at any byte, exactly the rows before the cut are saved, and tables behind it are missing', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      async (world, share, zeros) => {
        const { bytes, pieces } = write(world);
        const cut = Math.min(bytes.length - 1, Math.floor(share * bytes.length));
        const damaged = zeros
          ? Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(64)])
          : bytes.subarray(0, cut);
        const expected = Object.fromEntries(
          [...pieces].flatMap(([name, { to, rows }]) => {
            const whole = rows.filter((one) => one.to <= cut).map(({ row }) => row);
            return to <= cut || whole.length > 0 ? [[name, whole]] : [];
          }),
        );
        const found = await salvage(damaged);
        expect(found?.saved ?? {}).toEqual(expected);
        if (found === null) return;
        for (const { name, state, rows } of found.receipt.tables) {
          expect(rows).toBe(expected[name]?.length ?? 0);
          expect(state === 'missing').toBe(expected[name] === undefined);
          if (state === 'whole') expect(pieces.get(name)?.to).toBeLessThanOrEqual(cut);
        }
        expect(found.receipt.zeroBytes).toBe(zeros ? 64 : 0);
      },
    ),
    { numRuns: 250 },
  );
});

test('of a file that is overwritten anywhere, every row that is saved was in it, and every row before the damage is saved', async () => {
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.array(fc.constantFrom(0, 0xff, 0x80, 1), { minLength: 1, maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(worlds, fc.array(damage, { minLength: 1, maxLength: 3 }), async (world, all) => {
      const { bytes, pieces } = write(world);
      const damaged = Buffer.from(bytes);
      let first = bytes.length;
      for (const { at, bytes: garbage } of all) {
        const from = Math.floor(at * (bytes.length - 1));
        first = Math.min(first, from);
        Buffer.from(garbage).copy(damaged, from);
      }
      const found = await salvage(damaged);
      for (const [name, { rows }] of pieces) {
        const saved = found?.saved[name] ?? [];
        const originals = rows.map(({ row }) => JSON.stringify(row));
        // In the order of the file, and none twice.
        let from = 0;
        for (const row of saved) {
          const at = originals.indexOf(JSON.stringify(row), from);
          expect(at).not.toBe(-1);
          from = at + 1;
        }
        const before = rows.filter(
          (_, index) => (rows[index + 1]?.from ?? pieces.get(name)?.to ?? 0) < first,
        );
        expect(saved.slice(0, before.length)).toEqual(before.map(({ row }) => row));
        const told = found?.receipt.tables.find((table) => table.name === name);
        if (told?.state === 'whole') expect(saved).toHaveLength(rows.length);
      }
    }),
    { numRuns: 400 },
  );
});

/** Every table of a file of ours with the exact values of its rows. */
async function readRows(path: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const file = await openRegularFile(path, { nativeBinding: undefined });
  try {
    const found: Record<string, unknown[]> = {};
    for await (const part of readSnapshot(file, new Set(['event_log', ...TABLES]), {}))
      if (part.type === 'table') found[part.name] = [];
      else if (part.type === 'rows') found[part.table]?.push(...part.rows().map((row) => [...row]));
    return found;
  } finally {
    await file.handle.close();
  }
}

test('of our own file, whatever is changed in it, a table that is called whole holds exactly what it held, bytes and all', async () => {
  const place = await makePlace(root(), SCHEMA, { tables: TABLES });
  run(
    place,
    `${addEvents(20)} INSERT INTO bots VALUES (1, 'Ada'), (2, 'Ben');
    INSERT INTO memories SELECT id, 'n' || id, CASE id % 2 WHEN 0 THEN randomblob(5) ELSE 'b''x''' END FROM event_log;
    INSERT INTO scenes VALUES (7, CAST(x'ff' AS TEXT));`,
  );
  const folder = await open(place);
  const taken = await takeSnapshot(folder, 'rewind');
  const bytes = await readFile(taken.file);
  const originals = await readRows(taken.file);
  const target = await makeDir(root());
  const [to, sqlite] = [join(target, 'saved.json'), join(target, 'saved.sqlite')];
  const states = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc.option(fc.nat(bytes.length - 1)),
      async (at, garbage, cut) => {
        const damaged = Buffer.from(bytes.subarray(0, cut ?? bytes.length));
        Buffer.from(garbage).copy(damaged, at);
        await writeFile(taken.file, damaged);
        for (const path of [to, sqlite]) await rm(path, { force: true });
        try {
          const { tables } = await salvageSnapshot(folder, taken.id, { to, format: 'json' });
          await salvageSnapshot(folder, taken.id, { to: sqlite, format: 'sqlite' });
          const saved = await readRows(to);
          const db = new Database(sqlite, { readonly: true });
          for (const { name, state, rows } of tables) {
            states.add(state);
            expect(saved[name]?.length ?? 0).toBe(rows);
            if (state === 'missing') expect(saved).not.toHaveProperty(name);
            if (rows > 0) expect(db.prepare(`SELECT count(*) FROM ${name}`).pluck().get()).toBe(rows);
            // Cut off, nothing in the file tells any more what it was.
            if (state === 'whole' && cut === null) expect(saved[name]).toEqual(originals[name]);
          }
          db.close();
        } catch (error) {
          if (!(error instanceof SnapbackError)) throw error;
          expect(['snapshot-damaged', 'usage']).toContain(error.code);
        }
      },
    ),
    { numRuns: 200 },
  );
  expect([...states].sort()).toEqual(['cut', 'gaps', 'missing', 'unproven', 'whole']);
});
