import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyPrune,
  applyUndo,
  checkSnapshot,
  type DataFolder,
  describeFolder,
  diffSnapshot,
  emptyTrash,
  finishInterrupted,
  keepSnapshot,
  listSnapshots,
  openDataFolder,
  planRestore,
  planUndo,
  putBack,
  takeSnapshot,
  verifySnapshots,
  viewTrash,
} from '../../src/index.ts';
import {
  addEvents,
  CHATS,
  codeOf,
  dumpChat,
  makeChat,
  makeDatabase,
  makeDir,
  makeRoot,
  putSnapshot,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';

const root = makeRoot();

const id = 'rewind/20260101T000000Z';

/** What happened to the database, and with which code that which needs it refuses. */
const fates: readonly (readonly [fate: string, code: string, ruin: (file: string) => Promise<unknown>])[] = [
  ['is gone', 'database-missing', (file) => rm(file)],
  ['is empty', 'database-missing', (file) => truncate(file)],
  ['was overwritten', 'not-a-database', (file) => writeFile(file, 'This was a database once. '.repeat(400))],
];

async function makeRuined(ruin: (file: string) => Promise<unknown>): Promise<DataFolder> {
  const folder = await makeChat(root());
  await putSnapshot(folder, id, dumpChat(folder));
  await ruin(folder.databaseFile);
  return folder;
}

describe.each(fates)('if the database %s', (_, code, ruin) => {
  test('the folder can be opened on request, and its snapshots are listed, shown and verified', async () => {
    const { dir } = await makeRuined(ruin);
    const folder = await openDataFolder(dir, { withoutDatabase: true });
    expect(folder.databaseProblem?.code).toBe(code);
    expect(await listSnapshots(folder)).toMatchObject([{ id, lastEventId: 3n }]);
    expect(await checkSnapshot(folder, id)).toMatchObject({ health: 'good', lineage: 'unknown' });
    expect(await verifySnapshots(folder, [id])).toHaveLength(1);
    expect(await listSnapshots(folder, { check: true })).toMatchObject([{ health: 'good' }]);
    expect(await finishInterrupted(folder)).toEqual([]);
  });

  test('nothing is said about the database except what is wrong with it', async () => {
    const { dir } = await makeRuined(ruin);
    const facts = await describeFolder(await openDataFolder(dir, { withoutDatabase: true }));
    expect(facts).toMatchObject({ databaseProblem: { code }, restored: null, events: 0 });
  });

  test('everything that needs it is refused, and nothing changes', async () => {
    const { dir } = await makeRuined(ruin);
    const folder = await openDataFolder(dir, { withoutDatabase: true });
    const request = restoring(id);
    expect(await codeOf(diffSnapshot(folder, id))).toBe(code);
    expect(await codeOf(planRestore(folder, request))).toBe(code);
    expect(await codeOf(takeSnapshot(folder, 'rewind'))).toBe(code);
    expect(await codeOf(planUndo(folder, {}))).toBe(code);
    expect(await codeOf(applyUndo(folder, {}, NOW))).toBe(code);
    expect(await codeOf(openDataFolder(dir))).toBe(code);
    // From this fact the words tell that there are snapshots, and what works without the database.
    await expect(openDataFolder(dir)).rejects.toMatchObject({ code, detail: { hasSnapshots: true } });
  });

  test('snapshots can be kept, moved to the trash, put back and deleted, also if the folder was opened before', async () => {
    const folder = await makeRuined(ruin);
    for (const one of [folder, await openDataFolder(folder.dir, { withoutDatabase: true })]) {
      expect(await keepSnapshot(one, id)).toMatchObject({ from: id });
      const move = () => applyPrune(one, { by: 'choice', ids: [id] });
      await move();
      const [prune] = (await viewTrash(one)).prunes;
      const choice = { trashName: prune?.trashName ?? '', ids: null };
      await rm(join(one.dir, 'snapshots', 'rewind'), { recursive: true });
      expect(await putBack(one, [choice])).toMatchObject({ putBack: [id] });
      await move();
      expect(await emptyTrash(one)).toMatchObject({ files: 1 });
      await putSnapshot(one, id);
    }
  });

  test('an open folder reports that too, and works again when the database is back', async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, id, dumpChat(folder));
    const bytes = await readFile(folder.databaseFile);
    await ruin(folder.databaseFile);
    expect(await describeFolder(folder)).toMatchObject({ databaseProblem: { code } });
    await writeFile(folder.databaseFile, bytes);
    expect(await describeFolder(folder)).toMatchObject({ databaseProblem: null, events: 3 });
  });
});

test('a folder without any snapshots cannot be opened without its database', async () => {
  const dir = await makeDir(root());
  expect(await codeOf(openDataFolder(dir, { withoutDatabase: true }))).toBe('database-missing');
});

test('with several databases, the user still has to name one', async () => {
  const folder = await makeChat(root());
  await putSnapshot(folder, id);
  makeDatabase(join(folder.dir, 'other.db'), `${CHATS} ${addEvents(3)}`);
  expect(await codeOf(openDataFolder(folder.dir, { withoutDatabase: true }))).toBe('database-ambiguous');
});
