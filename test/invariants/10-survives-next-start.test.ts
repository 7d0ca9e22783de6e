import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyPrune,
  applyRestore,
  applyUndo,
  type DataFolder,
  listSnapshots,
  planPrune,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, asHost, codeOf, makeRoot, open, type Place, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { keeping, rewindLately, WAYS } from '../support/rewound.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/**
 * The result of a restore survives the host's next start: the checkpoint that the host would load, the last by name, is
 * ours and equals the live state, even if others are dated in the future.
 */
const root = makeRoot();

const story: Story = {
  schema:
    'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada'), (2, 'bo'); INSERT INTO chats VALUES ('c1', 'One');",
  since: "DELETE FROM bots WHERE id = 2; UPDATE chats SET title = 'mistaken';",
};

/** What the host's listing takes for its newest checkpoint: the greatest name that ends in `.json`, hidden ones too. */
async function newestByName({ dir }: Place): Promise<string> {
  const names = (await readdir(join(dir, 'snapshots/periodic')))
    .filter((name) => name.endsWith('.json'))
    .sort();
  return names.at(-1) ?? '';
}

/** The host's cold load and replay change nothing: every projected row is there and no event is newer. */
async function expectNothingToLoad(place: Place): Promise<void> {
  const loaded: unknown = JSON.parse(
    await readFile(join(place.dir, 'snapshots/periodic', await newestByName(place)), 'utf8'),
  );
  asHost(place, (db) => {
    expect(loaded).toMatchObject({
      last_event_id: db.prepare('SELECT max(id) FROM event_log').pluck().get(),
      bots: db.prepare('SELECT * FROM bots').all(),
      chats: db.prepare('SELECT * FROM chats').all(),
    });
    expect(loaded).toHaveProperty(
      'event_log.length',
      db.prepare('SELECT count(*) FROM event_log').pluck().get(),
    );
  });
}

describe.concurrent('after a full restore, its undo and the undo of that, the host loads the state that the database holds', () => {
  test.each([
    ['nothing else', []],
    ['a checkpoint of the mistake', ['now']],
    ['one that is dated in the future', ['periodic/20991231T235959Z']],
    [
      'numbered ones in the future, up to the last number',
      ['periodic/20991231T235959Z', 'periodic/20991231T235959Z_999'],
    ],
    ['a name that is no time, and a hidden file', ['periodic/zzz', 'periodic/.~hidden']],
  ])('beside %s', async (_, checkpoints) => {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    for (const checkpoint of checkpoints)
      if (checkpoint === 'now') await takeSnapshot(folder, 'periodic');
      else await putSnapshot(place, checkpoint, '{"last_event_id": 0, "bots": []}');
    const others = (await readdir(join(place.dir, 'snapshots')).then((kinds) => kinds.includes('periodic')))
      ? await readdir(join(place.dir, 'snapshots/periodic'))
      : [];
    const receipt = await applyRestore(folder, restoring(id), NOW);
    expect(`periodic/${await newestByName(place)}`).toBe(`${receipt.checkpointId}.json`);
    await expectNothingToLoad(place);
    for (let round = 0; round < 2; round += 1) {
      const undone = await applyUndo(folder, { acceptOtherTimeline: true }, NOW);
      expect(`periodic/${await newestByName(place)}`).toBe(`${undone.checkpointId}.json`);
      await expectNothingToLoad(place);
    }
    expect(await readdir(join(place.dir, 'snapshots/periodic'))).toEqual(expect.arrayContaining(others));
  });
});

test.concurrent.each(WAYS)(
  'after a restore that keeps newer events, the host loads the snapshot’s state and applies them: a rewind that %s',
  async (way) => {
    const { place, folder, id, before } = await rewindLately(root(), way);
    await putSnapshot(place, 'periodic/20991231T235959Z', '{"last_event_id": 15, "memories": []}');
    await applyRestore(folder, keeping(id), NOW);
    const loaded = JSON.parse(
      await readFile(join(place.dir, 'snapshots/periodic', await newestByName(place)), 'utf8'),
    );
    expect(loaded).toMatchObject({ last_event_id: 12, event_log: { length: 12 }, memories: { length: 12 } });
    expect(readState(place.databaseFile).tables.memories).toEqual(before.tables.memories);
    const toApply = asHost(place, (db) => db.prepare('SELECT id FROM event_log WHERE id > 12').pluck().all());
    expect(toApply).toEqual([14, 15]);
    await applyUndo(folder, {}, NOW);
    await expectAllLoaded(place, 15);
  },
);

/** The host's cold load leaves no event to apply. */
async function expectAllLoaded(place: Place, last: number): Promise<void> {
  const loaded = JSON.parse(
    await readFile(join(place.dir, 'snapshots/periodic', await newestByName(place)), 'utf8'),
  );
  const { memories = [], event_log: log = [] } = readState(place.databaseFile).tables;
  expect(loaded).toMatchObject({
    last_event_id: last,
    event_log: { length: log.length },
    memories: { length: memories.length },
  });
}

describe.concurrent('pruning never leaves a checkpoint of the undone state as the newest', () => {
  /** A checkpoint of the mistake, a restore, and a checkpoint of after some more events. */
  async function restored() {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    await takeSnapshot(folder, 'periodic');
    const receipt = await applyRestore(folder, restoring(id), NOW);
    run(place, addEvents(1, 'afterwards'));
    return { place, folder, own: receipt.checkpointId ?? '', later: await takeLater(folder) };
  }

  const takeLater = async (folder: DataFolder) => (await takeSnapshot(folder, 'periodic')).id;
  const choice = (...ids: readonly string[]) => ({ by: 'choice', ids }) as const;
  const everything = { by: 'count', kind: 'periodic', keep: 0 } as const;

  /** Neither alone nor by a rule does the checkpoint go, and the list says so. */
  async function expectKept(folder: DataFolder, id: string): Promise<void> {
    const stays = [{ id, reason: 'needed-at-next-start' }];
    for (const policy of [choice(id), everything])
      expect((await planPrune(folder, policy)).stays).toEqual(stays);
    expect(await codeOf(applyPrune(folder, choice(id)))).toBe('snapshot-needed');
    const listed = (await listSnapshots(folder)).filter(
      ({ retention }) => retention.reason === 'needed-at-next-start',
    );
    expect(listed.map((one) => one.id)).toEqual([id]);
  }

  test('one after the other: the restore’s own may be pruned after a later one exists, and then the later one must stay', async () => {
    const { place, folder, own, later } = await restored();
    await applyPrune(folder, choice(own));
    await expectKept(folder, later);
    expect(`periodic/${await newestByName(place)}`).toBe(`${later}.json`);
  });

  test('all at once: the newest stays', async () => {
    const { place, folder, own, later } = await restored();
    expect((await planPrune(folder, choice(own, later))).stays).toEqual([
      { id: later, reason: 'needed-at-next-start' },
    ]);
    await applyPrune(folder, everything);
    expect(await readdir(join(place.dir, 'snapshots/periodic'))).toEqual([
      `${later.slice('periodic/'.length)}.json`,
    ]);
  });

  test('with a damaged newest one: the damaged one may be pruned, the whole one before it may not', async () => {
    const { place, folder, own, later } = await restored();
    const damaged = 'periodic/20991231T235959Z';
    await putSnapshot(place, damaged, '{"last_event_id": 9, "event_log": [');
    await applyPrune(folder, choice(own));
    expect((await planPrune(folder, choice(later))).stays).toHaveLength(1);
    await applyPrune(folder, choice(damaged));
    await expectKept(folder, later);
  });

  test('after an undo: the checkpoint of the first restore no longer counts', async () => {
    const { folder } = await restored();
    const undone = await applyUndo(folder, { acceptOtherTimeline: true }, NOW);
    await expectKept(folder, undone.checkpointId ?? '');
  });

  test('if the journal is lost, before or after a prune, the restored state is still recognized', async () => {
    const { place, folder, own, later } = await restored();
    await rm(join(place.dir, 'snapback'), { recursive: true });
    await applyPrune(folder, choice(own));
    await expectKept(folder, later);
    await rm(join(place.dir, 'snapback'), { recursive: true });
    await expectKept(folder, later);
  });
});
