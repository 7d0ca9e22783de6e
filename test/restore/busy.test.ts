import { watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, diffSnapshot, planRestore, takeSnapshot } from '../../src/index.ts';
import { asHost, codeOf, errorOf, makeRoot, open, type Place } from '../support/place.ts';
import { hold, start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/**
 * Other processes in the database: which ones a restore waits for, which ones it refuses, and that nothing is half
 * done.
 */
const root = makeRoot();

const story: Story = {
  schema:
    'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE chat_state (id INTEGER PRIMARY KEY, events INTEGER);',
  before: "INSERT INTO memories VALUES (1, 'a'), (2, 'b'); INSERT INTO chat_state VALUES (1, 5);",
  since: 'DELETE FROM memories WHERE id = 1; UPDATE chat_state SET events = 8;',
};
const open2 = { ...NOW, whileOpen: true };

async function safetyCopies({ dir }: Place): Promise<readonly string[]> {
  const all = await readdir(join(dir, 'snapshots'), { recursive: true });
  return all.filter((name) => name.startsWith('restore/'));
}

describe.concurrent('a database that another process keeps locked', () => {
  test.each(['wal', 'delete'] as const)(
    'is waited for for 5 s, then every action refuses, and nothing has changed: journal mode %s',
    async (journalMode) => {
      const { place, id, since } = await live(root(), { ...story, journalMode });
      const folder = await open(place);
      const exclusive =
        journalMode === 'wal'
          ? 'PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM memories'
          : 'BEGIN EXCLUSIVE';
      const holder = await hold(place.databaseFile, exclusive);
      const request = restoring(id);
      const began = performance.now();
      const outcomes = await Promise.all(
        [
          diffSnapshot(folder, id),
          planRestore(folder, request),
          takeSnapshot(folder, 'rewind'),
          applyRestore(folder, request, open2),
        ].map(async (action) => [await codeOf(action), performance.now() - began > 4900]),
      );
      expect(outcomes).toEqual(outcomes.map(() => ['database-busy', true]));
      await holder.kill();
      expect(readState(place.databaseFile)).toEqual(since);
      expect(await safetyCopies(place)).toEqual([]);
      await applyRestore(folder, request, NOW);
    },
  );

  test('is no longer waited for after a cancel', async () => {
    const { place, id } = await live(root(), { ...story, journalMode: 'delete' });
    const folder = await open(place);
    const holder = await hold(place.databaseFile, 'BEGIN EXCLUSIVE');
    const cancel = new AbortController();
    const onProgress = () => cancel.abort();
    const task = { signal: cancel.signal, onProgress };
    const request = restoring(id);
    expect(await codeOf(applyRestore(folder, request, open2, task))).toBe('cancelled');
    expect(await codeOf(diffSnapshot(folder, id, task))).toBe('cancelled');
    await holder.kill();
  });

  test('is restored as soon as the lock is released', async () => {
    const { place, id, before } = await live(root(), { ...story, journalMode: 'delete' });
    const holder = await hold(place.databaseFile, 'BEGIN EXCLUSIVE');
    const restored = applyRestore(await open(place), restoring(id), open2);
    setTimeout(() => holder.process.kill('SIGKILL'), 1000);
    await restored;
    expect(readState(place.databaseFile).tables).toEqual(before.tables);
  });

  test('by a writer between the plan and the write lock is not half restored: journal mode wal', async () => {
    const { place, id, since } = await live(root(), story);
    const holder = await hold(place.databaseFile, 'BEGIN IMMEDIATE; DELETE FROM memories');
    const request = restoring(id);
    expect(await codeOf(applyRestore(await open(place), request, open2))).toBe('database-busy');
    expect(await safetyCopies(place)).toEqual([]);
    await holder.kill();
    expect(readState(place.databaseFile)).toEqual(since);
  });
});

describe.concurrent('a writer that is about to commit with a rollback journal', () => {
  async function restoreBeside(sql: string, then: 'commit' | 'roll back') {
    const { place, id, since, before } = await live(root(), { ...story, journalMode: 'delete' });
    const writer = await hold(place.databaseFile, sql);
    const request = restoring(id);
    let told = false;
    const onProgress = ({ phase }: { readonly phase: string }) => {
      if (phase !== 'wait-for-lock' || told) return;
      told = true;
      if (then === 'commit') writer.process.stdin?.write('COMMIT');
      else writer.process.kill('SIGKILL');
    };
    const made = new Set<string>();
    const watcher = watch(place.dir, (_, name) => made.add(String(name)));
    const outcome = await codeOf(applyRestore(await open(place), request, open2, { onProgress }));
    watcher.close();
    return { outcome, place, since, before, writer, made: [...made] };
  }

  test('succeeds, and the plan is stale', async () => {
    const change = "BEGIN IMMEDIATE; INSERT INTO memories VALUES (77, 'mine')";
    const { outcome, place, writer } = await restoreBeside(change, 'commit');
    expect(outcome).toBe('plan-stale');
    await writer.said('done');
    await writer.kill();
    expect(readState(place.databaseFile).tables.memories).toContain('integer 77 text 6D696E65');
    expect(await safetyCopies(place)).toEqual([]);
  });

  test('and ends without a commit leaves the plan valid: it is applied', async () => {
    const change = "BEGIN IMMEDIATE; INSERT INTO memories VALUES (77, 'mine')";
    const { outcome, place, before, made } = await restoreBeside(change, 'roll back');
    expect(outcome).toBe('done');
    // No third file binds its commit to one of ours: the next host may see the folder under another path.
    expect(made.filter((name) => name.includes('-mj'))).toEqual([]);
    expect(made).toContain('app.db-journal');
    expect(readState(place.databaseFile).tables).toEqual(before.tables);
  });
});

describe.concurrent('a long reader', () => {
  test('does not block a restore in a WAL, and continues to see what it saw', async () => {
    const { place, id, before } = await live(root(), story);
    const reader = await hold(place.databaseFile, 'BEGIN; SELECT count(*) FROM memories');
    const receipt = await applyRestore(await open(place), restoring(id), open2);
    expect([receipt.whileOpen, receipt.inUse.state]).toEqual([true, 'yes']);
    expect(readState(place.databaseFile).tables).toEqual(before.tables);
    await reader.kill();
  });

  test('with a rollback journal is waited for, then the restore refuses and has changed nothing', async () => {
    const { place, id, since } = await live(root(), { ...story, journalMode: 'delete' });
    const reader = await hold(place.databaseFile, 'BEGIN; SELECT count(*) FROM memories');
    const request = restoring(id);
    expect(await codeOf(applyRestore(await open(place), request, open2))).toBe('database-busy');
    expect(await safetyCopies(place)).toEqual([]);
    await reader.kill();
    expect(readState(place.databaseFile)).toEqual(since);
  });
});

// One after the other: a restore beside others in this process would hold its locks for as long as all of them take.
describe('a host that has the database open', () => {
  test('is named, and restore and undo are refused until it is closed or overridden', async () => {
    const { place, id, since } = await live(root(), story);
    const folder = await open(place);
    const host = await hold(place.databaseFile, 'SELECT count(*) FROM memories');
    const request = restoring(id);
    const plan = await planRestore(folder, request);
    expect(plan.refusals.map(({ code }) => code)).toEqual(['database-in-use']);
    const error = await errorOf(applyRestore(folder, request, { ...NOW, planId: plan.planId }));
    expect([error.code, String(error.detail.by)]).toEqual([
      'database-in-use',
      expect.stringContaining(String(host.process.pid)),
    ]);
    expect(readState(place.databaseFile)).toEqual(since);
    await applyRestore(folder, request, { planId: plan.planId, whileOpen: true });
    expect(await codeOf(applyUndo(folder, { acceptDrift: false }, NOW))).toBe('database-in-use');
    await host.kill();
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test.each(['wal', 'delete'] as const)(
    'and commits all the time sees a restore whole or not at all: journal mode %s',
    async (journalMode) => {
      const { place, id } = await live(root(), { ...story, journalMode });
      const folder = await open(place);
      // Less than we are patient ourselves: no two may wait for each other until one of them gives up.
      const host = start('write-on.ts', { args: [place.databaseFile, '4500'] });
      await host.said('busy');
      const outcomes: string[] = [];
      for (let round = 0; round < (journalMode === 'wal' ? 4 : 2); round += 1) {
        const request = restoring(id);
        outcomes.push(await codeOf(applyRestore(folder, request, open2)));
        const [events, counted] = asHost(place, (db) => {
          // However busy the machine is: this look may wait its turn among the host's commits.
          db.pragma('busy_timeout = 60000');
          return db
            .prepare<[], [number, number]>('SELECT count(*), (SELECT events FROM chat_state) FROM event_log')
            .raw()
            .get();
        }) ?? [-1, 0];
        expect(events).toBe(counted);
      }
      expect(
        outcomes.filter((outcome) => !['done', 'plan-stale', 'database-busy'].includes(outcome)),
      ).toEqual([]);
      expect(await safetyCopies(place)).toHaveLength(outcomes.filter((outcome) => outcome === 'done').length);
      host.process.stdin?.write('stop');
      expect((await host.ended).at(-1)).toMatch(/^stopped/);
      expect(findFaults(place.databaseFile)).toEqual([]);
    },
  );
});
