import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { applyRestore, type Finished, finishInterrupted, readRestoredState } from '../../src/index.ts';
import { appendJournal, readJournal } from '../../src/journal/journal.ts';
import { isRunning, ownMark } from '../../src/system/process-mark.ts';
import { makeRoot, open, type Place, run } from '../support/place.ts';
import { start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** A restore that is still running is left to its process; one that only looks as if it were running is finished. */
const root = makeRoot();
const linux = process.platform === 'linux';
const MODES = ['full', 'projections'] as const;

const story: Story = {
  schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada');",
  since: "UPDATE bots SET name = 'mistaken';",
};

async function typesIn(place: Place) {
  return (await readJournal(await open(place))).map(({ type }) => type);
}

async function checkpointsIn({ dir }: Place) {
  const kinds = await readdir(join(dir, 'snapshots'));
  return kinds.includes('periodic') ? readdir(join(dir, 'snapshots/periodic')) : [];
}

/** A process that stands right before the COMMIT of a restore, and how it goes on. */
async function standBeforeCommit(mode: (typeof MODES)[number], journalMode: 'wal' | 'delete' = 'wal') {
  const { place, id, since } = await live(root(), { ...story, journalMode });
  const file = `${place.dir}-go`;
  const child = start('restore-and-wait.ts', { args: [place.dir, id, mode, file] });
  expect(await child.said('commit')).toBe(true);
  const kill = async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  };
  return { place, since, child, kill, goOn: () => writeFile(file, '') };
}

describe.concurrent('a restore that is about to commit is not given up', () => {
  test.each(MODES)('if another process makes it: mode %s', async (mode) => {
    const { place, child, goOn } = await standBeforeCommit(mode);
    const folder = await open(place);
    expect(await finishInterrupted(folder)).toEqual([]);
    expect(await typesIn(place)).toEqual(['prepared']);
    await goOn();
    expect((await child.ended).at(-1)).toBe('done');
    expect(await finishInterrupted(folder)).toEqual([]);
    expect(await readRestoredState(folder)).toMatchObject({ action: 'restore' });
    expect(await checkpointsIn(place)).toHaveLength(mode === 'full' ? 1 : 0);
  });

  test.each(MODES)('if this process makes it: mode %s', async (mode) => {
    const { place, id } = await live(root(), story);
    const folder = await open(place);
    const looks: Promise<readonly Finished[]>[] = [];
    const onProgress = () => {
      looks.push(finishInterrupted(folder));
    };
    const request = restoring(id, { mode });
    const receipt = await applyRestore(folder, request, NOW, { onProgress });
    expect((await Promise.all(looks)).flat()).toEqual([]);
    const published = mode === 'full' ? ['checkpoint-published'] : [];
    expect(await typesIn(place)).toEqual(['prepared', 'committed', ...published]);
    const own =
      receipt.checkpointId === null ? [] : [`${receipt.checkpointId.slice('periodic/'.length)}.json`];
    expect(await checkpointsIn(place)).toEqual(own);
  });
});

describe.concurrent('a restore that no process is working on any more is finished', () => {
  test.each(MODES)('if its process was killed: mode %s', async (mode) => {
    const { place, since, kill } = await standBeforeCommit(mode);
    await kill();
    const folder = await open(place);
    expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'not-committed' }]);
    expect(readState(place.databaseFile)).toEqual(since);
    expect(await typesIn(place)).toEqual(['prepared', 'aborted']);
  });

  test.runIf(linux)('if another process has got its number since', async () => {
    const { place, kill } = await standBeforeCommit('projections');
    await kill();
    const journal = join(place.dir, 'snapback/journal.jsonl');
    const entry = JSON.parse(await readFile(journal, 'utf8'));
    await writeFile(journal, `${JSON.stringify({ ...entry, by: { ...entry.by, pid: process.ppid } })}\n`);
    expect(await finishInterrupted(await open(place))).toMatchObject([{ outcome: 'not-committed' }]);
  });

  test('if this process had begun it and lost it, or an earlier one had the same number', async () => {
    const { place, kill } = await standBeforeCommit('full');
    await kill();
    const journal = join(place.dir, 'snapback/journal.jsonl');
    const entry = JSON.parse(await readFile(journal, 'utf8'));
    await writeFile(journal, `${JSON.stringify({ ...entry, by: ownMark() })}\n`);
    expect(await finishInterrupted(await open(place))).toMatchObject([{ outcome: 'not-committed' }]);
  });

  test('if the version that wrote its line did not record the process', async () => {
    const { place, kill } = await standBeforeCommit('full');
    await kill();
    const journal = join(place.dir, 'snapback/journal.jsonl');
    const { by: _, ...entry } = JSON.parse(await readFile(journal, 'utf8'));
    await writeFile(journal, `${JSON.stringify(entry)}\n`);
    expect(await finishInterrupted(await open(place))).toMatchObject([{ outcome: 'not-committed' }]);
  });

  test('by only one of two processes that look at the same time', async () => {
    const { place, kill } = await standBeforeCommit('full');
    await kill();
    const folder = await open(place);
    const both = await Promise.all([finishInterrupted(folder), finishInterrupted(folder)]);
    expect(both.flat()).toHaveLength(1);
    expect(await typesIn(place)).toEqual(['prepared', 'aborted']);
  });
});

test.runIf(linux)('a draft that cannot be judged yet is closed, and is judged the next time', async () => {
  const { place, kill } = await standBeforeCommit('full');
  await kill();
  const folder = await open(place);
  const database = await readFile(place.databaseFile);
  await writeFile(place.databaseFile, 'not a database');
  expect(await finishInterrupted(folder)).toEqual([]);
  const opened = readdirSync('/proc/self/fd').flatMap((fd) => {
    const link = `/proc/self/fd/${fd}`;
    return existsSync(link) ? [readlinkSync(link)] : [];
  });
  expect(opened.filter((path) => path.startsWith(place.dir))).toEqual([]);
  await writeFile(place.databaseFile, database);
  expect(await finishInterrupted(folder)).toMatchObject([{ outcome: 'not-committed' }]);
});

test('a lost journal is not rewritten over the beginning of a restore', async () => {
  const { place, child, goOn } = await standBeforeCommit('projections', 'delete');
  const folder = await open(place);
  const journal = join(place.dir, 'snapback/journal.jsonl');
  const line = await readFile(journal, 'utf8');
  await writeFile(journal, '');
  let looked = false;
  const onProgress = () => {
    if (!looked) appendFileSync(journal, line);
    looked = true;
  };
  await finishInterrupted(folder, { onProgress });
  expect(looked).toBe(true);
  expect(await typesIn(place)).toEqual(['prepared']);
  await goOn();
  await child.ended;
  run(place, "INSERT INTO bots VALUES (2, 'later');");
  expect(await readRestoredState(folder)).toMatchObject({ action: 'restore' });
});

describe('a process', () => {
  const sleeper = () => {
    const child = spawn('sleep', ['60']);
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };

  test('runs until it ends', async () => {
    expect(isRunning(ownMark())).toBe(true);
    const child = sleeper();
    const mark = { pid: child.pid ?? 0, started: null };
    expect(isRunning(mark)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isRunning(mark)).toBe(false);
  });

  test.runIf(linux)('is not the same as a later one with the same number', () => {
    const { pid, started } = ownMark();
    expect(isRunning({ pid, started: `${started}1` })).toBe(false);
    expect(isRunning({ pid: sleeper().pid ?? 0, started })).toBe(false);
  });

  test.runIf(linux)('that has ended does not run, even if its parent has not noticed', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60']);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = await once(parent.stdout, 'data');
    const mark = { pid: Number(line), started: null };
    await expect.poll(() => isRunning(mark)).toBe(false);
    expect(process.kill(mark.pid, 0)).toBe(true);
  });

  test('is named in the journal before it commits', async () => {
    const { place } = await live(root(), story);
    const folder = await open(place);
    await appendJournal(folder, {
      type: 'prepared',
      planId: 'plan',
      action: 'restore',
      snapshotId: 'rewind/a',
      safetyCopyId: 'restore/a',
      checkpointDraft: null,
      at: '2026-01-01T00:00:00.000Z',
    });
    expect(await readJournal(folder)).toMatchObject([{ by: ownMark() }]);
  });
});
