import { watch } from 'node:fs';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, finishInterrupted, openDataFolder } from '../../src/index.ts';
import { makeDemo, newest, readDump, readTables, root, start, type Tables } from '../support/cli.ts';
import { readWhole } from '../support/copies.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults } from '../support/state.ts';

/*
 * The command itself is killed as soon as it has done a certain thing to the disk. Stages are kept, the safety copy is a
 * database, and the host's own file becomes the checkpoint of the restore.
 */

type Where = 'stages' | 'restore' | 'periodic' | 'journal' | 'data';
/** What has just happened, and in which folder a file of which name shows it. */
type Moment = readonly [what: string, where: Where, name: RegExp];

/** What happens on the disk, from the first byte of the stage to the checkpoint's name. */
const MOMENTS: readonly Moment[] = [
  ['the stage is begun', 'stages', /^\.\d/],
  ['the stage has its name', 'stages', /\.db$/],
  ['the safety copy is published', 'restore', /\.db$/],
  ['the checkpoint is begun', 'periodic', /^\./],
  ['the announcement is written', 'journal', /^journal\.jsonl$/],
  ['COMMIT is written', 'data', /^chat\.db-wal$/],
  ['the checkpoint is published', 'periodic', /Z(?:_\d+)?\.json$/],
];

type Ready = {
  readonly dir: string;
  readonly id: string;
  readonly mistaken: Tables;
  readonly restored: Tables;
};
const ready = new Map<string, Ready>();

/** A folder before the restore, and one after it. */
beforeAll(async () => {
  const [dir, restored] = [await makeDemo(), await makeDemo()];
  const id = await newest(dir, 'rewind');
  const states = { id, mistaken: readTables(dir), restored: await readDump(dir, id) };
  await applyRestore(await openDataFolder(restored), restoring(id, { acceptOtherTimeline: true }), NOW);
  ready.set('restore', { dir, ...states });
  ready.set('undo', { dir: restored, ...states });
});

let copies = 0;

/** Starts the command in a copy of the folder, with an empty cache, and kills it at that moment. */
async function killAt([, where, name]: Moment, action: string, { dir: from, id }: Ready) {
  copies += 1;
  const dir = join(root, `killed-${copies}`);
  const cacheHome = `${dir}-cache`;
  await cp(from, dir, { recursive: true, preserveTimestamps: true });
  const folders = {
    stages: join(cacheHome, 'snapback/stages'),
    restore: join(dir, 'snapshots/restore'),
    periodic: join(dir, 'snapshots/periodic'),
    journal: join(dir, 'snapback'),
    data: dir,
  };
  await mkdir(folders.stages, { recursive: true, mode: 0o700 });
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  const watcher = watch(folders[where]);
  const args = action === 'restore' ? ['restore', id] : ['undo'];
  const { child, outcome } = start([...args, '--yes', '--data', dir], {
    env: { XDG_CACHE_HOME: cacheHome },
  });
  let met = false;
  watcher.on('change', (event, file) => {
    // Whoever only reads makes the file of the WAL, but writes nothing into it.
    if (!name.test(String(file)) || (where === 'data' && event !== 'change')) return;
    met = true;
    child.kill('SIGKILL');
  });
  await outcome;
  watcher.close();
  expect(met).toBe(true);
  return { dir, cacheDir: join(cacheHome, 'snapback'), stages: folders.stages };
}

/** Every published snapshot is whole, and no draft is left. */
async function expectTidy(dir: string): Promise<void> {
  const entries = await readdir(join(dir, 'snapshots'), { recursive: true, withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isFile()))
    expect(name).toMatch(/^2.*\.(?:json|db)$/);
  for (const { name } of entries.filter((entry) => entry.parentPath.endsWith('/restore')))
    expect(readWhole(join(dir, 'snapshots/restore', name))).toHaveProperty('_snapback.about.restore');
}

describe.concurrent.each(['restore', 'undo'] as const)('“%s --yes”, if it is killed', (action) => {
  const seen = new Set<'before' | 'after'>();
  afterAll(() => {
    expect([...seen].sort()).toEqual(['after', 'before']);
  });

  test.each(MOMENTS)('when %s, has done all or nothing, and the next start continues', async (...moment) => {
    const prepared = ready.get(action);
    if (prepared === undefined) throw new Error('Nothing is prepared.');
    const { id, mistaken, restored } = prepared;
    const { dir, cacheDir, stages } = await killAt(moment, action, prepared);
    const folder = await openDataFolder(dir, { cacheDir });
    await finishInterrupted(folder);
    const [old, planned] = action === 'restore' ? [mistaken, restored] : [restored, mistaken];
    const found = readTables(dir);
    const happened = JSON.stringify(found) === JSON.stringify(planned);
    expect(found).toEqual(happened ? planned : old);
    seen.add(happened ? 'after' : 'before');
    expect(findFaults(folder.databaseFile)).toEqual([]);
    await expectTidy(dir);
    const isRestored = happened === (action === 'restore');
    if (isRestored)
      expect(await readFile(join(dir, 'snapshots', `${await newest(dir, 'periodic')}.json`))).toEqual(
        await readFile(join(dir, 'snapshots', `${id}.json`)),
      );
    else await applyRestore(folder, restoring(id, { acceptOtherTimeline: true }), NOW);
    expect(readTables(dir)).toEqual(restored);
    await applyUndo(folder, { acceptOtherTimeline: true }, NOW);
    expect(readTables(dir)).toEqual(mistaken);
    const kept = await readdir(stages);
    expect(kept.filter((name) => name.startsWith('.'))).toEqual([]);
    for (const record of kept.filter((name) => name.endsWith('.json')))
      expect(kept.join()).toContain(record.replace('.json', '-'));
  });
});
