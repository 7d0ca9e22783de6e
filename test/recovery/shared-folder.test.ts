import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, openDataFolder, readRestoredState, takeSnapshot } from '../../src/index.ts';
import { addEvents, errorOf, makeDatabase, makePlace, makeRoot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/** A restore belongs to the database in which it was made, even if another database shares its snapshots. */
const root = makeRoot();
const UNDO = { acceptDrift: false };
const SCHEMA = 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);';
const OPTIONS = { journalMode: 'delete' } as const;
const HERE = 'app.db';
const OTHER = 'other.db';
const MODES = ['full', 'projections'] as const;

/** Two databases, each with a row of its own; those named were restored, one after the other. */
async function restoreIn(mode: (typeof MODES)[number], names: readonly string[]) {
  const { dir } = await makePlace(root(), SCHEMA, OPTIONS);
  makeDatabase(join(dir, OTHER), SCHEMA, OPTIONS);
  const openIn = (name: string) => openDataFolder(dir, { database: name });
  const read = (name: string) => readState(join(dir, name));
  const before = new Map<string, ReturnType<typeof readState>>();
  for (const name of names) {
    const folder = await openIn(name);
    run(folder, `INSERT INTO memories VALUES (1, 'then ${name}'); ${addEvents(3, name)}`);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(folder, `UPDATE memories SET text = 'now ${name}';`);
    before.set(name, read(name));
    await applyRestore(folder, restoring(id, { mode }), NOW);
  }
  return { dir, openIn, read, before };
}

describe.concurrent('in a folder that two databases share, undo', () => {
  test.each(MODES)('offers nothing in the one that was not restored (%s)', async (mode) => {
    const { openIn, read } = await restoreIn(mode, [HERE]);
    const other = await openIn(OTHER);
    const untouched = read(OTHER);
    expect((await errorOf(applyUndo(other, UNDO, NOW))).code).toBe('nothing-to-undo');
    expect(await readRestoredState(other)).toBe(null);
    expect(read(OTHER)).toEqual(untouched);
    expect(await readRestoredState(await openIn(HERE))).toMatchObject({ action: 'restore' });
  });

  test.each(MODES)('brings back what each of them was before its own restore (%s)', async (mode) => {
    const { openIn, read, before } = await restoreIn(mode, [HERE, OTHER]);
    for (const name of [HERE, OTHER]) {
      await applyUndo(await openIn(name), UNDO, NOW);
      expect(read(name)).toEqual(before.get(name));
    }
  });

  test('recognizes the restored one under a new name', async () => {
    const { dir, openIn, read, before } = await restoreIn('full', [HERE]);
    await rename(join(dir, HERE), join(dir, 'renamed.db'));
    await applyUndo(await openIn('renamed.db'), UNDO, NOW);
    expect(read('renamed.db')).toEqual(before.get(HERE));
  });
});
