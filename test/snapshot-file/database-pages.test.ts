import { readFile, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type DataFolder, listSnapshots, verifySnapshots } from '../../src/index.ts';
import { ABOUT, putCopy } from '../support/copies.ts';
import { addEvents, CHATS, makePlace, makeRoot, open, run } from '../support/place.ts';

/*
 * A database whose pages refer to each other so that reading it never ends. Without the look at its pages, these tests would
 * hang: SQLite cannot be interrupted.
 */
const root = makeRoot();
const ID = 'restore/20260101T000000Z';
const PAGE_BYTES = 1024;

/** A page that leads to another one, as often as it can. */
function leadingTo(page: number, head: number): Buffer {
  const made = Buffer.alloc(PAGE_BYTES);
  const cells = Math.floor((PAGE_BYTES - head - 12) / 7) - 1;
  made[head] = 5;
  made.writeUInt16BE(cells, head + 3);
  made.writeUInt16BE(PAGE_BYTES - cells * 5, head + 5);
  made.writeUInt32BE(page, head + 8);
  for (let cell = 0; cell < cells; cell += 1) {
    const at = PAGE_BYTES - (cell + 1) * 5;
    made.writeUInt32BE(page, at);
    made[at + 4] = cell;
    made.writeUInt16BE(at, head + 12 + cell * 2);
  }
  return made;
}

/** Puts sixteen levels between the first page of a tree and its rows, each of which leads a hundred times to the next. */
async function tangle(file: string, name: string): Promise<void> {
  const db = new Database(file, { readonly: true });
  const first = Number(
    db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name) ?? 1,
  );
  db.close();
  const bytes = await readFile(file);
  const pages = bytes.length / PAGE_BYTES;
  const head = first === 1 ? 100 : 0;
  const from = (first - 1) * PAGE_BYTES;
  const rows = Buffer.from(bytes.subarray(from, from + PAGE_BYTES));
  leadingTo(pages + 1, head).copy(bytes, from + head, head);
  const levels = Array.from({ length: 16 }, (_, level) => leadingTo(pages + level + 2, 0));
  const whole = Buffer.concat([bytes, ...levels, rows]);
  whole.writeUInt32BE(whole.length / PAGE_BYTES, 28);
  whole.copy(whole, 92, 24, 28);
  await writeFile(file, whole);
}

async function makeCopy(encoding: string, pageBytes: number, sql: string): Promise<DataFolder> {
  const first = `PRAGMA encoding = '${encoding}'; PRAGMA page_size = ${pageBytes}`;
  const place = await makePlace(root(), `${CHATS} ${addEvents(3)}`, { first, journalMode: 'delete' });
  run(place, sql);
  return open(place);
}

async function healthOf(folder: DataFolder): Promise<readonly unknown[]> {
  const [listed] = await listSnapshots(folder);
  const [checked] = await verifySnapshots(folder, [ID]);
  return [listed?.health, checked?.health];
}

describe.each(['UTF-8', 'UTF-16le'])('a snapshot that is a database in %s', (encoding) => {
  test.each([
    ['of a projected table', 'chats', ['unchecked', 'damaged']],
    ['of the log', 'event_log', ['unchecked', 'damaged']],
    ['of the list of tables', 'sqlite_schema', ['damaged', 'damaged']],
    ['of the statistics, which SQLite reads when it opens a file', 'sqlite_stat1', ['damaged', 'damaged']],
  ])('is damaged where the pages %s never end', async (_, name, health) => {
    const folder = await makeCopy(encoding, PAGE_BYTES, 'ANALYZE');
    await tangle(await putCopy(folder, ID, null), name);
    expect(await healthOf(folder)).toEqual(health);
  });

  test.each([512, 1024, 65536])('is good as it is with pages of %i bytes', async (pageBytes) => {
    const tables = Array.from(
      { length: 60 },
      (_, index) => `CREATE TABLE t${index} (a, b, PRIMARY KEY (a)) WITHOUT ROWID;`,
    );
    const folder = await makeCopy(
      encoding,
      pageBytes,
      `${tables.join(' ')} ${addEvents(4000)} CREATE INDEX by_kind ON event_log (kind, id); DELETE FROM event_log WHERE id % 3 = 0;
       CREATE TRIGGER long AFTER INSERT ON chats BEGIN SELECT '${'long '.repeat(2000)}'; END;
       CREATE TABLE sq${'l'.repeat(300)} (a /* ${'long '.repeat(2000)} */); ANALYZE;`,
    );
    await putCopy(folder, ID, ABOUT);
    expect(await healthOf(folder)).toEqual(['unchecked', 'good']);
  });
});
