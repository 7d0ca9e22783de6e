import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { chmod, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  defaultRestoreOptions,
  finishInterrupted,
  planPrune,
  planUndo,
  readRestoredState,
  takeSnapshot,
} from '../../src/index.ts';
import {
  type Killed,
  killAtCommit,
  putBack,
  readJournalLines,
  writeJournalLines,
} from '../support/killed.ts';
import { addEvents, makeRoot, open, type Place, putSnapshot, run } from '../support/place.ts';
import { runAsNobody } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { live, type Story } from '../support/story.ts';

/**
 * The content of the database tells how a restore ended, as long as it can; until then nothing is recorded and nothing
 * is lost.
 */
const root = makeRoot();

const story: Story = {
  schema:
    'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada'); INSERT INTO chats VALUES ('c1', 'One');",
  since: "UPDATE bots SET name = 'mistaken'; UPDATE chats SET title = 'mistaken';",
};

type Given = Parameters<typeof killAtCommit>[2];

async function killed(given: Given, since = story.since) {
  const { place, id } = await live(root(), { ...story, since });
  const folder = await open(place);
  return { place, folder, id, ...(await killAtCommit(place, id, given)) };
}

async function typesIn(place: Place) {
  return (await readJournalLines(place)).map((line) => JSON.parse(line).type);
}

async function checkpointsIn({ dir }: Place): Promise<readonly string[]> {
  const all = await readdir(join(dir, 'snapshots'), { recursive: true });
  return all.filter((name) => dirname(name) === 'periodic').map((name) => basename(name));
}

function copyFile({ dir }: Place, id: string): string {
  return join(dir, 'snapshots', `${id}.db`);
}

const EMPTY_LOG = { events: 0, chain: hash('sha256', '') };

/** Whoever reads texts has to fetch such a one, and all after it, as bytes. */
const ODD_EVENT = addEvents(1, '\uFFFD');

/** The host writes everywhere, so that no table is as before or after. */
const EVERYWHERE = `${addEvents(1, 'host')} UPDATE bots SET name = 'host'; UPDATE chats SET title = 'host';`;

describe.concurrent('undo takes the newest restore’s safety copy, before and after the next start,', () => {
  test.each<[string, (lines: readonly string[]) => readonly string[]]>([
    ['with the whole journal', (lines) => lines],
    ['without any of it', () => []],
    ['when it has lost its end', (lines) => lines.slice(0, 3)],
    ['when it has lost the line that says that the restore was committed', (lines) => lines.toSpliced(4, 1)],
    ['when it begins with that restore and has lost the line', (lines) => [lines[3] ?? '', lines[5] ?? '']],
  ])('%s', async (_, keep) => {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    const later = await takeSnapshot(folder, 'rewind');
    run(place, EVERYWHERE);
    const request = { ...defaultRestoreOptions, action: 'restore' as const };
    await applyRestore(folder, { ...request, snapshotId: id }, NOW);
    const { safetyCopyId } = await applyRestore(folder, { ...request, snapshotId: later.id }, NOW);
    const lines = await readJournalLines(place);
    expect(lines).toHaveLength(6);
    await writeJournalLines(place, keep(lines));
    expect(await readRestoredState(folder)).toMatchObject({ safetyCopyId });
    await finishInterrupted(folder);
    run(place, EVERYWHERE);
    expect(await readRestoredState(folder)).toMatchObject({ safetyCopyId });
    expect((await planUndo(folder, { acceptDrift: false })).snapshot.id).toBe(safetyCopyId);
  });
});

describe.concurrent('a restore that was killed at COMMIT is judged by every table that only it changed', () => {
  test.each<[string, Given, string]>([
    ['a full one, when the host has added an event', { committed: true }, addEvents(1, 'host')],
    ['a full one, when the host has changed a table', { committed: true }, "UPDATE chats SET title = 'host'"],
    [
      'one of the tables alone, when the host has changed a table',
      { committed: true, mode: 'projections' },
      "INSERT INTO bots VALUES (2, 'host')",
    ],
    [
      'one that was not committed, when the host has changed the log and a table',
      { committed: false },
      `${addEvents(1, 'host')} UPDATE chats SET title = 'host'`,
    ],
    [
      'one of the tables alone that was not committed',
      { committed: false, mode: 'projections' },
      "UPDATE chats SET title = 'host'",
    ],
  ])('%s', async (_, given, sql) => {
    const { place, folder, receipt } = await killed(given);
    run(place, sql);
    const outcome = given.committed ? 'committed' : 'not-committed';
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome }]);
    const { safetyCopyId } = receipt;
    expect((await readRestoredState(folder))?.safetyCopyId ?? null).toBe(
      given.committed ? safetyCopyId : null,
    );
    const leaves = given.committed && given.mode !== 'projections';
    expect(await checkpointsIn(place)).toEqual(leaves ? [expect.stringMatching(/Z\.json$/)] : []);
  });

  test.each(["'UTF-8'", "'UTF-16le'"])(
    'and by a log with a replacement character for undecodable text, in %s',
    async (encoding) => {
      const odd = {
        ...story,
        first: `PRAGMA encoding = ${encoding};`,
        before: `${story.before} ${ODD_EVENT}`,
      };
      const { place, id } = await live(root(), odd);
      const folder = await open(place);
      await killAtCommit(place, id, { committed: true });
      run(place, EVERYWHERE);
      expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'committed' }]);
    },
  );

  test.each([true, false])('and by the log if every table was changed: committed %s', async (committed) => {
    const { place, folder } = await killed({ committed });
    run(place, EVERYWHERE);
    const outcome = committed ? 'committed' : 'not-committed';
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome }]);
  });

  test.each([
    [
      'the extent of the log that it notes, as the first databases did',
      EMPTY_LOG,
      [{ outcome: 'committed' }],
    ],
    ['nothing where it notes none and does not hold what was sealed', null, []],
  ])('and by a safety copy: %s', async (_, log, expected) => {
    const { place, folder, receipt } = await killed({ committed: true });
    run(place, EVERYWHERE);
    const copy = new Database(copyFile(place, receipt.safetyCopyId));
    copy
      .prepare("UPDATE snapback_about SET value = json_set(value, '$.log', json(?)) WHERE part = 1")
      .run(JSON.stringify(log));
    copy.exec("UPDATE bots SET name = 'forged'");
    copy.close();
    expect(await finishInterrupted(folder)).toMatchObject(expected);
  });
});

test.concurrent.each([true, false])(
  'the log tells how a restore ended even if its safety copy is the only trace of it: committed %s',
  async (committed) => {
    const { place, folder, receipt, draft } = await killed({ committed });
    if (draft !== null) await rm(draft);
    await writeJournalLines(place, []);
    run(place, EVERYWHERE);
    const { safetyCopyId } = receipt;
    expect(await readRestoredState(folder)).toEqual(
      committed ? expect.objectContaining({ safetyCopyId }) : null,
    );
    const code = committed ? undefined : 'nothing-to-undo';
    const undoing = planUndo(folder, { acceptDrift: false });
    expect(
      await undoing.then(
        () => undefined,
        (error) => error.code,
      ),
    ).toBe(code);
  },
);

describe.concurrent('an undecidable outcome', () => {
  /** A log that before and after share, flags apart, so that nothing tells when all tables were written. */
  const FLAGS = `UPDATE event_log SET hidden = 1 WHERE id < 3; DELETE FROM event_log WHERE id > 5; ${story.since}`;

  /** Nothing is recorded, removed or offered, and the safety copy is kept. */
  async function expectOpen(place: Place, { receipt, draft }: Killed): Promise<void> {
    const folder = await open(place);
    const lines = await readJournalLines(place);
    expect(await finishInterrupted(folder)).toEqual([]);
    expect(await readJournalLines(place)).toEqual(lines);
    const kept = draft === null ? [] : [basename(draft)];
    expect(await checkpointsIn(place)).toEqual(expect.arrayContaining(kept));
    expect(await readRestoredState(folder)).toBe(null);
    const { stays } = await planPrune(folder, { by: 'choice', ids: [receipt.safetyCopyId] });
    expect(stays).toEqual([{ id: receipt.safetyCopyId, reason: 'needed-by-undo' }]);
  }

  test.each<[string, Given]>([
    ['committed', { committed: true }],
    ['not committed', { committed: false }],
    ['of the tables alone', { committed: true, mode: 'projections' }],
  ])('of a restore, %s, stays open until the content decides it', async (_, given) => {
    const { place, folder, ...one } = await killed(given, FLAGS);
    const state = await readFile(place.databaseFile);
    run(place, EVERYWHERE);
    await expectOpen(place, one);
    await putBack(place, state);
    const outcome = given.committed ? 'committed' : 'not-committed';
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome }]);
  });

  test('stays open if one table is as after and another as before', async () => {
    const { place, folder, ...one } = await killed({ committed: true });
    run(place, "UPDATE chats SET title = 'mistaken'");
    await expectOpen(place, one);
    run(place, "UPDATE chats SET title = 'One'");
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'committed' }]);
  });

  test('of a newer restore offers no undo of an older one', async () => {
    const { place, folder, id, receipt } = await killed({ committed: true });
    expect(await finishInterrupted(folder)).toHaveLength(1);
    expect(await readRestoredState(folder)).toMatchObject({ safetyCopyId: receipt.safetyCopyId });
    run(place, FLAGS);
    const newer = await killAtCommit(place, id, { committed: true });
    run(place, EVERYWHERE);
    await expectOpen(place, newer);
    const lines = await readJournalLines(place);
    // Nor where the journal has lost that the newer one was begun.
    await writeJournalLines(place, lines.slice(0, -1));
    expect(await readRestoredState(folder)).toBe(null);
    await expect(planUndo(folder, { acceptDrift: false })).rejects.toMatchObject({
      code: 'nothing-to-undo',
      message: expect.stringContaining('cannot be told'),
      detail: { safetyCopy: newer.receipt.safetyCopyId },
    });
    // What was not clear once is not looked into at every glance.
    const phases = new Set<string>();
    const task = { onProgress: ({ phase }: { readonly phase: string }) => phases.add(phase) };
    expect([await readRestoredState(folder, task), [...phases]]).toEqual([null, []]);
  });

  test('ends with the next full restore, which removes its draft', async () => {
    const { place, folder, id, ...one } = await killed({ committed: true }, FLAGS);
    run(place, EVERYWHERE);
    await expectOpen(place, one);
    const request = restoring(id);
    const { safetyCopyId, checkpointId } = await applyRestore(folder, request, NOW);
    expect(await finishInterrupted(folder)).toEqual([]);
    expect(await checkpointsIn(place)).toEqual([`${checkpointId?.slice('periodic/'.length)}.json`]);
    expect(await readRestoredState(folder)).toMatchObject({ safetyCopyId });
  });

  test('releases its draft if the host’s next start loads a checkpoint of much later', async () => {
    const { place, ...one } = await killed({ committed: true }, FLAGS);
    run(place, EVERYWHERE);
    const old = await putSnapshot(place, 'periodic/20991231T235959Z', '{"last_event_id": 9}');
    await expectOpen(place, one);
    const later = new Date(Date.now() + 600_000);
    await utimes(old, later, later);
    await finishInterrupted(await open(place));
    expect(await checkpointsIn(place)).toEqual([basename(old)]);
    await expectOpen(place, { ...one, draft: null });
  });
});

describe.concurrent('the checkpoint that a killed restore owes', () => {
  const owed = async (since: string) => {
    const { place, folder } = await killed({ committed: true });
    run(place, since);
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'committed' }]);
    return (await checkpointsIn(place)).length;
  };

  test('is published if the log has grown since, as the host replays what is newer', async () => {
    expect(await owed(addEvents(2, 'host'))).toBe(1);
  });

  test('is not published if the host has rewound since: its next start would bring back what that removed', async () => {
    expect(await owed('DELETE FROM event_log WHERE id > 3;')).toBe(0);
  });
});

describe.concurrent('without its safety copy, a restore that was killed', () => {
  test('is committed if everything matches the draft of its checkpoint, and can be undone when the copy is back', async () => {
    const { place, folder, receipt } = await killed({ committed: true });
    const file = copyFile(place, receipt.safetyCopyId);
    await rename(file, `${file}-away`);
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'committed' }]);
    expect(await checkpointsIn(place)).toEqual([expect.stringMatching(/Z\.json$/)]);
    expect(await readRestoredState(folder)).toBe(null);
    await rename(`${file}-away`, file);
    expect(await readRestoredState(folder)).toMatchObject({ safetyCopyId: receipt.safetyCopyId });
  });

  test.each<[string, Given]>([
    ['that is not as its draft', { committed: false }],
    ['that left no draft', { committed: true, mode: 'projections' }],
  ])('%s stays open until the copy is back', async (_, given) => {
    const { place, folder, receipt } = await killed(given);
    const file = copyFile(place, receipt.safetyCopyId);
    await rename(file, `${file}-away`);
    expect(await finishInterrupted(folder)).toEqual([]);
    expect(await typesIn(place)).toEqual(['prepared']);
    await rename(`${file}-away`, file);
    const outcome = given.committed ? 'committed' : 'not-committed';
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome }]);
  });

  test('because the copy is unreadable stays open until it can be read', async () => {
    const { place, receipt } = await killed({ committed: true, mode: 'projections' });
    if (process.getuid?.() === 0) {
      execFileSync('chown', ['-R', '65534:65534', place.dir]);
    }
    const finish = async () => JSON.parse(await runAsNobody('finish', place.dir));
    await chmod(copyFile(place, receipt.safetyCopyId), 0);
    expect(await finish()).toEqual([[], null]);
    expect(await typesIn(place)).toEqual(['prepared']);
    await chmod(copyFile(place, receipt.safetyCopyId), 0o600);
    expect(await finish()).toEqual([['committed'], receipt.safetyCopyId]);
  });
});

describe.concurrent('after a later restore of the tables alone, the log decides', () => {
  test.each([true, false])('how a full restore ended: committed %s', async (committed) => {
    const { place, folder, id } = await killed({ committed });
    run(place, "UPDATE bots SET name = 'host'");
    const request = restoring(id, { mode: 'projections' });
    const { safetyCopyId } = await applyRestore(folder, request, NOW);
    const outcome = committed ? 'committed' : 'not-committed';
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome }]);
    expect(await checkpointsIn(place)).toHaveLength(committed ? 1 : 0);
    expect(await readRestoredState(folder)).toMatchObject({ safetyCopyId });
  });
});
