import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diff } from '../../src/model/diff.ts';
import { ask, fingerprint, type Listed, newest, pristine, readDump, run } from '../support/cli.ts';

describe.concurrent('looking', () => {
  test('lists snapshots by kind, newest first, without reading them', async () => {
    const listed = await ask<readonly Listed[]>(pristine, 'list');
    expect(listed.map(({ kind }) => kind)).toEqual([
      ...Array(5).fill('periodic'),
      ...Array(4).fill('rewind'),
    ]);
    for (const kind of ['periodic', 'rewind']) {
      const names = listed.filter((one) => one.kind === kind).map(({ id }) => id);
      expect(names).toEqual([...names].sort().reverse());
    }
    for (const one of listed) {
      expect(Object.keys(one)).toEqual(
        expect.arrayContaining([
          'id',
          'kind',
          'file',
          'takenAt',
          'sizeBytes',
          'lastEventId',
          'health',
          'healthDetail',
          'tables',
          'retention',
        ]),
      );
      expect(one.sizeBytes).toBe((await stat(one.file)).size);
    }
  });

  test('lists only what is asked for', async () => {
    const all = await ask<readonly Listed[]>(pristine, 'list');
    const rewinds = all.filter(({ kind }) => kind === 'rewind');
    const ids = async (...args: readonly string[]) =>
      (await ask<readonly Listed[]>(pristine, 'list', ...args)).map(({ id }) => id);
    expect(await ids('--kind', 'rewind')).toEqual(rewinds.map(({ id }) => id));
    expect(await ids('--kind', 'rewind', '--limit', '2')).toEqual(rewinds.slice(0, 2).map(({ id }) => id));
    expect(await ids('--since', rewinds[1]?.takenAt ?? '')).toEqual(
      all.filter(({ takenAt }) => takenAt >= (rewinds[1]?.takenAt ?? '')).map(({ id }) => id),
    );
  });

  test('lists the existing kinds if there is no snapshot of the requested one', async () => {
    const list = async (...args: readonly string[]) =>
      (await run(['list', '--data', pristine, ...args])).stdout.trim();
    expect(await list('--kind', 'nope')).toBe(
      'There are no snapshots of kind “nope”. There are: periodic, rewind.',
    );
    expect(await list('--kind', 'rewind', '--since', '2999-01-01')).toBe(
      'There are no such snapshots of kind “rewind”.',
    );
    expect(await list('--since', '2999-01-01')).toBe('There are no such snapshots.');
  });

  test('finds a snapshot by its file name, by “latest”, and by the path of its file', async () => {
    const id = await newest(pristine, 'rewind');
    for (const given of ['latest-rewind', `${id}.json`, join(pristine, 'snapshots', `${id}.json`)])
      expect(await ask(pristine, 'show', given)).toMatchObject({ id });
  });

  test('waits for the health and the counts of every snapshot if asked to', async () => {
    const listed = await ask<readonly Listed[]>(pristine, 'list', '--check');
    const damaged = listed.filter(({ health }) => health !== 'good');
    expect(damaged).toMatchObject([
      { kind: 'rewind', health: 'damaged', healthDetail: expect.stringContaining('memories') },
    ]);
    const id = await newest(pristine, 'rewind');
    const rows = Object.fromEntries(
      Object.entries(await readDump(pristine, id)).map(([name, all]) => [name, all.length]),
    );
    expect(listed.find((one) => one.id === id)?.tables).toMatchObject(rows);
  });

  test('shows one snapshot and verifies several; a damaged one is both an answer and a failure', async () => {
    const [whole, damaged] = [
      await newest(pristine, 'rewind'),
      (await readdir(join(pristine, 'snapshots', 'rewind'))).sort()[2],
    ];
    expect(await ask(pristine, 'show', whole)).toMatchObject({ id: whole, health: 'good' });
    expect(await ask(pristine, 'verify', whole)).toMatchObject([{ id: whole, health: 'good' }]);
    const cut = `rewind/${damaged?.replace('.json', '')}`;
    const { status, stdout, stderr } = await run(['verify', cut, whole, '--data', pristine, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { id: cut, health: 'damaged' },
      { id: whole, health: 'good' },
    ]);
    expect(stderr).toMatch(/^snapshot-damaged: [^\n]+\n$/);
  });

  test('compares a snapshot with the database, in the direction of a restore', async () => {
    const diff = await ask<Diff>(pristine, 'diff', await newest(pristine, 'rewind'));
    const counted = Object.fromEntries(
      diff.tables.map(({ name, added, changed, removed }) => [name, [added, changed, removed]]),
    );
    expect(counted).toMatchObject({
      event_log: [0, 37, 4],
      memories: [11, 0, 0],
      bots: [0, 0, 0],
      edges: [0, 3, 0],
    });
    expect(diff.newerEvents.map(({ chat, events }) => [chat, events])).toEqual([
      ['lighthouse', 1],
      ['harbour', 3],
    ]);
    expect(diff.schemaDrift).toEqual([]);
  });

  test('changes no file, whatever is shown or planned', async () => {
    const before = await fingerprint(pristine);
    const id = await newest(pristine, 'rewind');
    for (const args of [
      ['list', '--check'],
      ['show', id],
      ['diff', id],
      ['restore', id],
      ['restore', id, '--mode', 'projections'],
      ['prune', id],
    ])
      expect(await run([...args, '--data', pristine])).toMatchObject({ status: 0, stderr: '' });
    expect(await fingerprint(pristine)).toEqual(before);
  });

  test('prints aligned figures and plain words for people', async () => {
    const { stdout } = await run(['diff', await newest(pristine, 'rewind'), '--data', pristine]);
    expect(stdout).toMatch(/^Table +In snapshot +Now +Comes back +Changed +Removed$/m);
    expect(stdout).toMatch(/^event_log +[\d,]+ +[\d,]+ +0 +37 +4$/m);
    expect(stdout).toContain('20 messages in Lighthouse');
    expect((await run(['list', '--data', pristine])).stdout).toMatch(
      /^Snapshot +Taken +Size +Last event +Health +Kept$/m,
    );
  });
});
