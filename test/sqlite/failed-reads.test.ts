import { spawnSync } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withReadView } from '../../src/host/private-copy.ts';
import { PROFILE_FILE } from '../../src/host/profile-file.ts';
import { addEvents, codeOf, dumpChat, makeChat, makeRoot, putSnapshot, run } from '../support/place.ts';
import { start } from '../support/process.ts';

const root = makeRoot();

/*
 * A disk or a network share that fails to deliver something once has damaged nothing. SQLite does not tell the two
 * apart: it reports the system's EIO as a damaged file.
 */

const ID = 'rewind/20260301T000000Z';

/** A command that makes the n-th read of a file fail in each thread of the process that it starts. */
function failing(file: string, error: string, nth: number): readonly string[] {
  const reads = 'read,pread64';
  const inject = `inject=${reads}:error=${error}:when=${nth}`;
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${reads}`, '-P', file, '-e', inject];
}

const [tool = '', ...args] = failing('/dev/null', 'EIO', 1);
const canInject = spawnSync(tool, [...args, 'true']).status === 0;

async function makeFolder(events: number) {
  const folder = await makeChat(root(), { events, journalMode: 'delete' });
  await putSnapshot(folder, ID, dumpChat(folder));
  run(folder, addEvents(2, 'newer'));
  return folder;
}

describe.skipIf(!canInject)('one read that the system fails to do', () => {
  test.each(['EIO', 'EAGAIN', 'EBUSY', 'ESTALE'])(
    'of the database (%s) is not reported as damage',
    async (error) => {
      const folder = await makeFolder(400);
      const outcomes = new Set<string | undefined>();
      for (const nth of [1, 9, 12]) {
        const through = failing(folder.databaseFile, error, nth);
        const lines = await start('act.ts', { args: [folder.dir, 'diff', ID], through }).ended;
        outcomes.add(lines.at(-1));
      }
      expect([...outcomes].sort()).toEqual(['done', 'io-failed']);
    },
  );

  test.each(['EIO', 'EBUSY', 'ESTALE'])('of a snapshot (%s) is not reported as damage', async (error) => {
    const folder = await makeFolder(20);
    const through = failing(join(folder.dir, 'snapshots', `${ID}.json`), error, 1);
    const lines = await start('act.ts', { args: [folder.dir, 'diff', ID], through }).ended;
    expect(lines.at(-1)).toBe('snapshot-unreadable');
  });

  test.each(['EIO', 'EBUSY', 'ESTALE'])(
    'of the profile (%s) is not reported as a wrong profile',
    async (error) => {
      const folder = await makeFolder(20);
      const profile = join(folder.dir, PROFILE_FILE);
      await writeFile(profile, '{}');
      const through = failing(profile, error, 1);
      const lines = await start('act.ts', { args: [folder.dir, 'diff', ID], through }).ended;
      expect(lines.at(-1)).toBe('io-failed');
    },
  );
});

describe('damage is reported as damage', () => {
  test('if it is in a page of the database', async () => {
    const folder = await makeFolder(400);
    const bytes = await readFile(folder.databaseFile);
    bytes.fill(0xff, 4096 * 3, 4096 * 6);
    await writeFile(folder.databaseFile, bytes);
    const read = withReadView(folder, {}, async ({ db }) => db.prepare('SELECT * FROM event_log').all());
    expect(await codeOf(read)).toBe('database-damaged');
  });

  test('if half of the file is missing', async () => {
    const folder = await makeFolder(3);
    await truncate(folder.databaseFile, 4096);
    const read = withReadView(folder, {}, async ({ db }) => db.prepare('SELECT * FROM event_log').all());
    expect(await codeOf(read)).toBe('database-damaged');
  });
});
