import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore } from '../../src/index.ts';
import { openWriteDatabase } from '../../src/sqlite/database.ts';
import { readWhole } from '../support/copies.ts';
import { addEvents, codeOf, makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** Before the first write there is a way back on the disk: exactly the state that is about to be replaced. */
const root = makeRoot();

const story: Story = {
  schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada'), (2, 'bo');",
  since: "UPDATE bots SET name = 'mistaken';",
};

describe.concurrent('the safety copy', () => {
  test.each(['wal', 'delete'] as const)(
    'is published and whole, and holds the state before, when the first row is written: journal mode %s',
    async (journalMode) => {
      const { place, id } = await live(root(), { ...story, journalMode });
      const seen: unknown[] = [];
      const onProgress = ({ phase }: { readonly phase: string }) => {
        if (phase !== 'apply' || seen.length > 0) return;
        const folder = join(place.dir, 'snapshots/restore');
        for (const name of readdirSync(folder)) seen.push(readWhole(join(folder, name)));
      };
      const request = restoring(id);
      const receipt = await applyRestore(await open(place), request, NOW, { onProgress });
      expect(seen).toMatchObject([
        {
          last_event_id: 8,
          bots: [{ name: 'mistaken' }, { name: 'mistaken' }],
          _snapback: { about: { restore: { planId: receipt.planId, snapshotId: id } } },
        },
      ]);
    },
  );

  test('is never out of date: a commit during its dump makes the restore stale, and it is removed', async () => {
    const { place, id } = await live(root(), story);
    let wrote = false;
    const onProgress = ({ phase }: { readonly phase: string }) => {
      if (phase !== 'safety-copy' || wrote) return;
      wrote = true;
      run(place, addEvents(1, 'in between'));
    };
    const request = restoring(id);
    expect(await codeOf(applyRestore(await open(place), request, NOW, { onProgress }))).toBe('plan-stale');
    expect(readState(place.databaseFile).tables.event_log).toHaveLength(9);
    expect(readdirSync(join(place.dir, 'snapshots/restore'))).toEqual([]);
  });
});

test.each(['wal', 'delete'] as const)(
  'a connection that restores syncs to the disk and lets no foreign key act: journal mode %s',
  async (journalMode) => {
    const place = await makePlace(root(), story.schema, { journalMode });
    const db = openWriteDatabase(place.databaseFile, { nativeBinding: undefined });
    try {
      const settings = ['synchronous', 'foreign_keys', 'fullfsync'].map((name) =>
        db.pragma(name, { simple: true }),
      );
      expect(settings).toEqual([2, 0, 1]);
    } finally {
      db.close();
    }
  },
);
