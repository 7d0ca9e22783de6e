import { link, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  finishAndLook,
  finishInterrupted,
  listSnapshots,
  lookAtSnapshots,
  takeSnapshot,
} from '../../src/index.ts';
import { killAtCommit, readJournalLines, writeJournalLines } from '../support/killed.ts';
import { addEvents, makeRoot, open, type Place, run } from '../support/place.ts';
import { rewindLately } from '../support/rewound.ts';
import { live, type Story } from '../support/story.ts';

/*
 * A restore was committed, and the draft of its checkpoint is gone or torn, after a power loss or because somebody
 * tidied up. Without a checkpoint the host's next start would load an older one and undo the restore.
 */
const root = makeRoot();

const story: Story = {
  schema:
    'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada'); INSERT INTO chats VALUES ('c1', 'One');",
  since: "UPDATE bots SET name = 'mistaken'; UPDATE chats SET title = 'mistaken';",
};

/** The host has a checkpoint of the state that the restore replaces. */
async function killed() {
  const { place, id } = await live(root(), story);
  const folder = await open(place);
  const mistaken = await takeSnapshot(folder, 'periodic');
  const { receipt, draft } = await killAtCommit(place, id, { committed: true });
  if (draft === null) throw new TypeError('It left no draft.');
  return { place, folder, receipt, draft, mistaken };
}

async function checkpointsIn({ dir }: Place): Promise<readonly string[]> {
  return (await readdir(join(dir, 'snapshots/periodic'))).sort();
}

/** What the host's next start loads. */
async function newestCheckpoint(place: Place): Promise<unknown> {
  const name = (await checkpointsIn(place)).filter((one) => one.endsWith('.json')).at(-1) ?? '';
  return JSON.parse(await readFile(join(place.dir, 'snapshots/periodic', name), 'utf8'));
}

const RESTORED = { bots: [{ name: 'ada' }], chats: [{ title: 'One' }], event_log: { length: 5 } };

describe.concurrent('the next start makes the checkpoint from the database', () => {
  const losses: readonly (readonly [string, (draft: string) => Promise<void>])[] = [
    ['is gone', (draft) => rm(draft)],
    ['is empty', (draft) => truncate(draft, 0)],
    ['is torn', (draft) => truncate(draft, 200)],
  ];
  const journals: readonly (readonly [string, (lines: readonly string[]) => readonly string[]])[] = [
    ['knows that it was begun', (lines) => lines],
    ['is lost', () => []],
  ];
  test.each(
    losses.flatMap(([loss, lose]) => journals.map(([words, keep]) => [loss, words, lose, keep] as const)),
  )('if its draft %s and the journal %s', async (_, __, lose, keep) => {
    const { place, folder, draft } = await killed();
    await lose(draft);
    await writeJournalLines(place, keep(await readJournalLines(place)));
    const [done] = await finishInterrupted(folder);
    expect(done).toMatchObject({ outcome: 'committed', checkpointId: expect.stringMatching(/^periodic\//) });
    expect(await newestCheckpoint(place)).toMatchObject(RESTORED);
    const last = JSON.parse((await readJournalLines(place)).at(-1) ?? '');
    expect(last).toMatchObject({ type: 'checkpoint-published', checkpointId: done?.checkpointId });
    const names = await checkpointsIn(place);
    expect(names).toHaveLength(2);
    expect(await finishInterrupted(folder)).toEqual([]);
    expect(await checkpointsIn(place)).toEqual(names);
  });

  test('if the journal records that it was committed', async () => {
    const { place, folder, receipt, draft } = await killed();
    await rm(draft);
    const { planId, safetyCopyId } = receipt;
    const line = JSON.stringify({ type: 'recovered', planId, safetyCopyId, at: new Date().toISOString() });
    await writeJournalLines(place, [...(await readJournalLines(place)), line]);
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'committed' }]);
    expect(await newestCheckpoint(place)).toMatchObject(RESTORED);
  });
});

/** The journal is lost, and nothing can be written in its place. */
async function spoilJournal({ dir }: Place): Promise<void> {
  await rm(join(dir, 'snapback/journal.jsonl'));
  await mkdir(join(dir, 'snapback/journal.jsonl'));
}

test.each([
  ['is recorded', null],
  ['cannot be recorded', spoilJournal],
] as const)('a list shows the checkpoint that was just made, also where that %s', async (_, spoil) => {
  const { place, folder } = await killed();
  await spoil?.(place);
  const { look } = await finishAndLook(folder);
  expect(await newestCheckpoint(place)).toMatchObject(RESTORED);
  expect(look).toEqual(await lookAtSnapshots(folder));
  expect(await listSnapshots(folder, { look })).toEqual(await listSnapshots(folder));
});

describe.concurrent('no checkpoint is made', () => {
  test('if the restore’s own was published, and only its record is missing', async () => {
    const { place, folder, draft } = await killed();
    const published = join(place.dir, 'snapshots/periodic/20991231T235959Z.json');
    await writeFile(published, await readFile(draft));
    await rm(draft);
    const names = await checkpointsIn(place);
    const [done] = await finishInterrupted(folder);
    expect(done).toMatchObject({ outcome: 'committed', checkpointId: 'periodic/20991231T235959Z' });
    expect(await checkpointsIn(place)).toEqual(names);
  });

  test('if the restore’s own was published, and its draft is another name of it', async () => {
    const { place, folder, draft } = await killed();
    const name = '20991231T235959Z';
    await link(draft, join(place.dir, 'snapshots/periodic', `${name}.json`));
    const names = (await checkpointsIn(place)).filter((one) => one.endsWith('.json'));
    const [done] = await finishInterrupted(folder);
    expect(done).toMatchObject({ outcome: 'committed', checkpointId: `periodic/${name}` });
    expect(await checkpointsIn(place)).toEqual(names);
  });

  test('if the restore’s own was published, and ends before the newer events that were kept', async () => {
    const { place, folder, id } = await rewindLately(root(), 'flags');
    const { draft } = await killAtCommit(place, id, { committed: true, keepNewer: true });
    if (draft === null) throw new TypeError('It left no draft.');
    await rename(draft, join(place.dir, 'snapshots/periodic/20991231T235959Z.json'));
    const names = await checkpointsIn(place);
    const [done] = await finishInterrupted(folder);
    expect(done).toMatchObject({ outcome: 'committed', checkpointId: 'periodic/20991231T235959Z' });
    expect(await checkpointsIn(place)).toEqual(names);
  });

  test('if the host has written since: its state is its own', async () => {
    const { place, folder, draft } = await killed();
    await rm(draft);
    run(place, addEvents(1, 'host'));
    const names = await checkpointsIn(place);
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'committed', checkpointId: null }]);
    expect(await checkpointsIn(place)).toEqual(names);
  });
});
