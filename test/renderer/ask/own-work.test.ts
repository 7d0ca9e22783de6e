import { expect, test } from 'vitest';
import { createOwnWork, createReader } from '../../../renderer/ask/own-work.ts';

/** A folder that can be read and changed; each answer and each reply arrives only when it is let through. */
function openFolder() {
  let files = 'before';
  const held: (() => void)[] = [];
  const hold = () => new Promise<void>((arrive) => held.push(arrive));
  const shown: string[] = [];
  const own = createOwnWork();
  const read = async () => {
    const found = files;
    await hold();
    return found;
  };
  return {
    shown,
    refresh: createReader(read, (answer) => shown.push(answer), own),
    /** Changes the files in two steps. The reply arrives later. */
    change: () =>
      own.run(async () => {
        files = 'half-way';
        await hold();
        files = 'after';
        await hold();
      }),
    /** Lets through what was sent first, and waits until it has had its effect. */
    async arrive(): Promise<void> {
      held.shift()?.();
      await new Promise((done) => setTimeout(done));
    },
    sent: () => held.length,
  };
}

test('a list that was asked for before our own action is not shown when it arrives during or after it', async () => {
  const folder = openFolder();
  const refreshed = folder.refresh();
  await folder.arrive();
  folder.shown.length = 0;
  const again = folder.refresh();
  await Promise.resolve();
  const changed = folder.change();
  await folder.arrive(); // The list, as it was before.
  expect(folder.shown).toEqual([]);
  await folder.arrive();
  await folder.arrive();
  await changed;
  expect(folder.shown).toEqual([]);
  await folder.arrive();
  await Promise.all([refreshed, again]);
  expect(folder.shown).toEqual(['after']);
});

test('the folder is not read during our own action, however often it is said to have changed, and once after it', async () => {
  const folder = openFolder();
  const changed = folder.change();
  const refreshed = [folder.refresh(), folder.refresh()];
  await folder.arrive();
  refreshed.push(folder.refresh());
  expect(folder.sent(), 'only the action is under way').toBe(1);
  await folder.arrive();
  await changed;
  await folder.arrive();
  await Promise.all(refreshed);
  expect(folder.shown).toEqual(['after']);
  expect(folder.sent()).toBe(0);
});

test('an action that fails is over, and the folder is read again', async () => {
  const own = createOwnWork();
  const shown: string[] = [];
  const refresh = createReader(
    async () => 'list',
    (answer) => shown.push(answer),
    own,
  );
  const work = own.run(() => Promise.reject(new Error('refused')));
  const refreshed = refresh();
  await expect(work).rejects.toThrow('refused');
  await refreshed;
  expect(shown).toEqual(['list']);
});

test('what changes while a list is being read is read once more', async () => {
  const folder = openFolder();
  const refreshed = [folder.refresh()];
  await Promise.resolve();
  refreshed.push(folder.refresh(), folder.refresh());
  await folder.arrive();
  await folder.arrive();
  await Promise.all(refreshed);
  expect(folder.shown).toEqual(['before', 'before']);
  expect(folder.sent()).toBe(0);
});
