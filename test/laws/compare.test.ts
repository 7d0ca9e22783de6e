import { copyFile, readFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffSnapshot } from '../../src/index.ts';
import { settle } from '../support/arbitraries-place.ts';
import type { TableSpec } from '../support/arbitraries-schema.ts';
import { change, worlds } from '../support/arbitraries-world.ts';
import { makeRoot, putSnapshot } from '../support/place.ts';
import { quote } from '../support/sql.ts';
import { findFaults, readState } from '../support/state.ts';
import { applyDirectly, dump } from './apply-directly.ts';
import { readKeyedRows } from './keyed-rows.ts';

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';

type Rows = readonly { readonly key: string | null; readonly row: string }[];

/** What a comparison must count, told by brute force. Rows without a whole key are matched by all that they hold. */
function countNaively(there: Rows, here: Rows) {
  const keyed = [...there, ...here].every(({ key }) => key !== null);
  const left = here.map((one) => one);
  let [added, changed, unchanged] = [0, 0, 0];
  for (const one of there) {
    const at = left.findIndex((other) => (keyed ? other.key === one.key : other.row === one.row));
    const [found] = at === -1 ? [] : left.splice(at, 1);
    if (found === undefined) added += 1;
    else if (found.row === one.row) unchanged += 1;
    else changed += 1;
  }
  return {
    snapshotRows: there.length,
    liveRows: here.length,
    added,
    removed: left.length,
    changed,
    unchanged,
  };
}

function tablesOf(file: string, tables: readonly TableSpec[]): ReadonlyMap<string, Rows> {
  return new Map(tables.map((spec) => [spec.name, readKeyedRows(file, spec)]));
}

test('a comparison equals a brute-force count, and finds nothing between a state and its own snapshot', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const folder = await settle(root(), world);
      await putSnapshot(folder, ID, await readFile(await dump(folder, 'dump')));
      const there = tablesOf(folder.databaseFile, world.tables);
      const same = await diffSnapshot(folder, ID);
      expect(same.tables.map(({ added, removed, changed }) => added + removed + changed)).toStrictEqual(
        world.tables.map(() => 0),
      );
      expect([same.newerEvents, same.returningEvents, same.schemaDrift, same.lineage]).toStrictEqual([
        [],
        [],
        [],
        'same',
      ]);
      change(folder.databaseFile, world, world.since);
      const here = tablesOf(folder.databaseFile, world.tables);
      const { tables } = await diffSnapshot(folder, ID);
      for (const { name, state, role, ...counts } of tables)
        expect([name, counts]).toStrictEqual([
          name,
          countNaively(there.get(name) ?? [], here.get(name) ?? []),
        ]);
    }),
    { numRuns: 40 },
  );
});

/** Gives every table a column that the snapshot does not have, with a value of its own in each row. */
function growColumns(file: string, tables: readonly TableSpec[]): void {
  const db = new Database(file);
  try {
    for (const { name } of tables) {
      db.exec(`ALTER TABLE ${quote(name)} ADD COLUMN later TEXT DEFAULT 'by default'`);
      db.exec(`UPDATE ${quote(name)} SET later = hex(randomblob(4))`);
    }
  } finally {
    db.close();
  }
}

test('rewriting only what differs ends the same as rewriting all, including rowids and columns that the snapshot lacks', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.boolean(), async (world, grow) => {
      const folder = await settle(root(), world);
      const snapshot = await dump(folder, 'dump');
      change(folder.databaseFile, world, world.since);
      if (grow) growColumns(folder.databaseFile, world.tables);
      const other = `${folder.databaseFile}-other`;
      await copyFile(folder.databaseFile, other);
      const withRowids = world.tables.filter((spec) => !spec.withoutRowid).map(({ name }) => name);
      const counted = await applyDirectly(folder, snapshot, folder.databaseFile, 'differing');
      expect(await applyDirectly(folder, snapshot, other, 'all')).toStrictEqual(counted);
      const [a, b] = [folder.databaseFile, other].map((file) =>
        JSON.stringify(readState(file, withRowids), null, 1),
      );
      expect(b).toBe(a);
      expect(findFaults(other)).toStrictEqual(findFaults(folder.databaseFile));
    }),
    { numRuns: 40 },
  );
});
