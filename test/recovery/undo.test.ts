import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, finishInterrupted, planUndo, readRestoredState } from '../../src/index.ts';
import { addEvents, codeOf, makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** A restore can be undone, and so can its undo, whatever happens to our own records. */
const root = makeRoot();
const UNDO = { acceptDrift: false };

const story: Story = {
  schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE other (a);',
  before: "INSERT INTO memories VALUES (1, 'a'), (2, 'b');",
  since: "DELETE FROM memories WHERE id = 1; UPDATE memories SET text = 'changed';",
};

async function restored(given: Partial<Story> = {}) {
  const lived = await live(root(), { ...story, ...given });
  const folder = await open(lived.place);
  const request = restoring(lived.id, { ...given.options });
  const receipt = await applyRestore(folder, request, NOW);
  return { ...lived, folder, receipt, after: readState(lived.place.databaseFile) };
}

describe.concurrent('undo', () => {
  test('of an undo, and of that undo in turn, restores exactly the other state', async () => {
    const { place, folder, since, after } = await restored();
    for (const expected of [since, after, since]) {
      await applyUndo(folder, UNDO, NOW);
      expect(readState(place.databaseFile)).toEqual(expected);
      expect(findFaults(place.databaseFile)).toEqual([]);
    }
    expect(await readRestoredState(folder)).toMatchObject({ action: 'undo' });
  });

  test('is made while others work out what it would do', async () => {
    const { place, folder, since } = await restored();
    const planned = await planUndo(folder, UNDO);
    const [receipt, ...plans] = await Promise.allSettled([
      applyUndo(folder, UNDO, { ...NOW, planId: planned.planId }),
      ...Array.from({ length: 5 }, () => planUndo(folder, UNDO)),
    ]);
    expect(receipt).toMatchObject({ status: 'fulfilled' });
    for (const plan of plans) expect(plan).toMatchObject({ status: 'fulfilled' });
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('has nothing to do if no restore was made, and plans nothing', async () => {
    const place = await makePlace(root(), story.schema);
    expect(await codeOf(planUndo(await open(place), UNDO))).toBe('nothing-to-undo');
    expect(await codeOf(applyUndo(await open(place), UNDO, NOW))).toBe('nothing-to-undo');
    expect(await readRestoredState(await open(place))).toBe(null);
  });

  test('also takes back what the host wrote after the restore, after saying so', async () => {
    const { place, folder, since } = await restored();
    run(place, addEvents(2, 'afterwards'));
    const plan = await planUndo(folder, UNDO);
    expect(plan.tables.find(({ role }) => role === 'log')).toMatchObject({ added: 3, removed: 2 });
    expect(plan).toMatchObject({ newerEventsLost: 2, lineage: 'other' });
    const apply = { ...NOW, planId: plan.planId };
    expect(await codeOf(applyUndo(folder, UNDO, apply))).toBe('other-timeline');
    await applyUndo(folder, { ...UNDO, acceptOtherTimeline: true }, apply);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test.each<[string, (file: string) => Promise<void>]>([
    ['has been deleted', (file) => rm(file)],
    ['is damaged', (file) => truncate(file, 100)],
  ])('says so if the safety copy of the newest restore %s', async (words, harm) => {
    const { place, folder, receipt } = await restored();
    await harm(join(place.dir, 'snapshots', `${receipt.safetyCopyId}.db`));
    await expect(planUndo(folder, UNDO)).rejects.toMatchObject({
      code: 'nothing-to-undo',
      message: expect.stringContaining(`its safety copy ${words}`),
    });
  });

  test('skips a restore that was rolled back and left only its announcement', async () => {
    const { place, folder, since, receipt } = await restored();
    const journal = join(place.dir, 'snapback/journal.jsonl');
    const [announced = ''] = (await readFile(journal, 'utf8')).split('\n');
    const by = { pid: 0x7fff_ffff, started: null };
    const safetyCopyId = 'restore/20991231T235959Z';
    await appendFile(
      journal,
      `${JSON.stringify({ ...JSON.parse(announced), planId: 'later', safetyCopyId, by })}\n`,
    );
    expect((await planUndo(folder, UNDO)).snapshot.id).toBe(receipt.safetyCopyId);
    expect(await finishInterrupted(folder)).toMatchObject([{ planId: 'later', outcome: 'not-committed' }]);
    await applyUndo(folder, UNDO, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('of projections alone brings back projections alone', async () => {
    const { place, folder, since, receipt, after } = await restored({ options: { mode: 'projections' } });
    expect([receipt.mode, receipt.checkpointId]).toEqual(['projections', null]);
    expect(after.tables.event_log).toEqual(since.tables.event_log);
    expect(after.tables.memories).not.toEqual(since.tables.memories);
    const undone = await applyUndo(folder, UNDO, NOW);
    expect(undone.mode).toBe('projections');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('works if the journal is lost, torn or full of other things', async () => {
    const { place, folder, since } = await restored();
    const journal = join(place.dir, 'snapback/journal.jsonl');
    await appendFile(journal, '{"type":"prepared","planId":"x","at":');
    expect(await readRestoredState(folder)).toMatchObject({ action: 'restore' });
    await writeFile(journal, '\0\0\0 not json\n[[[[');
    expect(await readRestoredState(folder)).toMatchObject({ action: 'restore' });
    await rm(join(place.dir, 'snapback'), { recursive: true });
    await finishInterrupted(folder);
    run(place, addEvents(1, 'later'));
    expect(await readRestoredState(folder)).toMatchObject({ action: 'restore' });
    await applyUndo(folder, { acceptOtherTimeline: true }, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('finds the newest restore without a journal, even after an undo', async () => {
    const { place, folder, since, after } = await restored();
    await applyUndo(folder, UNDO, NOW);
    await rm(join(place.dir, 'snapback'), { recursive: true });
    await finishInterrupted(folder);
    expect(await readRestoredState(folder)).toMatchObject({ action: 'undo' });
    await applyUndo(folder, UNDO, NOW);
    expect(readState(place.databaseFile)).toEqual(after);
    await applyUndo(folder, UNDO, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('is exact for values that a snapshot cannot show', async () => {
    const { place, folder, since } = await restored({
      since: `DELETE FROM memories; INSERT INTO memories VALUES (1, CAST(x'ff00' AS TEXT)), (2, x'6227'), (3, 9e999),
        (4, 9223372036854775807), (5, 'b''x''');`,
    });
    await applyUndo(folder, UNDO, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });
});
