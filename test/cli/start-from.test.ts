import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { defaultProfile } from '../../src/host/profile.ts';
import type { CopyReceipt, RestoreReceipt } from '../../src/model/receipt.ts';
import type { CopyPlan } from '../../src/model/restore.ts';
import { ask, fingerprint, makeDemo, newest, pristine, readDump, refusal, run } from '../support/cli.ts';

/* A new database where the chat app’s own is gone: from a snapshot, and a file that gives the tables. */

/** A demo in which something was restored, so that there is a safety copy; then its database is lost. */
async function loseDatabase(how: 'missing' | 'empty' | 'garbage' = 'missing') {
  const dir = await makeDemo();
  const rewind = await newest(dir, 'rewind');
  await ask<RestoreReceipt>(dir, 'restore', rewind, '--yes');
  const [name = ''] = await readdir(join(dir, 'snapshots/restore'));
  for (const end of ['', '-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
  if (how !== 'missing') await writeFile(join(dir, 'chat.db'), how === 'empty' ? '' : 'x'.repeat(10_000));
  return { dir, rewind, base: join(dir, 'snapshots/restore', name), to: join(dir, '..', 'new.db') };
}

/** Log and projected tables of a database, and its other tables. */
function read(file: string) {
  const db = new Database(file, { readonly: true });
  try {
    const rows = (name: string) =>
      db
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort();
    const names = ['event_log', ...defaultProfile.tables];
    return {
      tables: Object.fromEntries(names.map((name) => [name, rows(name)])),
      settings: rows('settings'),
      names: db.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all(),
      check: db.pragma('integrity_check', { simple: true }),
      journal: db.pragma('journal_mode', { simple: true }),
    };
  } finally {
    db.close();
  }
}

test.each(['missing', 'empty', 'garbage'] as const)(
  'where the database is %s, a snapshot and a safety copy give a new one, verified, and nothing else changes',
  async (how) => {
    const { dir, rewind, base, to } = await loseDatabase(how);
    const asked = await run(['restore', rewind, '--to', to, '--data', dir]);
    expect(asked).toMatchObject(refusal(2, 'usage'));
    expect(asked.stderr).toContain(base.slice(dir.length + 1));
    expect(asked.stderr).toContain('--start-from FILE');
    const before = await fingerprint(dir);
    const given = ['restore', rewind, '--to', to, '--start-from', base];
    const plan = await ask<CopyPlan>(dir, ...given);
    expect(existsSync(to)).toBe(false);
    const receipt = await ask<CopyReceipt>(dir, ...given, '--yes', '--plan-id', plan.planId);
    expect(receipt.checks.every(({ result }) => result === 'ok')).toBe(true);
    const made = read(to);
    expect(made.tables).toStrictEqual(await readDump(dir, rewind));
    expect(made.settings).toStrictEqual(read(base).settings);
    expect(made).toMatchObject({ check: 'ok', journal: 'delete' });
    expect(made.names).not.toContain('snapback_about');
    expect(made.names).toContain('memories_fts');
    expect(await fingerprint(dir)).toStrictEqual(before);
    expect(await run([...given, '--yes', '--data', dir])).toEqual(refusal(1, 'target-exists'));
  },
);

test('a part of a snapshot is added to a file that somebody names, and the rest stays as there', async () => {
  const { dir, rewind, to } = await loseDatabase();
  const base = join(pristine, 'chat.db');
  const start = ['--to', to, '--start-from', base, '--data', dir];
  const shown = await run(['restore', rewind, '--tables', 'memories', ...start]);
  expect(shown.stdout).toMatch(/After +In “chat\.db” +Comes back/);
  await ask(dir, 'restore', rewind, '--tables', 'memories', '--to', to, '--start-from', base, '--yes');
  const [made, from] = [read(to).tables, read(base).tables];
  expect(made.memories).toStrictEqual((await readDump(dir, rewind)).memories);
  expect(made.event_log).toStrictEqual(from.event_log);
  expect(made.chat_state).toStrictEqual(from.chat_state);
});

test('a link leads to the file that gives the tables, and what is no file is called what it is', async () => {
  const { dir, rewind, base, to } = await loseDatabase();
  const link = join(dir, '..', 'link.db');
  await symlink(base, link);
  const outside = join(dir, '..');
  const start = (from: string) => run(['restore', rewind, '--to', to, '--start-from', from, '--data', dir]);
  expect(await start(link)).toMatchObject({ status: 0 });
  expect((await start(outside)).stderr).toMatch(/This is a folder, not a file\./);
  expect((await start(join(outside, 'nothing'))).stderr).toMatch(/“nothing” does not exist\./);
});

test('a file that is no whole database of the chat app gives no tables, and nothing is written', async () => {
  const { dir, rewind, to, base } = await loseDatabase();
  const outside = join(dir, '..');
  const damaged = join(outside, 'damaged.db');
  await cp(base, damaged);
  await truncate(damaged, 700 * 1024);
  const saved = join(outside, 'saved.db');
  await cp(damaged, join(dir, 'snapshots/rewind/20200101T000000Z.db'));
  await ask(dir, 'salvage', 'rewind/20200101T000000Z', '--to', saved, '--format', 'sqlite');
  const other = join(outside, 'other.db');
  const db = new Database(other);
  db.exec('CREATE TABLE notes (id)');
  db.close();
  const text = join(outside, 'text.db');
  await writeFile(text, 'Dear diary');
  const json = join(dir, 'snapshots', `${rewind}.json`);
  for (const one of [damaged, saved, other, text, json, outside, join(outside, 'nothing')]) {
    const { status, stdout, stderr } = await run([
      'restore',
      rewind,
      '--to',
      to,
      '--start-from',
      one,
      '--yes',
      '--data',
      dir,
    ]);
    expect({ one, status, stdout, stderr }).toEqual({
      one,
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^backup-refused: “[^”]+” [^\n]+\n$/),
    });
    expect(existsSync(to)).toBe(false);
  }
  const shown = await readFile(text, 'utf8');
  expect(shown).toBe('Dear diary');
});

const CHATS: object = { chat: { names: { table: 'rooms', id: 'x', name: ['x'] } } };
const ENDLESS = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x FROM r';
const upkeep = (query: string) => `CREATE VIRTUAL TABLE found USING fts5(text);
  CREATE TRIGGER leaves AFTER DELETE ON memories BEGIN DELETE FROM found WHERE rowid = old.rowid; END;
  CREATE TRIGGER comes AFTER INSERT ON memories BEGIN INSERT INTO found(text) SELECT x FROM ${query}; END;`;

test.each([
  ['a table of the chat app is', 'ALTER TABLE memories RENAME TO kept; CREATE VIEW memories AS EACH kept'],
  [
    'a search index reads',
    "CREATE VIEW all_kept AS EACH memories; CREATE VIRTUAL TABLE found USING fts5(text, content='all_kept')",
  ],
  ['the names of chats are in', `CREATE VIEW rooms AS ${ENDLESS}`, CHATS],
  ['a trigger of a search index reads', `CREATE VIEW rooms AS ${ENDLESS}; ${upkeep('rooms')}`],
  ['a trigger of a search index has', upkeep(`(${ENDLESS})`)],
])('a file in which %s a view that never ends is refused before it is read', async (_, sql, profile = {}) => {
  const { dir, rewind, to } = await loseDatabase();
  await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify(profile));
  const from = join(dir, '..', 'endless.db');
  await cp(join(pristine, 'chat.db'), from);
  const db = new Database(from);
  db.exec(sql.replace(/EACH (\w+)/, `${ENDLESS.replace(/x FROM r$/, 'k.* FROM r')}, $1 k`));
  db.close();
  const asked = ['restore', rewind, '--to', to, '--start-from', from, '--yes', '--data', dir];
  const { status, stderr } = await run(asked);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(
      /^backup-refused: “endless\.db” has (a view in the place of “(memories|all_kept|rooms)”|the trigger “comes”)/,
    ),
  });
  expect(existsSync(to)).toBe(false);
});

test('--start-from goes with --to only, and a file can be started from while the database is there', async () => {
  const id = await newest(pristine, 'rewind');
  const base = join(pristine, 'chat.db');
  expect(await run(['restore', id, '--start-from', base, '--data', pristine])).toEqual(refusal(2, 'usage'));
  expect(await run(['restore', id, '--to', 'x.db', '--start-from', '', '--data', pristine])).toEqual(
    refusal(2, 'usage'),
  );
  const dir = await makeDemo();
  const to = join(dir, '..', 'new.db');
  await ask(dir, 'restore', id, '--to', to, '--start-from', base, '--yes');
  expect(read(to).tables).toStrictEqual(await readDump(dir, id));
});
