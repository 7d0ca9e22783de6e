import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint, makeDemo, pristine, refusal, root, run } from '../support/cli.ts';
import { asHost, makeDatabase } from '../support/place.ts';

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

test('“profile draft” prints a profile that passes the check, and changes nothing', async () => {
  const before = await fingerprint(pristine);
  const { status, stdout, stderr } = await run(['profile', 'draft', pristine]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(await fingerprint(pristine)).toEqual(before);
  const dir = await makeDemo();
  await writeFile(join(dir, 'snapback-profile.json'), stdout);
  const check = JSON.parse((await run(['profile', 'check', dir, '--json'])).stdout);
  const drafted = JSON.parse((await run(['profile', 'draft', pristine, '--json'])).stdout);
  expect(drafted).toEqual({ file: null, profile: JSON.parse(stdout), check });
});

test('“profile draft --to” writes a new file, says what to correct, and refuses an existing one', async () => {
  const dir = await makeDemo();
  const file = join(dir, 'snapback-profile.json');
  const { status, stdout } = await run(['profile', 'draft', dir, '--to', file]);
  expect(status).toBe(0);
  expect(stdout).toContain(`Written: ${file}\n`);
  expect(stdout).toMatch(/^Messages with chat, .+ can be kept\.\n/);
  expect(stdout).toContain('docs/profile.md');
  const written = await readFile(file);
  expect(await run(['profile', 'draft', dir, '--to', file])).toEqual(refusal(1, 'target-exists'));
  expect(await readFile(file)).toEqual(written);
});

test('a database of another chat app is refused with the command that drafts a profile for it', async () => {
  const dir = await makeDemo();
  asHost({ databaseFile: join(dir, 'chat.db') }, (db) => db.exec('ALTER TABLE event_log RENAME TO journal'));
  await rename(join(dir, 'snapshots'), join(dir, 'elsewhere'));
  const outcome = await run(['profile', 'check', dir]);
  expect(outcome).toEqual(refusal(1, 'database-missing'));
  expect(outcome.stderr).toContain('If it is chat.db, “snapback profile draft DIR” drafts a profile for it.');
  const drafted = JSON.parse((await run(['profile', 'draft', dir, '--json'])).stdout);
  expect(drafted).toMatchObject({ profile: { log: { table: 'journal' } } });
});
