import '../support/file-calls.ts';
import { readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffSnapshot } from '../../src/index.ts';
import { stagesFolder } from '../../src/stage/cache-folder.ts';
import { whileWatched } from '../support/file-calls.ts';
import { dumpChat, makeChat, makeDir, makeRoot, putSnapshot, run } from '../support/place.ts';

/* Another Snapback makes room in the cache at the worst moment: it removes everything but drafts. */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';

test.each([
  ['is being kept', false],
  ['was kept before', true],
])(
  'whenever another Snapback removes a stage that %s, the answer is the same and no draft is left',
  async (_, before) => {
    const cacheDir = join(await makeDir(root()), 'cache');
    const stages = stagesFolder(cacheDir);
    const folder = { ...(await makeChat(root(), { events: 40 })), cacheDir };
    await putSnapshot(folder, ID, dumpChat(folder), new Date(0));
    run(folder, 'DELETE FROM event_log WHERE id > 30;');
    const expected = await diffSnapshot({ ...folder, cacheDir: null }, ID);
    const evict = () => {
      for (const name of readdirSync(stages)) if (!name.startsWith('.')) rmSync(join(stages, name));
    };
    let moments = 0;
    for (let at = 0; at <= moments; at += 1) {
      await rm(stages, { recursive: true, force: true });
      if (before) await diffSnapshot(folder, ID);
      moments = -1;
      const moment = () => {
        moments += 1;
        if (moments === at) evict();
      };
      const told = await whileWatched(
        ({ path }) => {
          if (!path.startsWith(`${stages}/`)) return undefined;
          moment();
          return moment;
        },
        () => diffSnapshot(folder, ID),
      );
      expect({ at, ...told }).toEqual({ at, ...expected });
      expect(readdirSync(stages).filter((name) => name.startsWith('.'))).toEqual([]);
    }
    expect(moments).toBeGreaterThan(before ? 0 : 4);
  },
);
