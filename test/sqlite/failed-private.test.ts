import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SnapbackError } from '../../src/model/errors.ts';
import { writeAndCheck } from '../../src/snapshots/take.ts';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { constants, open } from '../../src/system/files.ts';
import { addEvents, dumpChat, makeChat, makeDir, makeRoot, putSnapshot, run } from '../support/place.ts';
import { start } from '../support/process.ts';

const root = makeRoot();

/*
 * What the system refuses to do with a file of ours is told of the place of that file, never of the database or of a
 * snapshot that somebody could choose.
 */

const ID = 'rewind/20260301T000000Z';

const failing = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'inject=pwrite64:error=EIO'];
const [tool = '', ...args] = failing;
const canInject = spawnSync(tool, [...args, 'true']).status === 0;

describe.skipIf(!canInject)('a temporary file that cannot be written', () => {
  test.each(['take', 'diff', 'plan', 'restore'])('is what fails in %s', async (action) => {
    const folder = await makeChat(root(), { events: 20, journalMode: 'delete' });
    await putSnapshot(folder, ID, dumpChat(folder));
    run(folder, addEvents(2, 'newer'));
    const ours = `${folder.dir}-tmp`;
    await mkdir(ours);
    const child = start('act.ts', {
      args: [folder.dir, action, ID],
      through: failing,
      env: { TMPDIR: ours },
    });
    const [code, place] = (await child.ended).toReversed();
    expect(code).toBe('io-failed');
    expect(place).toMatch(`at ${join(ours, 'snapback-')}`);
  });
});

test('a new snapshot that cannot be read back is reported as written, not as a snapshot', async () => {
  const folder = await makeChat(root());
  const path = join(await makeDir(root()), 'draft.part');
  const draft = {
    path,
    kind: 'rewind',
    form: 'json' as const,
    began: 0,
    handle: await open(path, constants.O_WRONLY | constants.O_CREAT),
  };
  const db = openReadDatabase(folder.databaseFile, folder);
  const request = { profile: folder.profile, phase: 'take', restore: null } as const;
  const failed = await writeAndCheck(db, draft, request, {}).catch((error: unknown) => error);
  db.close();
  await draft.handle.close();
  expect(failed).toBeInstanceOf(SnapbackError);
  expect(failed).toMatchObject({
    code: 'io-failed',
    message: 'What was written to the disk could not be read back.',
    detail: { path },
  });
});
