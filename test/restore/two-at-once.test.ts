import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRoot } from '../support/place.ts';
import { start } from '../support/process.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** Two Snapbacks restore at the same time: one wins, the other changes nothing. */
const root = makeRoot();

const story: Story = {
  schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada');",
  since: "UPDATE bots SET name = 'mistaken';",
};

test.concurrent.each(['wal', 'delete'] as const)(
  'one of two simultaneous restores wins: journal mode %s',
  async (journalMode) => {
    const { place, id, before } = await live(root(), { ...story, journalMode });
    const go = `${place.dir}-go`;
    const two = [0, 1].map(() =>
      start('restore-and-wait.ts', { args: [place.dir, id, 'full', go, 'safety-copy'] }),
    );
    for (const child of two) expect(await child.said('safety-copy')).toBe(true);
    await writeFile(go, '');
    const outcomes = await Promise.all(two.map(async ({ ended }) => (await ended).at(-1)));
    expect(outcomes).toContain('done');
    expect(
      outcomes.filter((outcome) => outcome === 'plan-stale' || outcome === 'database-busy'),
    ).toHaveLength(1);
    expect(readState(place.databaseFile)).toEqual(before);
    expect(findFaults(place.databaseFile)).toEqual([]);
    expect(await readdir(join(place.dir, 'snapshots/restore'))).toHaveLength(1);
  },
);
