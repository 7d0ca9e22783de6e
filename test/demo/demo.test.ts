import { createHash } from 'node:crypto';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildDemo } from '../../src/demo/demo.ts';
import { isDemo } from '../../src/demo/is-demo.ts';
import { openDataFolder } from '../../src/host/data-folder.ts';
import { defaultProfile } from '../../src/host/profile.ts';
import { start } from '../support/process.ts';

const NOW = new Date('2026-11-23T13:31:00.500Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let root = '';
let demo = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'snapback-test-demo-')));
  demo = join(root, 'demo');
  await buildDemo(demo, { now: NOW }, {});
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

type Event = {
  readonly id: number;
  readonly kind: string;
  readonly payload_json: string;
  readonly superseded_by: number | null;
  readonly hidden: number;
};
type Dump = { readonly last_event_id: number; readonly event_log: readonly Event[] } & Readonly<
  Record<string, readonly Record<string, unknown>[]>
>;

/** Snapshot names of a kind, oldest first. */
async function names(kind: string): Promise<readonly string[]> {
  return (await readdir(join(demo, 'snapshots', kind))).sort();
}

async function readDump(kind: string, name: string | undefined): Promise<Dump> {
  return JSON.parse(await readFile(join(demo, 'snapshots', kind, name ?? ''), 'utf8'));
}

function timeOf(name: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.json$/.exec(name) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

function query<T>(sql: string): readonly T[] {
  const db = new Database(join(demo, 'chat.db'), { readonly: true });
  try {
    return db.prepare<[], T>(sql).all();
  } finally {
    db.close();
  }
}

/** Every file of a folder with the hash of its bytes. */
async function fingerprint(dir: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const path = join(dir, name);
    if ((await stat(path)).isFile())
      found.set(
        name,
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      );
  }
  return found;
}

describe('the world', () => {
  test('has the tables of the profile, valid keys, and a search index that agrees with its memories', () => {
    const tables = query<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).map(
      ({ name }) => name,
    );
    expect(tables).toEqual(expect.arrayContaining([...defaultProfile.tables, 'event_log', 'memories_fts']));
    expect(query('PRAGMA foreign_key_check')).toEqual([]);
    expect(query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    const db = new Database(join(demo, 'chat.db'));
    db.exec(`BEGIN; INSERT INTO memories_fts(memories_fts, rank) VALUES ('integrity-check', 1); ROLLBACK`);
    db.close();
  });

  test('is thousands of events over weeks in several chats, and ends minutes before now', () => {
    const [log] = query<{ events: number; first: string; last: string }>(
      'SELECT COUNT(*) AS events, MIN(ts) AS first, MAX(ts) AS last FROM event_log',
    );
    expect(log?.events).toBeGreaterThan(2000);
    expect(NOW.getTime() - Date.parse(log?.first ?? '')).toBeGreaterThan(30 * DAY);
    expect(NOW.getTime() - Date.parse(log?.last ?? '')).toBeLessThan(20 * MINUTE);
    expect(query('SELECT id FROM chats').length).toBeGreaterThanOrEqual(5);
    expect(query('SELECT ts FROM event_log ORDER BY id')).toEqual(
      query('SELECT ts FROM event_log ORDER BY ts, id'),
    );
  });

  test('takes at most 15 MB', async () => {
    const sizes = await Promise.all(
      (await readdir(demo, { recursive: true })).map(async (name) => (await stat(join(demo, name))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(15_000_000);
  });

  test('is identical to the byte for the same seed and moment, and differs for another seed', async () => {
    const [first, again, other] = [join(root, 'first'), join(root, 'again'), join(root, 'other')];
    await buildDemo(first, { now: NOW }, {});
    await buildDemo(again, { now: NOW }, {});
    await buildDemo(other, { now: NOW, seed: 99 }, {});
    expect(await fingerprint(again)).toEqual(await fingerprint(first));
    expect(await fingerprint(other)).not.toEqual(await fingerprint(first));
  });
});

describe('the mistaken rewind', () => {
  test('superseded and hid the last scene of one chat, and three messages in another chat came later', async () => {
    const before = await readDump('rewind', (await names('rewind')).at(-1));
    const known = new Map(before.event_log.map((event) => [event.id, event]));
    const live = query<Event>('SELECT * FROM event_log ORDER BY id');
    const taken = live.filter((event) => known.get(event.id)?.hidden === 0 && event.hidden === 1);
    const newer = live.filter((event) => !known.has(event.id));
    expect(taken).toHaveLength(37);
    expect(newer.map(({ kind }) => kind)).toEqual(['rewind', 'message', 'message', 'message']);
    for (const event of taken) {
      expect(event.superseded_by).toBe(newer[0]?.id);
      expect(JSON.parse(event.payload_json).chat_id).toBe('lighthouse');
    }
    for (const { payload_json } of newer.slice(1)) expect(JSON.parse(payload_json).chat_id).toBe('harbour');
  });

  test('rolled the projections back: memories, a scene, edges and the state of the chat', async () => {
    const before = await readDump('rewind', (await names('rewind')).at(-1));
    const lost = (table: string, key: string): readonly unknown[] => {
      const live = new Set(query<Record<string, unknown>>(`SELECT * FROM ${table}`).map((row) => row[key]));
      return (before[table] ?? []).filter((row) => !live.has(row[key]));
    };
    expect(lost('memories', 'id')).toHaveLength(11);
    expect(lost('scenes', 'id')).toHaveLength(1);
    expect(before.edges).not.toEqual(query('SELECT * FROM edges'));
    expect(before.chat_state).not.toEqual(query('SELECT * FROM chat_state'));
  });

  test('happened before the newest checkpoint, which holds the rewound state', async () => {
    const newest = (await names('periodic')).at(-1) ?? '';
    expect(timeOf(newest)).toBeGreaterThan(timeOf((await names('rewind')).at(-1) ?? ''));
    const dump = await readDump('periodic', newest);
    expect(dump.event_log).toEqual(query('SELECT * FROM event_log ORDER BY id'));
    expect(dump.memories).toEqual(query('SELECT * FROM memories'));
  });
});

describe('its snapshots', () => {
  test('are five checkpoints as the periodic rule would have taken them', async () => {
    const periodic = await names('periodic');
    expect(periodic).toHaveLength(5);
    for (const [index, name] of periodic.entries()) {
      const previous = periodic[index - 1];
      if (previous === undefined) continue;
      const events =
        (await readDump('periodic', name)).last_event_id -
        (await readDump('periodic', previous)).last_event_id;
      expect(timeOf(name) - timeOf(previous)).toBeGreaterThanOrEqual(30 * MINUTE);
      expect(events).toBeLessThan(100);
    }
  });

  test('are four from before rewinds: one past its 14 days, one with two days left, one cut off, the newest whole', async () => {
    const rewind = await names('rewind');
    const days = rewind.map((name) => (NOW.getTime() - timeOf(name)) / DAY);
    expect(days).toHaveLength(4);
    expect(days[0]).toBeGreaterThan(14);
    expect(14 - (days[1] ?? 0)).toBeGreaterThan(1.8);
    expect(14 - (days[1] ?? 0)).toBeLessThan(2.1);
    await expect(readDump('rewind', rewind[2])).rejects.toThrow(SyntaxError);
    expect((await readDump('rewind', rewind[3])).last_event_id).toBeGreaterThan(2000);
  });

  test('have the host’s form: its keys in its order, ASCII, nothing of ours, and file times that match their names', async () => {
    for (const kind of ['periodic', 'rewind'])
      for (const name of await names(kind)) {
        const file = join(demo, 'snapshots', kind, name);
        expect((await stat(file)).mtimeMs).toBe(timeOf(name));
        const text = await readFile(file, 'utf8');
        expect(text).toMatch(/^\{"last_event_id": \d+, "event_log": \[\{"id": 1, "branch_id": 1, "ts": "/);
        expect(text).toMatch(/^[ -~]+$/);
        if (text.endsWith(']}'))
          expect(Object.keys(JSON.parse(text))).toEqual([
            'last_event_id',
            'event_log',
            ...defaultProfile.tables,
          ]);
      }
  });
});

describe('building', () => {
  test('refuses a folder that is not empty, and leaves it alone', async () => {
    const dir = join(root, 'occupied');
    await mkdir(dir);
    await writeFile(join(dir, 'mine.txt'), 'mine');
    await expect(buildDemo(dir, {}, {})).rejects.toMatchObject({ code: 'target-exists' });
    expect(await readdir(dir)).toEqual(['mine.txt']);
    await expect(buildDemo(join(dir, 'mine.txt'), {}, {})).rejects.toMatchObject({ code: 'target-exists' });
  });

  test('accepts an empty folder, and a path whose parents do not exist yet', async () => {
    const dir = join(root, 'empty');
    await mkdir(dir);
    await buildDemo(dir, { now: NOW }, {});
    await buildDemo(join(root, 'new', 'deep'), { now: NOW }, {});
    for (const place of [dir, join(root, 'new', 'deep')])
      expect((await readdir(place)).sort()).toEqual(['chat.db', 'snapback', 'snapshots']);
  });

  test('leaves nothing behind after a cancel', async () => {
    const cancel = new AbortController();
    const dir = join(root, 'cancelled');
    const onProgress = ({ done }: { done: number }): void => {
      if (done > 10) cancel.abort();
    };
    await expect(buildDemo(dir, {}, { signal: cancel.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  describe('resumes after it was killed', () => {
    const nobody = 2_147_483_647;
    const parts = ['snapshots', 'chat.db', 'snapback'];
    test.each([
      ...[0, 1, 2].map((moved) => ({
        words: `after ${moved} of its parts had been moved`,
        moved: parts.slice(0, moved),
        name: `${nobody}-abcdef`,
      })),
      {
        words: 'by an earlier version, before it had moved the database',
        moved: ['snapshots', 'snapback'],
        name: 'abcdef',
      },
    ])('$words', async ({ moved, name }) => {
      const dir = await mkdtemp(join(root, 'killed-'));
      const draft = join(dir, `.snapback-demo-${name}`);
      await cp(demo, draft, { recursive: true });
      for (const part of moved) await rename(join(draft, part), join(dir, part));
      expect(await isDemo(dir)).toBe(false);
      await buildDemo(dir, {}, {});
      expect(await isDemo(dir)).toBe(true);
      expect((await readdir(dir)).sort()).toEqual([...parts].sort());
      expect((await openDataFolder(dir)).databaseFile).toBe(join(dir, 'chat.db'));
    });

    test('in the middle of building, with its real process', async () => {
      const dir = join(root, 'really-killed');
      const child = start('build-demo.ts', { args: [dir] });
      expect(await child.said('building')).toBe(true);
      await expect(buildDemo(dir, {}, {})).rejects.toMatchObject({ code: 'target-exists' });
      child.process.kill('SIGKILL');
      await child.ended;
      await buildDemo(dir, {}, {});
      expect((await readdir(dir)).sort()).toEqual([...parts].sort());
    });

    test('but leaves the folder alone if somebody has put something into it', async () => {
      const dir = await mkdtemp(join(root, 'killed-'));
      await mkdir(join(dir, `.snapback-demo-${nobody}-abcdef`));
      await writeFile(join(dir, 'mine.txt'), 'mine');
      await expect(buildDemo(dir, {}, {})).rejects.toMatchObject({ code: 'target-exists' });
      expect(await readdir(dir)).toContain('mine.txt');
    });
  });

  test('marks the folder as a demo', async () => {
    expect(await isDemo(demo)).toBe(true);
    expect(await isDemo(root)).toBe(false);
  });
});
