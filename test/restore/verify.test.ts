import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyRestore, defaultRestoreOptions, planRestore } from '../../src/index.ts';
import { preparePlan } from '../../src/restore/plan.ts';
import { runPreflight } from '../../src/restore/preflight.ts';
import { verifyRestore } from '../../src/restore/verify.ts';
import { checkIntegrity } from '../../src/sqlite/integrity.ts';
import { withStagedSnapshot } from '../../src/stage/staged-view.ts';
import { createYielder } from '../../src/system/yielder.ts';
import { checkSearchIndexes } from '../../src/write/search-index.ts';
import { writeTables } from '../../src/write/write-tables.ts';
import { codeOf, errorOf, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** The last line of defence of a restore: it detects even what should be impossible. */
const root = makeRoot();

const story: Story = {
  schema: `CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
    CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id));
    CREATE TRIGGER one AFTER INSERT ON chats BEGIN SELECT 1; END; CREATE TRIGGER two AFTER INSERT ON chats BEGIN SELECT 2; END;`,
  before:
    "PRAGMA user_version = 3; INSERT INTO chats VALUES ('c1', 'One'); INSERT INTO drafts VALUES (1, 'c1');",
  since: "UPDATE chats SET title = 'Two';",
};

/** Writes a plan into a private copy, lets somebody do `mischief` in the same transaction, and verifies. */
async function verifyAfter(mischief: string): Promise<unknown> {
  const { place, id } = await live(root(), story);
  const folder = await open(place);
  return withStagedSnapshot(folder, { id }, {}, async ({ database, stage, snapshot }) => {
    const { db } = database;
    const preflight = await runPreflight(folder, snapshot, {
      mode: 'full',
      whileOpen: false,
      viewingCopy: false,
    });
    const request = {
      action: 'restore' as const,
      snapshot,
      options: defaultRestoreOptions,
      rewrite: 'differing' as const,
      kept: null,
      selected: null,
      beginCheck: async () => checkIntegrity(db),
    };
    const prepared = await preparePlan(database, { ...request, stage, preflight, isShown: true }, {});
    db.exec('BEGIN');
    const indexes = checkSearchIndexes(db, prepared.effects);
    const effects = await writeTables(database, prepared, indexes, createYielder({}));
    db.exec(mischief);
    const verifying = verifyRestore(database, prepared, { effects, indexes, isTrial: false }, {});
    return verifying.then(
      () => 'verified',
      (error: unknown) => error,
    );
  });
}

test('a result that matches the plan is verified', async () => {
  expect(await verifyAfter('')).toBe('verified');
});

test.each([
  ['a row of a touched table', 'content-hash', "UPDATE chats SET title = 'else'"],
  ['a row of a table that the plan does not name', 'bystanders', 'UPDATE drafts SET chat = NULL'],
  ['the schema', 'schema', 'CREATE INDEX extra ON drafts (chat)'],
  ['the user version', 'schema', 'PRAGMA user_version = 4'],
  [
    'the order in which triggers fire',
    'schema',
    'DROP TRIGGER one; CREATE TRIGGER one AFTER INSERT ON chats BEGIN SELECT 1; END',
  ],
])('%s: if that differs, the verification fails', async (_, check, mischief) => {
  expect(await verifyAfter(mischief)).toMatchObject({ code: 'verification-failed', detail: { check } });
});

test('another mode or another table to be emptied makes another plan; a consent or the way of writing does not', async () => {
  const schema = `${story.schema} CREATE TABLE scenes (id INTEGER PRIMARY KEY);`;
  const { place, id } = await live(root(), { ...story, schema });
  const folder = await open(place);
  const request = restoring(id);
  const plans = await Promise.all(
    [
      request,
      request,
      { ...request, acceptDrift: true },
      { ...request, rewrite: 'all' as const },
      { ...request, mode: 'projections' as const },
      { ...request, clearTables: ['scenes'] },
      { ...request, action: 'undo' as const },
    ].map((one) => planRestore(folder, one)),
  );
  const ids = plans.map(({ planId }) => planId);
  // Neither is a part of what happens.
  expect(new Set(ids.slice(0, 4)).size).toBe(1);
  expect(new Set(ids).size).toBe(4);
});

test('a schema that changes while the snapshot is being read makes the plan stale, and nothing is changed', async () => {
  const { place, id } = await live(root(), story);
  const request = restoring(id);
  let done = false;
  const onProgress = ({ phase }: { readonly phase: string }) => {
    if (phase === 'read-snapshot' && !done) run(place, 'ALTER TABLE chats ADD COLUMN mood');
    done = true;
  };
  expect(await codeOf(applyRestore(await open(place), request, NOW, { onProgress }))).toBe('plan-stale');
  expect(done).toBe(true);
  expect(readState(place.databaseFile).tables.chats).toEqual(['text 6331 text 54776F null null']);
});

test.skipIf(process.platform !== 'linux')(
  'a program that opens the database after the plan was made is detected before the first write',
  async () => {
    const { place, id, since } = await live(root(), story);
    const request = restoring(id);
    const holder = join(import.meta.dirname, '../support/children/hold.ts');
    let pid = 0;
    const onProgress = ({ phase }: { readonly phase: string }) => {
      if (phase !== 'safety-copy' || pid !== 0) return;
      const command = `"$0" "$1" "$2" 'SELECT 1' < /dev/null > "$3" 2>&1 & echo $!; until grep -q held "$3"; do sleep 0.05; done`;
      const args = [process.execPath, holder, place.databaseFile, join(place.dir, 'held')];
      pid = Number(spawnSync('sh', ['-c', command, ...args], { encoding: 'utf8' }).stdout);
    };
    const error = await errorOf(applyRestore(await open(place), request, NOW, { onProgress }));
    process.kill(pid, 'SIGKILL');
    expect([error.code, String(error.detail.by)]).toEqual([
      'database-in-use',
      expect.stringContaining(String(pid)),
    ]);
    expect(readState(place.databaseFile)).toEqual(since);
  },
);
