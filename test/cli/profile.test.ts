import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint, makeDemo, pristine, refusal, root, run } from '../support/cli.ts';
import { makeDatabase } from '../support/place.ts';

test('“profile check” says in one line what is understood and what can be done, and changes nothing', async () => {
  const before = await fingerprint(pristine);
  const { status, stdout, stderr } = await run(['profile', 'check', pristine]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [line, blank, ...rest] = stdout.trimEnd().split('\n');
  expect(line).toBe(
    'Messages with chat, speaker and time are found in “event_log”, beside 10 more tables. Snapshots can be compared, taken and restored here, and what was written since can be kept.',
  );
  expect(blank).toBe('');
  expect(rest.map((one) => one.slice(0, 14).trimEnd())).toEqual([
    ...['Profile', 'Database', 'Log', 'Text', 'Chat', 'Speaker', 'Time', 'Chat names', 'Tables'],
    ...['Left alone', 'Rewinds'],
  ]);
  const json = JSON.parse((await run(['profile', 'check', pristine, '--json'])).stdout);
  expect(json).toMatchObject({ summary: line, own: false, log: { table: 'event_log' } });
  expect(await fingerprint(pristine)).toEqual(before);
});

test('“profile check” refuses an invalid profile, with the key and the reason', async () => {
  const dir = await makeDemo();
  await writeFile(join(dir, 'snapback-profile.json'), '{"log": {"columns": {"ts": "when"}}}');
  const outcome = await run(['profile', 'check', dir]);
  expect(outcome).toEqual(refusal(1, 'profile-invalid'));
  expect(outcome.stderr).toMatch(
    /log\.columns\.ts must be a column of “event_log”, which has .+Found: when\./,
  );
});

test('“profile check” takes the database that is named, where there are several', async () => {
  const dir = join(root, 'two');
  await mkdir(dir);
  for (const name of ['a.db', 'b.db']) makeDatabase(join(dir, name), '');
  expect(await run(['profile', 'check', dir])).toEqual(refusal(1, 'database-ambiguous'));
  const { stdout } = await run(['profile', 'check', dir, '--db', 'b.db', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ database: 'b.db' });
});
