import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { applyRestore } from '../../src/index.ts';
import { makeRoot, open } from '../support/place.ts';
import { runToEnd, start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** Tidying up after an action never makes a success look like a failure, and never removes anything that is needed. */
const root = makeRoot();
const isRoot = process.getuid?.() === 0;
const linux = process.platform === 'linux';

const story: Story = {
  schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada');",
  since: "UPDATE bots SET name = 'mistaken';",
};

/** Gives a folder and all in it to whom the child will be. */
async function giveAway(dir: string): Promise<void> {
  if (!isRoot) return;
  execFileSync('chown', ['-R', '65534:65534', dir]);
}

test.concurrent.each([
  ['take', 'build'],
  ['diff', 'read-snapshot'],
  ['plan', 'read-snapshot'],
  ['restore', 'commit'],
  ['undo', 'commit'],
])('%s succeeds even if its temporary folder cannot be removed', async (action, phase) => {
  const { place, id, before, since } = await live(root(), story);
  if (action === 'undo') await applyRestore(await open(place), restoring(id), NOW);
  const temporary = `${place.dir}-temporary`;
  await mkdir(temporary);
  if (isRoot) await chown(temporary, 65534, 65534);
  await giveAway(place.dir);
  const env = {
    TMPDIR: temporary,
    LOCK_IN: phase,
    LOCK: temporary,
    ...(isRoot ? { USER_ID: '65534' } : {}),
  };
  const outcome = await runToEnd('act.ts', { args: [place.dir, action, id], env });
  await chmod(temporary, 0o755);
  expect(outcome).toBe(action === 'plan' ? 'no refusal' : 'done');
  const expected = action === 'restore' ? before : since;
  expect(readState(place.databaseFile)).toEqual(expected);
});

/** The journal takes the line of the announcement up to its last byte and refuses the rest: it counts, and COMMIT never came. */
test.runIf(linux)(
  'a restore whose announcement fails is rolled back, and the one before it can still be undone',
  async () => {
    const { place, id, since } = await live(root(), story);
    const lines = await start('fail-announcement.ts', { args: [place.dir, id] }).ended;
    expect(lines).toEqual(['io-failed', 'announced', 'undone']);
    expect(readState(place.databaseFile)).toEqual(since);
  },
);
