import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { PrunePlan, PruneReceipt, PutBack, TrashedPrune } from '../../src/model/prune.ts';
import {
  ask,
  makeDemo,
  newest,
  pristine,
  readDump,
  readTables,
  refusal,
  root,
  run,
  start,
} from '../support/cli.ts';

describe.concurrent('taking and tidying up', () => {
  test('takes a snapshot of either kind, and a periodic one only when it is due', async () => {
    const dir = await makeDemo();
    const taken = await ask<{ id: string; file: string; lastEventId: number }>(dir, 'take');
    expect(taken.id).toMatch(/^rewind\//);
    expect(taken.file).toBe(join(dir, 'snapshots', `${taken.id}.json`));
    expect(await readDump(dir, taken.id)).toEqual(readTables(dir));
    expect(await ask(dir, 'take', '--if-due')).toEqual({ taken: false, reason: expect.any(String) });
    expect((await ask<{ id: string }>(dir, 'take', '--kind', 'periodic')).id).toMatch(/^periodic\//);
  });

  test('prunes into the trash by plan, and frees the space in a separate step', async () => {
    const dir = await makeDemo();
    const kept = await newest(dir, 'periodic');
    const plan = await ask<PrunePlan>(dir, 'prune', '--kind', 'periodic', '--keep', '1');
    expect(plan.goes).toHaveLength(4);
    expect(await readdir(join(dir, 'snapshots', 'periodic'))).toHaveLength(5);
    const receipt = await ask<PruneReceipt>(
      dir,
      'prune',
      '--kind',
      'periodic',
      '--keep',
      '1',
      '--yes',
      '--plan-id',
      plan.planId,
    );
    expect([...receipt.moved].sort()).toEqual(plan.goes.map(({ id }) => id).sort());
    expect(await readdir(join(dir, 'snapshots', 'periodic'))).toEqual([`${kept.split('/')[1]}.json`]);
    expect(await ask(dir, 'empty-trash')).toMatchObject({ files: 4, bytes: plan.bytes });
    expect(await ask(dir, 'empty-trash', '--yes')).toMatchObject({ files: 4, bytes: plan.bytes });
    expect(await ask(dir, 'empty-trash')).toMatchObject({ files: 0, bytes: 0 });
    expect(await run(['prune', '--kind', 'periodic', '--keep', '1', '--yes', '--data', dir])).toEqual(
      refusal(1, 'nothing-to-prune'),
    );
  });

  test('lists what is in the trash, and puts back one prune', async () => {
    const dir = await makeDemo();
    const files = () => readdir(join(dir, 'snapshots', 'periodic'));
    const before = await files();
    expect(await ask(dir, 'put-back')).toEqual([]);
    const pruned = await ask<PruneReceipt>(dir, 'prune', '--kind', 'periodic', '--keep', '1', '--yes');
    const listed = await ask<readonly TrashedPrune[]>(dir, 'put-back');
    expect(listed).toMatchObject([{ bytes: pruned.bytes }]);
    const { trashName = '' } = listed[0] ?? {};
    expect((await ask<PutBack>(dir, 'put-back', trashName)).putBack).toHaveLength(4);
    expect(await files()).toEqual(before);
    expect(await run(['put-back', trashName, '--data', dir])).toEqual(refusal(1, 'snapshot-missing'));
  });

  test('prunes by age and by choice', async () => {
    const dir = await makeDemo();
    const old = (await ask<PrunePlan>(dir, 'prune', '--kind', 'rewind', '--older-than', '14')).goes;
    expect(old).toMatchObject([{ reason: 'older-than' }]);
    const chosen = await newest(dir, 'periodic');
    expect((await ask<PruneReceipt>(dir, 'prune', chosen, '--yes')).moved).toEqual([chosen]);
  });
});

describe.concurrent('as a process', () => {
  test('prints every digit of an id, and treats a table named __proto__ as a table', async () => {
    const dir = await mkdtemp(join(root, 'odd-'));
    await writeFile(join(dir, 'snapback-profile.json'), '{"tables": ["__proto__"]}');
    const db = new Database(join(dir, 'odd.db'));
    db.exec(`CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id, ts, kind, payload_json, superseded_by, hidden);
      INSERT INTO event_log (id) VALUES (9223372036854775807);
      CREATE TABLE "__proto__" (a); INSERT INTO "__proto__" VALUES (1), (2)`);
    db.close();
    const { stdout } = await run(['take', '--data', dir, '--json']);
    expect(stdout).toMatch(/"lastEventId": 9223372036854775807,?$/m);
    expect((await run(['list', '--check', '--data', dir, '--json'])).stdout).toContain('"__proto__": 2');
  });

  test('takes the name of one of several databases, and lists them if none is named', async () => {
    const dir = await makeDemo();
    await cp(join(dir, 'chat.db'), join(dir, 'other.db'));
    expect(await run(['list', '--data', dir])).toEqual(refusal(1, 'database-ambiguous'));
    for (const db of ['other.db', join(dir, 'other.db'), join('.', 'other.db')])
      expect(await run(['list', '--data', dir, '--db', db], { cwd: dir })).toMatchObject({ status: 0 });
  });

  test('resolves paths from the user’s folder, even when npm runs it in another one', async () => {
    const path = relative(join(root, 'cache'), pristine);
    const npm = { npm_lifecycle_event: 'snapback', INIT_CWD: join(root, 'cache') };
    expect(await run(['list', '--data', 'pristine'])).toMatchObject({ status: 0 });
    expect(await run(['list', '--data', path], { env: npm })).toMatchObject({ status: 0 });
  });

  test('stores its memory where the environment says, outside the data folder', async () => {
    const cache = await mkdtemp(join(root, 'xdg-'));
    await run(['list', '--check', '--data', pristine], { env: { XDG_CACHE_HOME: cache } });
    expect(await readdir(cache)).toEqual(['snapback']);
    expect((await stat(join(cache, 'snapback'))).mode & 0o077).toBe(0);
  });

  test('exits with 2 on wrong usage and with 1 on every failure, and never prints a stack trace', async () => {
    const occupied = refusal(1, 'target-exists');
    expect(await run([])).toEqual(refusal(2, 'usage'));
    expect(await run(['list'])).toEqual(refusal(2, 'usage'));
    expect(await run(['show', 'no-kind', '--data', pristine])).toEqual(refusal(1, 'snapshot-missing'));
    expect(await run(['list', '--data', join(root, 'nowhere')])).toEqual(refusal(1, 'data-folder-missing'));
    expect(await run(['list', '--data', join(pristine, 'snapshots')])).toEqual(
      refusal(1, 'database-missing'),
    );
    expect(await run(['demo', pristine])).toEqual(occupied);
    expect(
      await run(['list', '--data', pristine], { env: { BETTER_SQLITE3_BINDING: '/nowhere.node' } }),
    ).toEqual(refusal(1, '[a-z-]+'));
  });

  test('prints an error as JSON with --json: code, words, facts and the next step, also for wrong usage', async () => {
    const refused = async (...args: readonly string[]) => {
      const { status, stdout, stderr } = await run([...args, '--json']);
      return { status, stderr, answer: JSON.parse(stdout) };
    };
    const said = expect.stringMatching(/^[^{}]+\.$/);
    expect(await refused('frob')).toEqual({
      status: 2,
      stderr: '',
      answer: { error: { code: 'usage', message: said, detail: {}, next: said } },
    });
    expect(await refused('list', '--data', join(root, 'nowhere'))).toEqual({
      status: 1,
      stderr: '',
      answer: {
        error: {
          code: 'data-folder-missing',
          message: said,
          detail: { path: join(root, 'nowhere') },
          next: expect.stringContaining('--data DIR'),
        },
      },
    });
  });

  test('no raw field of a failure is printed for people', async () => {
    const { stderr } = await run(['list', '--data', join(pristine, 'snapshots')]);
    expect(stderr).not.toMatch(/databasesWithoutIt|null|undefined|\w+: [^“]*\w+: /);
    expect(stderr).toContain('--db FILE');
  });

  test('each command describes itself and its options', async () => {
    const { stdout } = await run(['restore', '--help']);
    expect(stdout).toContain('snapback restore ID --data DIR');
    for (const flag of ['--accept-drift', '--while-open', '--clear-table NAME', '--plan-id PLAN'])
      expect(stdout).toContain(flag);
    expect(stdout).not.toContain('--older-than');
    expect((await run(['help', 'restore'])).stdout).toBe(stdout);
  });

  test('prints help and version, and ends quietly when the reader of its output has left', async () => {
    expect(await run(['help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('restore ID'),
      stderr: '',
    });
    const manifest: { version: string } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect((await run(['--version'])).stdout).toBe(`snapback ${manifest.version}\n`);
    const { child, outcome } = start(['help']);
    child.stdout?.destroy();
    expect(await outcome).toMatchObject({ stderr: '' });
  });
});

test.skipIf(process.platform !== 'linux')(
  'a full disk while printing gives one line and no stack trace',
  async () => {
    const dir = await makeDemo();
    const command = `"$0" "$1" list --data "$2" --json > /dev/full`;
    const cli = join(import.meta.dirname, '../../src/cli.ts');
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, cli, dir], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^io-failed: [^\n]*could not be written[^\n]*\n$/),
    ]);
  },
);
