import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { type Beside, startBeside } from '../../src/beside/beside.ts';
import { hashPath } from '../../src/snapshot-file/seal.ts';
import { openWriteDatabase } from '../../src/sqlite/database.ts';
import { checkIntegrity } from '../../src/sqlite/integrity.ts';
import { codeOf, makePlace, makeRoot, type Place, run } from '../support/place.ts';

/** What runs beside a task gives what it would give in the task's own thread, or a typed error, and always ends. */
const root = makeRoot();
const nativeBinding = undefined;

/** A database that is large enough for a thread of its own, with a broken CHECK and a reference that leads nowhere. */
const LARGE = 'CREATE TABLE blobs (data BLOB); INSERT INTO blobs VALUES (zeroblob(17000000));';
const SMALL = '';
const FAULTS = `CREATE TABLE others (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0), other REFERENCES others(id));
  PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; INSERT INTO others VALUES (1, 0, 7);`;

/** Lets `use` run jobs, and tells how many threads were started for it. */
async function beside(place: Place, use: (beside: Beside) => Promise<void>, signal?: AbortSignal) {
  let threads = 0;
  const count = () => {
    threads += 1;
  };
  process.on('worker', count);
  const started = await startBeside(place.databaseFile, { signal });
  try {
    await use(started);
  } finally {
    await started.stop();
    process.off('worker', count);
  }
  return threads;
}

test.each([
  ['a large', 'a thread of its own', LARGE, 1],
  ['a small', 'the same thread', SMALL, 0],
])('%s database is checked in %s, with the same findings', async (_, __, fill, threads) => {
  const place = await makePlace(root(), `${fill} ${FAULTS}`);
  const db = openWriteDatabase(place.databaseFile, { nativeBinding });
  const expected = checkIntegrity(db);
  expect(expected.damage.size).toBe(1);
  expect(expected.foreignKeys.size).toBe(1);
  const found = await beside(place, async ({ run }) => {
    const file = place.databaseFile;
    expect(await run('check-integrity', { file, nativeBinding })).toEqual(expected);
    expect(await run('hash-file', { path: file })).toEqual(await hashPath(file, {}));
    expect(await codeOf(run('hash-file', { path: `${file}-none` }))).toBe('io-failed');
    expect(await codeOf(run('check-integrity', { file: `${file}-none`, nativeBinding }))).toBe(
      'database-missing',
    );
  });
  db.close();
  expect(found).toBe(threads);
});

test.each([LARGE, SMALL])('a failure that nobody waits for harms nobody (%#)', async (fill) => {
  const place = await makePlace(root(), fill);
  await beside(place, async ({ run }) => {
    void run('hash-file', { path: 'nowhere' });
    await run('hash-file', { path: place.databaseFile });
  });
});

test('a thread that dies ends its jobs, and every later one, with an error', async () => {
  const place = await makePlace(root(), LARGE);
  process.once('worker', (worker: Worker) => void worker.terminate());
  await beside(place, async ({ run }) => {
    expect(await codeOf(run('hash-file', { path: place.databaseFile }))).toBe('core-stopped');
    expect(await codeOf(run('hash-file', { path: place.databaseFile }))).toBe('core-stopped');
  });
});

test.each([LARGE, SMALL])('a cancel ends a job, and no other begins (%#)', async (fill) => {
  const place = await makePlace(root(), fill);
  const cancel = new AbortController();
  const use = async ({ run }: Beside) => {
    const job = run('hash-file', { path: place.databaseFile });
    cancel.abort();
    if (fill === LARGE) expect(await codeOf(job)).toBe('cancelled');
    const later = async () => run('hash-file', { path: place.databaseFile });
    expect(await codeOf(later())).toBe('cancelled');
  };
  await beside(place, use, cancel.signal);
});

test('when it has stopped, nobody else has the database open', async () => {
  const place = await makePlace(root(), LARGE, { journalMode: 'delete' });
  await beside(place, async ({ run }) => {
    void run('check-integrity', { file: place.databaseFile, nativeBinding });
  });
  run(place, 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM blobs; COMMIT');
});
