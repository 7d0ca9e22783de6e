import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openDataFolder } from '../../src/host/data-folder.ts';
import { searchSnapshots } from '../../src/search/search.ts';
import { asHost, makePlace, makeRoot, putSnapshot } from '../support/place.ts';
import { type CellText, cellsOfDatabase, cellsOfFile, plain } from './naive-scan.ts';

const root = makeRoot();

const SCHEMA = `CREATE TABLE memories (id TEXT PRIMARY KEY, text TEXT, about TEXT);
  CREATE TABLE edges (a TEXT, b TEXT, label TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
  CREATE TABLE notes (text TEXT, other)`;
const KEYS = { event_log: ['id'], memories: ['id'], edges: ['a', 'b'], notes: [] };
const TABLES = ['memories', 'edges', 'notes'];

const letters = fc.constantFrom(
  ...'abAB éÉeß Σς',
  'e\u0301',
  'İ',
  'ﬁ',
  'fi',
  '한',
  '하',
  '\u1112',
  '\u1161',
  '\u11ab',
  'が',
  'か',
  '中',
  '文',
  'क',
  'ि',
  '😀',
  '"',
  '\\',
  '\n',
  '{',
  'ſ',
  '\u0336',
);
const texts = fc.string({ unit: letters, maxLength: 8 }).map((text) => text.toWellFormed());
const jsonTexts = fc
  .dictionary(
    fc.string({ unit: letters, minLength: 1, maxLength: 3 }),
    fc.oneof(texts, fc.array(texts, { maxLength: 2 }), fc.integer()),
    { maxKeys: 2 },
  )
  .map(toAsciiJson);
const values = fc.oneof({ weight: 4, arbitrary: texts }, jsonTexts);

type Change = { readonly table: string; readonly id: string; readonly other: string; readonly text: string };
const changes = fc.record({
  table: fc.constantFrom('event_log', 'event_log', 'memories', 'edges', 'notes', 'delete'),
  id: fc.constantFrom('1', '2', '3', 'é'),
  other: fc.constantFrom('x', 'y'),
  text: values,
});
const states = fc.array(fc.array(changes, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 });

/** As Python writes it: every other character than ASCII escaped. */
function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function apply(databaseFile: string, list: readonly Change[]): void {
  asHost({ databaseFile }, (db) => {
    for (const { table, id, other, text } of list) {
      if (table === 'event_log')
        db.prepare('INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES (?, ?, ?, ?)').run(
          'main',
          '2026',
          'message',
          toAsciiJson({ chat_id: id, text, more: { [other]: [text, id] } }),
        );
      else if (table === 'memories')
        db.prepare('INSERT OR REPLACE INTO memories VALUES (?, ?, ?)').run(id, text, other);
      else if (table === 'edges')
        db.prepare('INSERT OR REPLACE INTO edges VALUES (?, ?, ?)').run(id, other, text);
      else if (table === 'notes') db.prepare('INSERT INTO notes VALUES (?, ?)').run(text, 7);
      else
        db.exec(`DELETE FROM memories WHERE id = '2'; DELETE FROM notes; DELETE FROM event_log WHERE id % 2`);
    }
  });
}

function dump(databaseFile: string): string {
  return asHost({ databaseFile }, (db) => {
    const rows = (table: string) => db.prepare(`SELECT * FROM ${table}`).all();
    const last = db.prepare('SELECT coalesce(max(id), 0) FROM event_log').pluck().get();
    const tables = Object.fromEntries(['event_log', ...TABLES].map((table) => [table, rows(table)]));
    return toAsciiJson({ last_event_id: last, ...tables });
  });
}

it('finds in all snapshots and the database exactly what a naive scan over their parsed data finds, cold and again', async () => {
  await fc.assert(
    fc.asyncProperty(
      states,
      texts,
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      async (moments, random, pick, size, isOther) => {
        const place = await makePlace(root(), SCHEMA, { tables: TABLES });
        const cacheDir = join(place.dir, '..', `cache-${Math.random()}`);
        try {
          const cells = new Map<string, readonly CellText[]>();
          for (const [index, list] of moments.entries()) {
            apply(place.databaseFile, list);
            const id = index % 2 === 0 ? `rewind/2026011${index}T000000Z` : `restore/2026011${index}T000000Z`;
            if (index % 2 === 0) {
              const file = await putSnapshot(place, id, dump(place.databaseFile));
              cells.set(id, cellsOfFile(file, KEYS));
            } else {
              const file = join(place.dir, 'snapshots', `${id}.db`);
              await mkdir(join(file, '..'), { recursive: true });
              asHost(place, (db) => db.prepare('VACUUM INTO ?').run(file));
              cells.set(id, cellsOfDatabase(file, KEYS));
            }
          }
          apply(place.databaseFile, moments[0] ?? []);
          const live = cellsOfDatabase(place.databaseFile, KEYS);
          const all = [...cells.values(), live].flat();
          const text = all[pick % all.length]?.cell.text ?? '';
          const start = size % Math.max(1, text.length);
          const phrase = isOther ? random : text.slice(start, start + 1 + (size % 4)).toWellFormed();
          if (plain(phrase).trim() === '') return;

          // The first text that matches stands for its cell. Rows without a key are told apart by their place.
          const expected = new Map<string, { in: string[]; live: boolean }>();
          for (const [id, list] of [...[...cells].reverse(), [null, live] as const]) {
            const seen = new Set<string>();
            for (const { cell, place: of } of list) {
              if (!plain(cell.text).includes(plain(phrase))) continue;
              const where = JSON.stringify([
                cell.table,
                cell.table === 'notes' ? of : [cell.key, cell.column],
              ]);
              if (seen.has(where)) continue;
              seen.add(where);
              const found = expected.get(JSON.stringify(cell)) ?? { in: [], live: false };
              expected.set(JSON.stringify(cell), found);
              if (id === null) found.live = true;
              else if (!found.in.includes(id)) found.in.push(id);
            }
          }
          const folder = await openDataFolder(place.dir, { cacheDir });
          for (const _ of ['cold', 'again']) {
            const { hits, more, notSearched } = await searchSnapshots(folder, {
              phrase,
              kind: null,
              words: false,
            });
            expect({ more, notSearched }).toEqual({ more: false, notSearched: [] });
            const got = hits.map(({ table, key, column, text: found, in: ids, live: isLive, marks }) => {
              for (const [from, to] of marks) expect(plain(found.slice(from, to))).toContain(plain(phrase));
              const cell = { table, key: key.map(String).join('|'), column, text: found };
              return [JSON.stringify(cell), { in: ids, live: isLive }] as const;
            });
            expect(new Map(got)).toEqual(expected);
            expect(got).toHaveLength(expected.size);
          }
        } finally {
          await rm(cacheDir, { recursive: true, force: true });
          await rm(place.dir, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 40 },
  );
});
