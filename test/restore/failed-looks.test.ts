import '../support/file-calls.ts';

import { cp } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { applyRestore, openDataFolder, takeSnapshot } from '../../src/index.ts';
import { readNote } from '../../src/snapshots/restore-note.ts';
import { whileWatched } from '../support/file-calls.ts';
import { codeOf, makeRoot } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { keeping, rewindLately } from '../support/rewound.ts';

/*
 * The chat app has not applied yet what a restore kept. Whether that is so, the safety copy tells. A disk that fails while
 * it is read must not be taken for the answer that all is applied: the app would then never apply it.
 */
const root = makeRoot();
const MOST_CALLS = 40;

/** A folder in which events wait, once for each call that is refused. */
async function makeCopies() {
  const { place, folder, id } = await rewindLately(root(), 'flags');
  await applyRestore(folder, keeping(id), NOW);
  const numbers = Array.from({ length: MOST_CALLS }, (_, index) => index + 1);
  return Promise.all(
    numbers.map(async (at) => {
      const dir = `${place.dir}-${at}`;
      await cp(place.dir, dir, { recursive: true, preserveTimestamps: true });
      return { at, id, folder: await openDataFolder(dir) };
    }),
  );
}

function refusing<T>(at: number, work: () => Promise<T>): Promise<T> {
  let calls = 0;
  return whileWatched(({ name, path }) => {
    calls += 1;
    if (calls === at) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: name, path });
    return undefined;
  }, work);
}

test('no snapshot is taken while events wait, whichever call fails', async () => {
  for (const { at, folder } of await makeCopies()) {
    const code = await codeOf(refusing(at, () => takeSnapshot(folder, 'rewind')));
    expect([at, ['events-not-applied', 'io-failed', 'snapshot-unreadable'].includes(code)]).toEqual([
      at,
      true,
    ]);
  }
});

test('a restore that is made notes that events waited, whichever call failed', async () => {
  const noted = await Promise.all(
    (await makeCopies()).map(async ({ at, id, folder }) => {
      const request = { ...keeping(id), keepNewer: false };
      const receipt = await refusing(at, () => applyRestore(folder, request, NOW)).catch(() => null);
      const copy = receipt === null ? null : await readNote(folder, receipt.safetyCopyId);
      return copy === null || typeof copy === 'string' ? copy : copy.note.tablesAt?.before;
    }),
  );
  expect(new Set(noted)).toEqual(new Set([null, '12']));
});
