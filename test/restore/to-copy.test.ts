import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CopyRequest, defaultRestoreOptions, planCopy, restoreToCopy } from '../../src/index.ts';
import { asHost, codeOf, makeDir, makeRoot, open, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { findFaults, findMatches, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

const root = makeRoot();

const story: Story = {
  schema: `
    CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
    CREATE TABLE memories (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id) ON DELETE CASCADE, text TEXT);
    CREATE VIRTUAL TABLE memories_fts USING fts5(text, content='memories', content_rowid='id');
    CREATE TRIGGER memories_ai AFTER INSERT ON memories BEGIN
      INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text);
    END;
    CREATE TRIGGER memories_ad AFTER DELETE ON memories BEGIN
      INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text);
    END;
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);`,
  before: `INSERT INTO chats VALUES ('c1', 'Harbour'); INSERT INTO memories VALUES (1, 'c1', 'a lantern'), (2, 'c1', 'a bell');
    INSERT INTO settings VALUES ('theme', 'light');`,
  since: `DELETE FROM memories WHERE id = 2; UPDATE chats SET title = 'mistaken'; UPDATE settings SET value = 'dark';`,
};

async function rewound(given: Partial<Story> = {}) {
  const lived = await live(root(), { ...story, ...given });
  const folder = await open(lived.place);
  const target = await makeDir(root());
  const request: CopyRequest = {
    ...defaultRestoreOptions,
    snapshotId: lived.id,
    to: join(target, 'then.db'),
  };
  return { ...lived, folder, target, request };
}

describe.concurrent('a restore into a new file', () => {
  test.each(['wal', 'delete'] as const)(
    'holds what the snapshot holds, and of the rest what is there now; the database stays as it is (%s)',
    async (journalMode) => {
      const { place: data, folder, before, since, request, target } = await rewound({ journalMode });
      const bytes = await readFile(data.databaseFile);
      const plan = await planCopy(folder, request);
      expect(plan).toMatchObject({ refusals: [], to: request.to, replay: null });
      expect(await readdir(target)).toEqual([]);
      const receipt = await restoreToCopy(folder, request, { planId: plan.planId });
      expect(receipt).toMatchObject({ planId: plan.planId, to: request.to, lastEventId: 5n });
      expect(await readdir(target)).toEqual(['then.db']);
      const { settings } = since.tables;
      expect(readState(request.to).tables).toEqual({ ...before.tables, settings });
      expect(findFaults(request.to)).toEqual([]);
      expect(findMatches(request.to, 'memories_fts', 'bell')).toEqual([2]);
      expect((await stat(request.to)).mode & 0o777).toBe(0o600);
      expect(await readFile(data.databaseFile)).toEqual(bytes);
      expect(await readdir(join(data.dir, 'snapshots'))).toEqual(['rewind']);
    },
  );

  test('is made while the chat app has the database open, and where it may only be read', async () => {
    const { place: data, folder, before, since, request } = await rewound();
    const { settings } = since.tables;
    await asHost(data, async (db) => {
      db.exec('SELECT * FROM chats');
      await restoreToCopy(folder, request, NOW);
    });
    expect(readState(request.to).tables).toEqual({ ...before.tables, settings });
  });

  test('keeps no newer events, which nothing would add to its tables', async () => {
    const { folder, request, target } = await rewound();
    expect(await codeOf(planCopy(folder, { ...request, keepNewer: true }))).toBe('usage');
    expect(await codeOf(restoreToCopy(folder, { ...request, keepNewer: true }, NOW))).toBe('usage');
    expect(await readdir(target)).toEqual([]);
  });

  test('overwrites nothing, and puts nothing beside what belongs to the chat app or to Snapback', async () => {
    const { folder, request } = await rewound();
    await writeFile(request.to, 'mine');
    expect(await codeOf(restoreToCopy(folder, request, NOW))).toBe('target-exists');
    expect(await readFile(request.to, 'utf8')).toBe('mine');
    for (const to of [join(folder.dir, 'new.db'), join(folder.dir, 'snapshots', 'new.db')])
      expect(await codeOf(planCopy(folder, { ...request, to }))).toBe('usage');
    expect(await codeOf(planCopy(folder, { ...request, to: join(folder.dir, 'no', 'new.db') }))).toBe(
      'usage',
    );
  });

  test('is refused once the database holds something else than was shown', async () => {
    const { place: data, folder, target, request } = await rewound();
    const { planId } = await planCopy(folder, request);
    run(data, "UPDATE chats SET title = 'newer'");
    expect(await codeOf(restoreToCopy(folder, request, { planId }))).toBe('plan-stale');
    expect(await readdir(target)).toEqual([]);
  });

  test('is refused for what a restore would be refused for, unless that is about the database itself', async () => {
    const { place: data, folder, target, request } = await rewound();
    run(data, 'ALTER TABLE chats DROP COLUMN title');
    expect(await codeOf(restoreToCopy(folder, request, NOW))).toBe('schema-drift');
    expect(await readdir(target)).toEqual([]);
  });
});
