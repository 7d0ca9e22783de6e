import { expect, test } from 'vitest';
import type { PutBack, SpaceUse, TrashedPrune } from '../../src/index.ts';
import { ask, type Listed, makeDemo, refusal, run } from '../support/cli.ts';

test('“trash” lists what can be put back, puts it back, and empties itself only with --yes', async () => {
  const dir = await makeDemo();
  expect(await ask(dir, 'trash')).toEqual([]);
  await ask(dir, 'prune', '--kind', 'periodic', '--keep', '1', '--yes');
  const [prune] = await ask<readonly TrashedPrune[]>(dir, 'trash', 'list');
  expect(prune).toMatchObject({ snapshots: { length: 4 } });
  const { trashName = '', snapshots: [one] = [] } = prune ?? {};
  const { stdout } = await run(['trash', '--data', dir]);
  expect(stdout).toContain(`${trashName}  `);
  for (const { id } of prune?.snapshots ?? []) expect(stdout).toContain(id);
  expect(await ask<PutBack>(dir, 'trash', 'put-back', trashName, one?.id ?? '')).toMatchObject({
    putBack: [one?.id],
  });
  expect((await ask<PutBack>(dir, 'trash', 'put-back', trashName)).putBack).toHaveLength(3);
  await ask(dir, 'prune', '--kind', 'periodic', '--keep', '1', '--yes');
  expect(await ask(dir, 'trash', 'empty')).toMatchObject({ files: 4 });
  expect(await ask(dir, 'trash', 'empty', '--yes')).toMatchObject({
    files: 4,
    freesBytes: expect.any(Number),
  });
  expect(await ask(dir, 'trash')).toEqual([]);
});

test('what “prune” says to type puts back what it has moved', async () => {
  const dir = await makeDemo();
  const oldest = (await ask<readonly Listed[]>(dir, 'list', '--kind', 'periodic')).at(-1)?.id ?? '';
  const { stdout } = await run(['prune', oldest, '--yes', '--only-copies', '--data', dir]);
  const [, said = ''] = /“snapback ([^”]+)” brings it back;/.exec(stdout) ?? [];
  expect(await ask<PutBack>(dir, ...said.split(' '))).toMatchObject({ putBack: [oldest] });
});

test.each([
  ['an unknown action', ['what']],
  ['nothing to put back', ['put-back']],
  ['more than “list” takes', ['list', 'all']],
  ['a consent where nothing needs one', ['list', '--yes']],
  ['the consent to lose the only copy where nothing is deleted', ['empty', '--only-copies']],
  ['that consent for anything but emptying', ['put-back', '20260101T000000Z', '--only-copies']],
])('“trash” refuses %s', async (_, args) => {
  expect(await run(['trash', ...args, '--data', '.'])).toEqual(refusal(2, 'usage'));
});

test('“space” says what the snapshots take, by kind and in all, and which rule would free something', async () => {
  const dir = await makeDemo();
  const space = await ask<SpaceUse>(dir, 'space');
  expect(space.kinds.reduce((sum, { bytes }) => sum + bytes, space.trash.bytes)).toBe(space.totalBytes);
  const { stdout } = await run(['space', '--data', dir]);
  expect(stdout).toMatch(/Checkpoints +\d+ +[\d.]+ .B\n/);
  expect(stdout).toMatch(/Snapshots take [\d.]+ .B\./);
});

test('“prune” names the only snapshot that can bring something back, and moves it only if it is told to', async () => {
  const dir = await makeDemo();
  const id = (await ask<readonly { readonly id: string }[]>(dir, 'list', '--kind', 'rewind'))[0]?.id ?? '';
  expect(await ask(dir, 'prune', id)).toMatchObject({ goes: [{ id }], onlyCopies: [{ id, messages: 8 }] });
  const { stdout } = await run(['prune', id, '--data', dir]);
  expect(stdout).toMatch(/Only the one from .* can bring back 8 messages in “Lighthouse”\./);
  expect(stdout).toContain('Add --yes --only-copies');
  const refused = await run(['prune', id, '--yes', '--data', dir]);
  expect(refused).toEqual(refusal(1, 'only-copy'));
  expect(refused.stderr).toContain('8 messages in “Lighthouse”');
  expect(refused.stderr).toContain('--only-copies');
  expect(await ask(dir, 'trash')).toEqual([]);
  expect(await run(['prune', id, '--only-copies', '--data', dir])).toEqual(refusal(2, 'usage'));
  expect(await ask(dir, 'prune', id, '--yes', '--only-copies')).toMatchObject({ moved: [id] });
});

test('“trash empty” names the only snapshot that can bring something back, and deletes it only if it is told to', async () => {
  const dir = await makeDemo();
  const id = (await ask<readonly Listed[]>(dir, 'list', '--kind', 'rewind'))[0]?.id ?? '';
  await ask(dir, 'prune', id, '--yes', '--only-copies');
  const [prune] = await ask<readonly TrashedPrune[]>(dir, 'trash');
  const copy = { id: `@trash/${prune?.trashName}/${id}`, messages: 8 };
  expect(await ask(dir, 'trash', 'empty')).toMatchObject({ files: 1, onlyCopies: [copy] });
  const { stdout } = await run(['trash', 'empty', '--data', dir]);
  expect(stdout).toMatch(/Only the one from .* can bring back 8 messages in “Lighthouse”\./);
  expect(stdout).toContain('Add --yes --only-copies to delete them for good all the same.');
  const refused = await run(['trash', 'empty', '--yes', '--data', dir]);
  expect(refused).toEqual(refusal(1, 'only-copy'));
  expect(refused.stderr).toContain('8 messages in “Lighthouse”');
  expect(refused.stderr).toContain('--only-copies');
  const consent = ['--yes', '--only-copies'];
  const stale = ['trash', 'empty', ...consent, '--plan-id', 'other', '--data', dir];
  expect(await run(stale)).toEqual(refusal(1, 'plan-stale'));
  expect(await ask(dir, 'trash')).toHaveLength(1);
  expect(await ask(dir, 'trash', 'empty', ...consent)).toMatchObject({ files: 1 });
  expect(await ask(dir, 'trash')).toEqual([]);
});
