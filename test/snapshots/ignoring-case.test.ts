import '../support/ignoring-case.ts';

import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureFolder, findFolder } from '../../src/host/folders.ts';
import { listFilesOfKind, lookAtSnapshots } from '../../src/snapshots/files.ts';
import { openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { whileIgnoringCase } from '../support/ignoring-case.ts';
import { makeChat, makeRoot, putSnapshot } from '../support/place.ts';

const root = makeRoot();

describe.each(['tells', 'repeats'] as const)(
  'where the file system ignores case, and %s the spelling',
  (how) => {
    test('a folder that the host finds under another spelling is of the kind for which the host takes it', async () => {
      const folder = await makeChat(root());
      const ids = ['periodic/20260101T000000Z', 'restore/20260101T000000Z', 'rewind/20260101T000000Z'];
      for (const id of [...ids, 'Manual/20260101T000000Z']) await putSnapshot(folder, id, '{}');
      const place = join(folder.dir, 'snapshots');
      for (const [kind, spelled] of [
        ['periodic', 'PERIODIC'],
        ['restore', 'reStore'],
        ['rewind', 'Rewind'],
      ] as const) {
        await rename(join(place, kind), join(place, 'between'));
        await rename(join(place, 'between'), join(place, spelled));
      }
      await whileIgnoringCase(how, async () => {
        const { files, folders } = await lookAtSnapshots(folder);
        expect(files.map(({ id, problem }) => [id, problem])).toEqual(
          ['Manual/20260101T000000Z', ...ids].map((id) => [id, null]),
        );
        for (const [index, { kind, id, key }] of files.entries()) {
          expect(await listFilesOfKind(folder, kind), kind).toEqual([files[index]]);
          expect(await findFolder(folder, 'snapshots', kind)).toBe(folders[index]);
          const opened = await openSnapshotFile(folder, id);
          await opened.handle.close();
          expect(opened.key).toBe(key);
        }
      });
    });

    test.each(['snapshots', 'snapback'])(
      '“%s” in another spelling is found, and is no link',
      async (name) => {
        const folder = await makeChat(root());
        await mkdir(join(folder.dir, name.toUpperCase()));
        await whileIgnoringCase(how, async () => {
          expect(await findFolder(folder, name)).not.toBeNull();
          expect(await ensureFolder(folder, name, 'kept')).toBe(await findFolder(folder, name, 'kept'));
        });
      },
    );
  },
);
