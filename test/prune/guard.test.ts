import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyPrune,
  applyRestore,
  createGuard,
  type DataFolder,
  holdSnapshot,
  keepSnapshot,
  listSnapshots,
  planPrune,
  readHappened,
  readHistory,
  releaseAbandoned,
  releaseSnapshot,
  viewTrash,
} from '../../src/index.ts';
import { codeOf, makeRoot, putSnapshot } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { keeping, rewindLately } from '../support/rewound.ts';

/** What would bring something back is not lost to the host's rule while a folder is open. Time is given to the guard. */
const root = makeRoot();

const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);

/** The host keeps copies from before a rewind for 14 days. */
const SOON = inDays(12);

async function begin() {
  const { place, folder, id } = await rewindLately(root(), 'flags');
  const guard = createGuard(folder);
  guard.tell(await readHappened(folder));
  const kept = async () => {
    const path = join(folder.dir, 'snapback/kept');
    return existsSync(path) ? (await readdir(path)).filter((name) => name.endsWith('.json')) : [];
  };
  return { place, folder, id, guard, kept, file: join(folder.dir, 'snapshots', `${id}.json`) };
}

async function summaryOf(folder: DataFolder, id: string) {
  return (await listSnapshots(folder)).find((one) => one.id === id);
}

describe.concurrent('while a folder is open', () => {
  test('what brings something back is held once a rule is about to take it, and the list says so', async () => {
    const { folder, id, guard, kept } = await begin();
    await guard.look(new Date());
    expect(await kept()).toEqual([]);
    await guard.look(SOON);
    expect(await kept()).toHaveLength(1);
    const heldAs = (await summaryOf(folder, id))?.heldAs ?? '';
    expect(heldAs).toMatch(/^@kept\//);
    expect([id, heldAs, 'rewind/other'].map(guard.holds)).toEqual([true, true, false]);
    await guard.look(SOON);
    expect(await kept()).toHaveLength(1);
    await guard.end();
    expect(await kept()).toEqual([]);
    await guard.look(SOON);
    expect(await kept()).toEqual([]);
  });

  test('what the rule took meanwhile stays kept, with its history', async () => {
    const { folder, id, guard, kept, file } = await begin();
    await guard.look(SOON);
    await rm(file);
    await guard.look(SOON);
    expect(await kept()).toHaveLength(1);
    const [one] = (await listSnapshots(folder)).filter(({ kind }) => kind === '@kept');
    expect(one).toMatchObject({ kept: { from: id, byItself: true }, heldAs: null });
    expect((await readHistory(folder)).entries[0]).toMatchObject({ kind: 'keep', by: 'itself', target: id });
    await guard.end();
    await releaseAbandoned(folder);
    expect(await kept()).toHaveLength(1);
    await keepSnapshot(folder, one?.id ?? '', { name: 'Mine', note: null });
    expect((await summaryOf(folder, one?.id ?? ''))?.kept).toMatchObject({ name: 'Mine' });
    expect((await summaryOf(folder, one?.id ?? ''))?.kept).not.toHaveProperty('byItself');
  });

  test('what is gone between a look and the end of the guard stays kept too', async () => {
    const { folder, guard, kept, file } = await begin();
    await guard.look(SOON);
    await rm(file);
    await guard.end();
    expect(await kept()).toHaveLength(1);
    expect((await readHistory(folder)).entries[0]).toMatchObject({ kind: 'keep', by: 'itself' });
  });

  test('what a person let go is not held again, and what they keep stays theirs', async () => {
    const first = await begin();
    await first.guard.look(SOON);
    await first.guard.letGo(first.id);
    expect(await first.kept()).toEqual([]);
    await rm(join(first.folder.dir, 'snapback/actions.jsonl'));
    await first.guard.look(inDays(13));
    expect(await first.kept()).toEqual([]);
    const second = await begin();
    await second.guard.look(SOON);
    await keepSnapshot(second.folder, second.id, { name: 'Mine', note: null });
    await second.guard.look(SOON);
    await second.guard.end();
    expect(await second.kept()).toHaveLength(1);
  });

  test('what a person moves to the trash is held no more; where that is refused, it stays held', async () => {
    const { folder, id, guard, kept } = await begin();
    await guard.look(SOON);
    const choice = { by: 'choice', ids: [id] } as const;
    const { planId } = await planPrune(folder, choice);
    await utimes(join(folder.dir, 'snapshots', `${id}.json`), SOON, SOON);
    const refused = guard.whileMoving(() => applyPrune(folder, choice, { planId }));
    expect(await codeOf(refused)).toBe('plan-stale');
    expect([guard.holds(id), (await kept()).length]).toEqual([true, 1]);
    const { moved } = await guard.whileMoving(() => applyPrune(folder, choice));
    expect(moved).toEqual([id]);
    expect([guard.holds(id), await kept()]).toEqual([false, []]);
    await guard.end();
    expect(await kept()).toEqual([]);
    expect((await viewTrash(folder)).files).toBe(1);
  });

  test('what cannot be looked at for the moment stays held', async () => {
    const { place, kept, folder } = await begin();
    // Nobody has told this one what is missing, so it has to find out what is needed by looking.
    const guard = createGuard(folder);
    await guard.look(SOON);
    expect(await kept()).toHaveLength(1);
    const bytes = await readFile(place.databaseFile);
    await writeFile(place.databaseFile, 'not a database');
    await putSnapshot(folder, 'periodic/20260301T000000Z');
    await guard.look(SOON);
    expect(await kept()).toHaveLength(1);
    await writeFile(place.databaseFile, bytes);
    await guard.end();
    expect(await kept()).toEqual([]);
  });

  test('a hold that cannot be reached is not called ended', async () => {
    const { folder, id } = await begin();
    const { id: keptId } = await holdSnapshot(folder, id);
    const place = join(folder.dir, 'snapback/kept');
    await rename(place, `${folder.dir}-kept`);
    await symlink(`${folder.dir}-kept`, place);
    expect(await codeOf(releaseSnapshot(folder, keptId))).toBe('snapshot-unsafe');
    await rm(place);
    await rename(`${folder.dir}-kept`, place);
    expect(await releaseSnapshot(folder, keptId)).toBe(true);
  });

  test('what somebody else holds as well stays held when they let it go, and is kept once if it was taken', async () => {
    const { folder, id, guard, kept, file } = await begin();
    const other = createGuard(folder);
    other.tell(await readHappened(folder));
    await guard.look(SOON);
    await other.look(SOON);
    await guard.end();
    expect(await kept()).toHaveLength(1);
    const dialog = await holdSnapshot(folder, id);
    await rm(file);
    await other.end();
    await releaseSnapshot(folder, dialog.id);
    expect(await kept()).toHaveLength(1);
    expect((await readHistory(folder)).entries.filter(({ kind }) => kind === 'keep')).toHaveLength(1);
  });

  test('what another process holds is held here, too', async () => {
    const { id, folder, guard, kept } = await begin();
    const theirs = await holdSnapshot(folder, id);
    const note = join(folder.dir, 'snapback', `${theirs.id.replace('@kept', 'kept')}.note`);
    const held = { pid: process.ppid, started: null };
    await writeFile(note, JSON.stringify({ ...JSON.parse(await readFile(note, 'utf8')), held }));
    await guard.look(SOON);
    await releaseSnapshot(folder, theirs.id);
    expect(await kept()).toHaveLength(1);
    await guard.end();
    expect(await kept()).toEqual([]);
  });

  test('what is back is let go', async () => {
    const { folder, id, guard, kept } = await begin();
    await guard.look(SOON);
    expect(await kept()).toHaveLength(1);
    await applyRestore(folder, keeping(id), NOW);
    guard.tell(await readHappened(folder));
    await guard.look(SOON);
    expect(await kept()).toEqual([]);
  });

  test('a folder that cannot be written does not matter', async () => {
    const { folder, guard } = await begin();
    await rm(join(folder.dir, 'snapback'), { recursive: true, force: true });
    await writeFile(join(folder.dir, 'snapback'), 'not a folder');
    await guard.look(SOON);
    await guard.end();
  });
});
