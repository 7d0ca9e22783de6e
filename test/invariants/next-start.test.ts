import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, defaultRestoreOptions, takeSnapshot } from '../../src/index.ts';
import { asHost, makeRoot, open, type Place, putSnapshot } from '../support/place.ts';
import { live, NOW, type Story } from '../support/story.ts';

/**
 * What a restore leaves survives the host's next start: the checkpoint that the host would load, the last by name, is
 * ours and equals the live state, even where others are dated in the future.
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

describe.concurrent('after a full restore, its undo and the undo of that, the host loads the state that it finds', () => {
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
    const receipt = await applyRestore(folder, { ...defaultRestoreOptions, id, action: 'restore' }, NOW);
    expect(`periodic/${await newestByName(place)}`).toBe(`${receipt.checkpointId}.json`);
    await expectNothingToLoad(place);
    for (let round = 0; round < 2; round += 1) {
      const undone = await applyUndo(folder, { acceptDrift: false }, NOW);
      expect(`periodic/${await newestByName(place)}`).toBe(`${undone.checkpointId}.json`);
      await expectNothingToLoad(place);
    }
    expect(await readdir(join(place.dir, 'snapshots/periodic'))).toEqual(expect.arrayContaining(others));
  });
});
