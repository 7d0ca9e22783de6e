import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPrune, emptyTrash, putBack, viewTrash } from '../../src/index.ts';
import { makeChat, makeRoot, putSnapshot } from '../support/place.ts';

const root = makeRoot();
const IDS = ['rewind/20260301T000000Z', 'rewind/20260302T000000Z', 'periodic/20260301T000000Z'];

const steps = fc.array(
  fc.record({ does: fc.constantFrom('prune', 'put back'), which: fc.array(fc.nat(5), { maxLength: 4 }) }),
  { maxLength: 7 },
);

/** The ids of the snapshots that are in their places. */
async function listPlaced(dir: string): Promise<readonly string[]> {
  const kinds = ['rewind', 'periodic'];
  const names = await Promise.all(kinds.map((kind) => readdir(join(dir, 'snapshots', kind)).catch(() => [])));
  return kinds.flatMap((kind, at) =>
    (names[at] ?? []).map((name) => `${kind}/${name.replace(/\.json$/, '')}`),
  );
}

test('whatever is pruned and put back, each snapshot is in its place or in the trash, and comes back byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const folder = await makeChat(root());
      for (const id of IDS) await putSnapshot(folder, id, `this is ${id}`);
      for (const { does, which } of list) {
        const { prunes } = await viewTrash(folder);
        if (does === 'prune') {
          const placed = await listPlaced(folder.dir);
          const ids = placed.filter((_, at) => which.includes(at));
          if (ids.length > 0) await applyPrune(folder, { by: 'choice', ids });
        } else {
          const all = prunes.flatMap(({ trashName, snapshots }) =>
            snapshots.map(({ id }) => ({ trashName, ids: [id] })),
          );
          const chosen = all.filter((_, at) => which.includes(at));
          const done = await putBack(folder, chosen);
          expect(done).toEqual({ putBack: chosen.flatMap(({ ids }) => ids), left: [], notes: [] });
        }
        const after = await viewTrash(folder);
        const trashed = after.prunes.flatMap(({ snapshots }) => snapshots.map(({ id }) => id));
        expect(after.files).toBe(trashed.length);
        expect([...(await listPlaced(folder.dir)), ...trashed].toSorted()).toEqual(IDS.toSorted());
      }
      const { prunes } = await viewTrash(folder);
      await putBack(
        folder,
        prunes.map(({ trashName }) => ({ trashName, ids: null })),
      );
      for (const id of IDS)
        expect(await readFile(join(folder.dir, 'snapshots', `${id}.json`), 'utf8')).toBe(`this is ${id}`);
      expect(await viewTrash(folder)).toMatchObject({ files: 0, others: 0 });
      expect(await emptyTrash(folder)).toMatchObject({ files: 0 });
    }),
    { numRuns: 30 },
  );
});
