import { readdirSync, readlinkSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyDatabaseFiles } from '../../src/host/copy-files.ts';
import { SnapbackError } from '../../src/model/errors.ts';
import { openReadDatabase, openWriteDatabase } from '../../src/sqlite/database.ts';
import type { Yielder } from '../../src/system/yielder.ts';
import { codeOf, makePlace, makeRoot, type Place } from '../support/place.ts';
import { start } from '../support/process.ts';

const root = makeRoot();

/** The rhythm of a copy in which something happens at its steps, of which there are two for each short file and reading. */
function paceWith(happen: (step: number) => unknown): Yielder {
  let step = 0;
  return {
    async step() {
      step += 1;
      await happen(step);
    },
    report: () => undefined,
  };
}

const SCHEMA = 'CREATE TABLE chat_state (id INTEGER PRIMARY KEY, events INTEGER);';

function target(place: Place): string {
  return join(place.dir, 'copy');
}

describe('our own transaction keeps its lock while the same process copies the database', () => {
  const ends: readonly (readonly [string, string, (step: number) => void])[] = [
    ['is finished', 'done', () => undefined],
    [
      'is cancelled',
      'cancelled',
      (step) => {
        if (step === 2) throw new SnapbackError('cancelled', 'Cancelled.');
      },
    ],
  ];

  test.each(ends)('and the copy %s', async (_, outcome, then) => {
    const place = await makePlace(root(), SCHEMA, { journalMode: 'delete' });
    const opened: ReturnType<typeof openWriteDatabase>[] = [];
    const copying = copyDatabaseFiles(
      place.databaseFile,
      target(place),
      paceWith((step) => {
        if (step === 1) {
          const db = openWriteDatabase(place.databaseFile, { nativeBinding: undefined });
          db.exec('BEGIN IMMEDIATE; INSERT INTO chat_state VALUES (1, 0)');
          opened.push(db);
        }
        then(step);
      }),
    );
    expect(await codeOf(copying)).toBe(outcome);
    try {
      const host = start('write-on.ts', { args: [place.databaseFile, '0'] });
      expect(await host.said('busy')).toBe(false);
      expect(await host.ended).toEqual(['SQLITE_BUSY 0']);
    } finally {
      for (const db of opened) db.close();
    }
  });

  test.runIf(process.platform === 'linux')(
    'and after both have ended, no file of the database is open',
    async () => {
      const place = await makePlace(root(), SCHEMA);
      const db = openReadDatabase(place.databaseFile, { nativeBinding: undefined });
      await copyDatabaseFiles(
        place.databaseFile,
        target(place),
        paceWith(() => undefined),
      );
      db.close();
      db.close();
      const open = readdirSync('/proc/self/fd').flatMap((fd) => linkOf(fd));
      expect(open.filter((path) => path.startsWith(place.dir))).toEqual([]);
    },
  );
});

function linkOf(fd: string): readonly string[] {
  try {
    return [readlinkSync(`/proc/self/fd/${fd}`)];
  } catch {
    return [];
  }
}

describe('a copy of the files shows one moment of them', () => {
  async function makeFiles(files: Readonly<Record<string, string>>): Promise<Place> {
    const place = await makePlace(root(), SCHEMA);
    await write(place, files);
    return place;
  }

  async function write({ databaseFile }: Place, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [suffix, text] of Object.entries(files)) await writeFile(databaseFile + suffix, text);
  }

  async function readCopy(place: Place): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    for (const suffix of ['', '-wal', '-journal'])
      await readFile(target(place) + suffix, 'utf8').then(
        (text) => {
          found[suffix] = text;
        },
        () => undefined,
      );
    return found;
  }

  test('including the journal and the WAL', async () => {
    const files = { '': 'database', '-wal': 'wal', '-journal': 'journal' };
    const place = await makeFiles(files);
    await copyDatabaseFiles(
      place.databaseFile,
      target(place),
      paceWith(() => undefined),
    );
    expect(await readCopy(place)).toEqual(files);
  });

  test.each([1, 2, 3, 4, 5, 6])('even if they change at step %i of the copy', async (at) => {
    const place = await makeFiles({ '': 'a', '-wal': 'a' });
    const yielder = paceWith((step) => (step === at ? write(place, { '': 'b', '-wal': 'b' }) : undefined));
    await copyDatabaseFiles(place.databaseFile, target(place), yielder);
    expect(await readCopy(place)).toEqual({ '': 'b', '-wal': 'b' });
  });

  test('without keeping anything of an earlier moment', async () => {
    const place = await makeFiles({ '': 'before', '-journal': 'before' });
    const yielder = paceWith(async (step) => {
      if (step !== 5) return;
      await rm(`${place.databaseFile}-journal`);
      await write(place, { '': 'after' });
    });
    await copyDatabaseFiles(place.databaseFile, target(place), yielder);
    expect(await readCopy(place)).toEqual({ '': 'after' });
  });

  test('and is refused if they change all the time', async () => {
    const place = await makeFiles({ '': 'a' });
    const yielder = paceWith((step) => write(place, { '': String(step % 10) }));
    expect(await codeOf(copyDatabaseFiles(place.databaseFile, target(place), yielder))).toBe('database-busy');
  });
});
