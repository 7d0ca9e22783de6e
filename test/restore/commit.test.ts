import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { finishInterrupted, readRestoredState } from '../../src/index.ts';
import { readWhole } from '../support/copies.ts';
import { makeRoot, open } from '../support/place.ts';
import { start } from '../support/process.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** A COMMIT that the system refuses may have happened: the next start has everything it needs to find out. */
const root = makeRoot();
const linux = process.platform === 'linux';

const story: Story = {
  schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada');",
  since: "UPDATE bots SET name = 'mistaken';",
};

describe.runIf(linux).concurrent.each(['wal', 'delete'] as const)(
  'a COMMIT that fails, with journal mode %s,',
  (journalMode) => {
    async function failed() {
      const lived = await live(root(), { ...story, journalMode });
      const { dir } = lived.place;
      const lines = await start('fail-commit.ts', { args: [dir, lived.id] }).ended;
      return { ...lived, dir, lines };
    }

    test('leaves the whole safety copy and the checkpoint, and keeps neither file open', async () => {
      const { dir, lines } = await failed();
      expect(lines).toEqual(['io-failed']);
      const [copy, ...others] = await readdir(join(dir, 'snapshots/restore'));
      expect(others).toEqual([]);
      expect(readWhole(join(dir, 'snapshots/restore', copy ?? ''))).toMatchObject({
        bots: [{ name: 'mistaken' }],
      });
      expect(await readdir(join(dir, 'snapshots/periodic'))).toEqual([
        expect.stringMatching(/^\.snapback-\d+-[0-9a-f]{16}\.part$/),
      ]);
    });

    test('is judged at the next start', async () => {
      const { dir, place, since } = await failed();
      const folder = await open(place);
      expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'not-committed' }]);
      expect(readState(place.databaseFile)).toEqual(since);
      expect(findFaults(place.databaseFile)).toEqual([]);
      expect(await readdir(join(dir, 'snapshots/periodic'))).toEqual([]);
      expect(await readRestoredState(folder)).toBe(null);
    });
  },
);
