import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  type DataFolder,
  finishInterrupted,
  listSnapshots,
  type RestoreOptions,
  takeSnapshot,
} from '../../src/index.ts';
import { killAtCommit } from '../support/killed.ts';
import { addEvents, codeOf, dumpChat, makeChat, makeRoot, open, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';

/** The checkpoint of a restore: the snapshot's very bytes where the result is exactly what they hold, else a dump of it. */
const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const MISTAKE = `${addEvents(2, 'since')} UPDATE chats SET title = 'mistaken';`;

async function restore(folder: DataFolder, id: string, options: Partial<RestoreOptions> = {}) {
  const request = restoring(id, options);
  const { checkpointId } = await applyRestore(folder, request, NOW);
  return join(folder.dir, 'snapshots', `${checkpointId}.json`);
}

async function withHostFile(): Promise<DataFolder> {
  const folder = await makeChat(root());
  await putSnapshot(folder, ID, dumpChat(folder), new Date('2026-01-01T00:00:00Z'));
  run(folder, MISTAKE);
  return folder;
}

/** Changes the text of the snapshot's file. */
function rewrite(from: string | RegExp, to: string) {
  return async ({ dir }: DataFolder) => {
    const file = join(dir, 'snapshots', `${ID}.json`);
    await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
    return {};
  };
}

describe.concurrent('the checkpoint of a full restore', () => {
  test('is the file of the host itself, as new, with the mode of the database', async () => {
    const folder = await withHostFile();
    const began = Date.now();
    const file = await restore(folder, ID);
    expect(await readFile(file)).toEqual(await readFile(join(folder.dir, 'snapshots', `${ID}.json`)));
    const { mode, mtimeMs } = await stat(file);
    expect(mode & 0o777).toBe((await stat(folder.databaseFile)).mode & 0o777);
    expect(mtimeMs).toBeGreaterThan(began - 1000);
    expect((await listSnapshots(folder, { check: true })).every(({ health }) => health === 'good')).toBe(
      true,
    );
  });

  test('is a file of ours itself', async () => {
    const folder = await makeChat(root());
    const { id, file } = await takeSnapshot(folder, 'rewind');
    run(folder, MISTAKE);
    expect(await readFile(await restore(folder, id))).toEqual(await readFile(file));
  });

  test.each<[string, (folder: DataFolder) => Promise<Partial<RestoreOptions>>]>([
    [
      'a column is new since',
      async (folder) => {
        run(folder, "ALTER TABLE chats ADD COLUMN colour DEFAULT 'red'");
        return {};
      },
    ],
    [
      'a table is left as it is',
      async (folder) => {
        run(folder, 'CREATE TABLE bots (id INTEGER PRIMARY KEY); INSERT INTO bots VALUES (1);');
        return {};
      },
    ],
    [
      'a table was emptied by choice',
      async (folder) => {
        run(folder, 'CREATE TABLE bots (id INTEGER PRIMARY KEY); INSERT INTO bots VALUES (1);');
        return { clearTables: ['bots'] };
      },
    ],
    [
      'the file is not ASCII',
      async (folder) => {
        const file = join(folder.dir, 'snapshots', `${ID}.json`);
        await writeFile(file, (await readFile(file, 'utf8')).replace('Harbour', 'H\u00e4fen'));
        return {};
      },
    ],
    [
      'its event id is not that of its log',
      async (folder) => {
        const file = join(folder.dir, 'snapshots', `${ID}.json`);
        await writeFile(
          file,
          (await readFile(file, 'utf8')).replace('"last_event_id":3', '"last_event_id":2'),
        );
        return {};
      },
    ],
    ['a table has another spelling, which the host does not know', rewrite('"chats":', '"Chats":')],
    ['the host cannot read a value that we pass over', rewrite(/\}$/, `,"x":${'1'.repeat(5000)}}`)],
  ])('is dumped where %s', async (_, change) => {
    const folder = await withHostFile();
    const options = await change(folder);
    const file = await restore(await open(folder), ID, { acceptDrift: true, ...options });
    const dumped = JSON.parse(await readFile(file, 'utf8'));
    expect(dumped).toMatchObject({ last_event_id: 3, _snapback: { about: { kind: 'periodic' } } });
  });

  test('of an undo is dumped, and no checkpoint has the note of a restore', async () => {
    const folder = await withHostFile();
    await restore(folder, ID);
    await applyUndo(folder, { acceptDrift: false, acceptOtherTimeline: false }, NOW);
    const { safetyCopyId } = await applyUndo(folder, {}, NOW);
    await restore(folder, safetyCopyId);
    for (const name of await readdir(join(folder.dir, 'snapshots/periodic'))) {
      const { _snapback: own } = JSON.parse(
        await readFile(join(folder.dir, 'snapshots/periodic', name), 'utf8'),
      );
      expect(own?.about.restore ?? null).toBe(null);
    }
  });

  test('is not made of a snapshot that changes while it is restored', async () => {
    const folder = await withHostFile();
    const file = join(folder.dir, 'snapshots', `${ID}.json`);
    const text = await readFile(file, 'utf8');
    const request = restoring(ID);
    let phase = '';
    const onProgress = (progress: { readonly phase: string }) => {
      if (progress.phase !== 'safety-copy' || phase !== '') return;
      phase = progress.phase;
      void writeFile(file, text.replace('Harbour', 'Station'));
    };
    expect(await codeOf(applyRestore(folder, request, NOW, { onProgress }))).toBe('plan-stale');
    expect(await readdir(join(folder.dir, 'snapshots/restore'))).toEqual([]);
    expect(await readdir(join(folder.dir, 'snapshots/periodic'))).toEqual([]);
  });

  test.each([
    ['as it was left', '', true],
    ['after the host went on', addEvents(3, 'later'), true],
    ['but not once the host has left that state', 'DELETE FROM event_log WHERE id = 2', false],
  ])('is published by the next start if the process died, %s', async (_, since, published) => {
    const folder = await withHostFile();
    const { draft } = await killAtCommit(folder, ID, { committed: true });
    run(folder, since);
    expect(await finishInterrupted(folder)).toMatchObject([
      published ? { outcome: 'committed' } : { checkpointId: null },
    ]);
    const names = await readdir(join(folder.dir, 'snapshots/periodic'));
    expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(published ? 1 : 0);
    expect(draft).not.toBe(null);
  });

  test('tells that COMMIT happened, even if the safety copy is gone', async () => {
    for (const committed of [true, false]) {
      const folder = await withHostFile();
      const { receipt } = await killAtCommit(folder, ID, { committed });
      await rm(join(folder.dir, 'snapshots', `${receipt.safetyCopyId}.db`));
      const finished = await finishInterrupted(folder);
      expect(finished.map(({ outcome }) => outcome)).toEqual(committed ? ['committed'] : []);
    }
  });
});
