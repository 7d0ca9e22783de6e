import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  describeRecent,
  openSettings,
  protectionOf,
  recentId,
  rememberFolder,
  shortenPlace,
  withProtection,
} from '../../../electron/main/settings.ts';
import { chooseTarget, parseArguments, parseHandover } from '../../../electron/main/start-target.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapback-settings-'));
  file = join(folder, 'user', 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = (error: unknown) => {
  throw error;
};
const recent = (dir: string) => ({ dir, database: null, demo: false });

describe('the settings file', () => {
  test('what was written last is read back, and no other file is left beside it', async () => {
    const settings = await openSettings(file, never);
    const updates = Array.from({ length: 20 }, (_, at) =>
      settings.update({ recents: [recent(`/data/${at}`)] }),
    );
    await Promise.all([...updates, settings.update({ theme: 'dark' })]);
    const again = await openSettings(file, never);
    expect(again.current()).toEqual({
      recents: [recent('/data/19')],
      bounds: null,
      theme: 'dark',
      stoppedIn: null,
      protections: [],
    });
    expect(readdirSync(join(folder, 'user'))).toEqual(['settings.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each(['', '{', 'null', '[]', '{"theme": "pink"}', '{"recents": [7], "bounds": {"x": 1}}'])(
    'the app starts with defaults if the file contains %j',
    async (text) => {
      file = join(folder, 'settings.json');
      writeFileSync(file, text);
      const settings = await openSettings(file, never);
      const parts = { recents: [], bounds: null, theme: 'system', stoppedIn: null, protections: [] };
      expect(settings.current()).toEqual(parts);
    },
  );

  test('what may be done by itself belongs to one folder, and nothing is allowed before somebody does', async () => {
    const settings = await openSettings(file, never);
    const [a, b] = [recent('/data/a'), { dir: '/data/a', database: 'other.db' }];
    const allow = (folder: typeof b | typeof a, take: boolean, tidy: boolean) =>
      settings.update({
        protections: withProtection(settings.current().protections, folder, { take, tidy }),
      });
    expect(protectionOf(settings.current().protections, a)).toEqual({ take: false, tidy: false });
    await allow(a, true, false);
    await allow(b, false, true);
    const { protections } = (await openSettings(file, never)).current();
    expect(protectionOf(protections, a)).toEqual({ take: true, tidy: false });
    expect(protectionOf(protections, b)).toEqual({ take: false, tidy: true });
    await allow(a, false, false);
    expect(settings.current().protections).toHaveLength(1);
  });

  test('one damaged part does not affect the others', async () => {
    file = join(folder, 'settings.json');
    writeFileSync(file, JSON.stringify({ theme: 'dark', bounds: 'left', recents: [recent('/data')] }));
    expect((await openSettings(file, never)).current()).toMatchObject({
      theme: 'dark',
      recents: [recent('/data')],
    });
  });

  test('a disk that refuses is reported, and the app continues', async () => {
    writeFileSync(join(folder, 'user'), 'in the way');
    const problems: unknown[] = [];
    const settings = await openSettings(file, (problem) => problems.push(problem));
    await settings.update({ theme: 'light' });
    expect(settings.current().theme).toBe('light');
    expect(problems).toHaveLength(1);
    expect(readFileSync(join(folder, 'user'), 'utf8')).toBe('in the way');
  });
});

describe('recent folders', () => {
  test('the newest is first, each appears once, and the list stays short', () => {
    const many = Array.from({ length: 12 }, (_, at) => recent(`/data/${at}`)).reduce(rememberFolder, []);
    expect(many).toHaveLength(8);
    expect(rememberFolder(many, recent('/data/7'))[0]).toEqual(recent('/data/7'));
    expect(rememberFolder(many, recent('/data/7'))).toHaveLength(8);
  });

  test('the window gets a name and a place to show, and an id that reveals nothing', () => {
    const told = describeRecent(recent('/home/mara/chats/lighthouse'), '/home/mara');
    expect(told).toEqual({
      recentId: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: 'lighthouse',
      place: '~/chats',
      demo: false,
    });
    expect(recentId(recent('/a'))).not.toBe(recentId({ ...recent('/a'), database: 'old.db' }));
    expect(shortenPlace('/home/marathon', '/home/mara')).toBe('/home/marathon');
    expect(shortenPlace('/home/mara', '/home/mara')).toBe('~');
  });
});

describe('what is opened at the start', () => {
  test.each([
    [['app', '.', '--data', 'chats'], '/work/chats'],
    [['app', '.', '--data=/srv/chats'], '/srv/chats'],
    [['app', '--data', 'a', '--inspect=0', '--data', 'b'], '/work/b'],
    [['app', '.', '--data'], null],
    [['app', '.', '--data='], null],
    [['app', '.'], null],
  ])('%j names %s', (argv, dir) => {
    expect(parseArguments(argv, '/work').dir).toBe(dir);
  });

  test('the command line comes before the last folder, the last folder before the demo, and the demo only on request', () => {
    const last = [recent('/last')];
    expect(chooseTarget({ dir: '/named', demoIfNew: true }, last)).toMatchObject({ dir: '/named' });
    expect(chooseTarget({ dir: null, demoIfNew: true }, last)).toMatchObject({ dir: '/last' });
    expect(chooseTarget({ dir: null, demoIfNew: true }, [])).toEqual({ open: 'demo' });
    expect(chooseTarget({ dir: null, demoIfNew: false }, [])).toBeNull();
  });

  test('invalid arguments of a second start open nothing', () => {
    for (const data of [null, undefined, 'x', { dir: 7 }, {}])
      expect(parseHandover(data)).toEqual({ dir: null, demoIfNew: false });
    expect(parseHandover({ dir: '/x', demoIfNew: true })).toEqual({ dir: '/x', demoIfNew: true });
  });
});
