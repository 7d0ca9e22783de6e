import { writeSync } from 'node:fs';
import {
  applyRestore,
  applyUndo,
  diffSnapshot,
  openDataFolder,
  planRestore,
  SnapbackError,
  searchSnapshots,
} from '../../../src/index.ts';
import { NOW, restoring } from '../requests.ts';

/**
 * Searches, asks what differs from each snapshot, restores the first one, undoes that, and asks again. Prints each answer,
 * or the code of the error. The snapshots' ids are separated by commas; without a cache, its folder is empty.
 */
const [ids = '', cacheDir = '', dir = ''] = process.argv.slice(2);
const [first = ''] = ids.split(',');
const request = restoring(first, { acceptOtherTimeline: true });
const say = (answer: unknown) =>
  writeSync(
    1,
    `${JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`,
  );

try {
  const folder = await openDataFolder(dir, { cacheDir: cacheDir === '' ? null : cacheDir });
  const ask = async () => {
    for (const id of ids.split(',')) {
      say((await diffSnapshot(folder, id)).tables);
      say((await planRestore(folder, { ...request, snapshotId: id })).tables);
    }
  };
  const { hits } = await searchSnapshots(folder, { phrase: 'line 7', kind: 'rewind', words: false });
  say(hits);
  await ask();
  say((await applyRestore(folder, request, NOW)).tables);
  await applyUndo(folder, { acceptOtherTimeline: true }, NOW);
  await ask();
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  say(error.code);
}
