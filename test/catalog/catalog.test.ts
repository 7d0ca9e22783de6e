import { execFileSync } from 'node:child_process';
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkSnapshot, listSnapshots, verifySnapshots } from '../../src/catalog/catalog.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { applyRestore } from '../../src/restore/restore.ts';
import { lookAtSnapshots } from '../../src/snapshots/files.ts';
import { takeSnapshot } from '../../src/snapshots/take.ts';
import {
  addEvents,
  codeOf,
  cutsOf,
  dumpChat,
  makeChat,
  makeDir,
  makeRoot,
  putSnapshot,
  run,
} from '../support/place.ts';
import { hold, runAsNobody } from '../support/process.ts';
import { findListed, makeRemembered } from '../support/remembered-chat.ts';
import { NOW, restoring } from '../support/requests.ts';

const root = makeRoot();

let folder: DataFolder;

beforeEach(async () => {
  folder = await makeRemembered(root());
});

const one = 'periodic/20260301T000000Z';

const find = (id: string, check = false) => findListed(folder, id, check);

describe('the list without reading files', () => {
  test('reads nothing outside the data folder, although a folder of snapshots was replaced by a link since it was looked at', async () => {
    const elsewhere = await makeDir(root());
    await putSnapshot(folder, one, dumpChat(folder));
    const look = await lookAtSnapshots(folder);
    const place = join(folder.dir, 'snapshots/periodic');
    await rename(place, join(elsewhere, 'own'));
    await writeFile(join(elsewhere, '20260301T000000Z.json'), '{"last_event_id": 77, "event_log": []}');
    await symlink(elsewhere, place);
    expect(await listSnapshots(folder, { look })).toMatchObject([
      { id: one, health: 'unreadable', lastEventId: null, healthDetail: expect.stringContaining('link') },
    ]);
  });

  test('shows name, time, size and last event of a file that was never read, and that it is unchecked', async () => {
    const modified = new Date('2026-03-01T00:00:02.000Z');
    const file = await putSnapshot(folder, one, dumpChat(folder), modified);
    expect(await listSnapshots(folder)).toEqual([
      {
        id: one,
        kind: 'periodic',
        file,
        takenAt: '2026-03-01T00:00:00.000Z',
        modifiedAt: modified.toISOString(),
        sizeBytes: (await stat(file)).size,
        lastEventId: 5n,
        health: 'unchecked',
        form: 'json',
        healthDetail: null,
        tables: null,
        retention: { status: 'kept', reason: 'among-newest', goesAt: null, rank: 1, keep: 5 },
        lineage: 'unknown',
        undoes: null,
        kept: null,
        heldAs: null,
        salvagedFrom: null,
      },
    ]);
  });

  test('shows the counts of a file that we wrote, which it reads from the file’s end', async () => {
    const { id } = await takeSnapshot(folder, 'rewind');
    expect(await find(id)).toMatchObject({
      health: 'unchecked',
      tables: expect.arrayContaining([{ name: 'event_log', rows: 5 }]),
    });
  });

  test('lists a cut off or empty file as damaged and a non-file as unreadable, without failing', async () => {
    const whole = dumpChat(folder);
    await putSnapshot(folder, one, whole.slice(0, -200));
    await putSnapshot(folder, 'periodic/20260302T000000Z', '');
    const place = join(folder.dir, 'snapshots/periodic');
    execFileSync('mkfifo', [join(place, 'x.json')]);
    await symlink(join(place, '20260301T000000Z.json'), join(place, 'y.json'));
    await mkdir(join(place, 'z.json'));
    const health = Object.fromEntries(
      (await listSnapshots(folder)).map((summary) => [summary.id, summary.health]),
    );
    expect(health).toEqual({
      [one]: 'damaged',
      'periodic/20260302T000000Z': 'damaged',
      'periodic/x': 'unreadable',
      'periodic/y': 'unreadable',
      'periodic/z': 'unreadable',
    });
    expect((await find(one)).healthDetail).toMatch(/^Incomplete: the end/);
  });

  test('writes nothing into the data folder', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    const all = async () =>
      (await readdir(folder.dir, { recursive: true })).filter((name) => !/-(shm|wal)$/.test(name));
    const before = await all();
    await listSnapshots(folder);
    await listSnapshots(folder, { check: true });
    expect(await all()).toEqual(before);
  });

  test('also works when the database cannot be queried', async () => {
    const locked = await makeChat(root(), { journalMode: 'delete' });
    folder = { ...locked, cacheDir: folder.cacheDir };
    await putSnapshot(folder, one, dumpChat(folder));
    expect((await find(one, true)).lineage).toBe('same');
    await hold(folder.databaseFile, 'BEGIN EXCLUSIVE');
    expect(await find(one)).toMatchObject({ health: 'good', lineage: 'unknown' });
  });
});

describe('checking', () => {
  test('reads whole files and finds counts, damage with its place, and the timeline', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    const damaged = dumpChat(folder).replace('"hidden":0', '"hidden":x');
    await putSnapshot(folder, 'rewind/20260301T000000Z', damaged);
    expect(await find(one, true)).toMatchObject({
      health: 'good',
      lastEventId: 5n,
      lineage: 'same',
      tables: [
        { name: 'event_log', rows: 5 },
        ...folder.profile.tables.map((name) => ({ name, rows: name === 'chats' ? 1 : 0 })),
      ],
    });
    expect(await find('rewind/20260301T000000Z', true)).toMatchObject({
      health: 'damaged',
      healthDetail: expect.stringMatching(/event_log.*row 1/),
      tables: null,
      lineage: 'unknown',
    });
  });

  test('reports a file without any snapshot content as damaged', async () => {
    for (const contents of ['{}', '{"other": [1, 2]}', '[]', 'null', '"text"', `${'['.repeat(200_000)}`]) {
      await putSnapshot(folder, one, contents);
      expect(await checkSnapshot(folder, one)).toMatchObject({ health: 'damaged' });
    }
  });

  test('attaches an error to the file it concerns, and lists the others', async () => {
    const other = 'periodic/20260301T000001Z';
    await putSnapshot(folder, one, dumpChat(folder));
    await putSnapshot(folder, other, dumpChat(folder));
    let failed = false;
    const listed = await listSnapshots(
      folder,
      { check: true },
      {
        onProgress() {
          if (failed) return;
          failed = true;
          throw new RangeError('Too much.');
        },
      },
    );
    expect(failed).toBe(true);
    expect(listed.map(({ id, health, healthDetail }) => [id, health, healthDetail])).toEqual([
      [other, 'unreadable', 'This file could not be checked.'],
      [one, 'good', null],
    ]);
  });

  test('detects a cut at any position of a snapshot', async () => {
    const whole = dumpChat(folder);
    const file = await putSnapshot(folder, one, whole);
    for (const length of cutsOf(whole)) {
      await truncate(file, length);
      expect((await checkSnapshot(folder, one)).health).toBe('damaged');
    }
  });

  test('is remembered, so that the next list shows the result without reading the file', async () => {
    const modified = new Date('2026-03-01T00:00:00.000Z');
    const file = await putSnapshot(folder, one, dumpChat(folder), modified);
    const checked = await find(one, true);
    expect(await find(one)).toEqual(checked);
    await writeFile(file, ' '.repeat((await stat(file)).size));
    await utimes(file, modified, modified);
    expect(await find(one)).toEqual(checked);
    expect(await checkSnapshot(folder, one)).toMatchObject({ health: 'damaged' });
    expect(await find(one)).toMatchObject({ health: 'damaged' });
  });

  test('does not reuse results that another profile produced', async () => {
    await putSnapshot(folder, one, '{"notes": [{"id": 1}]}');
    expect((await find(one, true)).health).toBe('damaged');
    const withNotes = { ...folder, profile: { ...folder.profile, tables: ['notes'] } };
    expect((await listSnapshots(withNotes))[0]?.health).toBe('unchecked');
    expect((await listSnapshots(withNotes, { check: true }))[0]?.health).toBe('good');
  });

  test('forgets a file that changed, and files that are gone', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder));
    await listSnapshots(folder, { check: true });
    await putSnapshot(folder, one, dumpChat(folder), new Date('2026-03-05T00:00:00.000Z'));
    expect((await find(one)).health).toBe('unchecked');
    await rm(join(folder.dir, 'snapshots/rewind'), { recursive: true });
    await listSnapshots(folder, { check: true });
    const [name = ''] = await readdir(folder.cacheDir ?? '');
    expect(await readFile(join(folder.cacheDir ?? '', name), 'utf8')).not.toContain('rewind');
  });

  test('remembers for its owner only, and stores no chat content', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder).slice(0, 300));
    await listSnapshots(folder, { check: true });
    const [name = ''] = await readdir(folder.cacheDir ?? '');
    const path = join(folder.cacheDir ?? '', name);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toMatch(/message \d|Harbour/);
  });

  test('works when its memory is lost, forged, in a read-only place, or was never kept', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    const checked = await find(one, true);
    const [name = ''] = await readdir(folder.cacheDir ?? '');
    const path = join(folder.cacheDir ?? '', name);
    const good = JSON.parse(await readFile(path, 'utf8'));
    const [[key, facts]] = good.entries;
    const forged: unknown[] = [
      null,
      { ...good, version: good.version + 1 },
      { ...good, entries: 7 },
      { ...good, entries: [[key]] },
      { ...good, entries: [[key, { ...facts, health: 'splendid' }]] },
      { ...good, entries: [[key, { ...facts, tables: [{ name: 7 }] }]] },
      { ...good, entries: [[key, { ...facts, healthDetail: {} }]] },
    ];
    for (const contents of ['', '{', '['.repeat(100_000), ...forged.map((value) => JSON.stringify(value))]) {
      await writeFile(path, contents);
      expect((await find(one)).health).toBe('unchecked');
      expect(await find(one, true)).toEqual(checked);
    }
    await rm(path);
    execFileSync('mkfifo', [path]);
    expect((await find(one)).health).toBe('unchecked');
    folder = { ...folder, cacheDir: join(folder.databaseFile, 'below a file') };
    expect(await find(one, true)).toEqual(checked);
    folder = { ...folder, cacheDir: null };
    expect(await find(one, true)).toEqual(checked);
    expect((await find(one)).health).toBe('unchecked');
  });

  test('reads the newest first, reports progress, and keeps what it read when it is cancelled', async () => {
    await putSnapshot(folder, 'rewind/20260302T000000Z', dumpChat(folder));
    await putSnapshot(folder, one, dumpChat(folder));
    const controller = new AbortController();
    let total = 0;
    const checking = listSnapshots(
      folder,
      { check: true },
      {
        signal: controller.signal,
        onProgress(progress) {
          total = progress.total ?? 0;
          if (progress.done > total / 2) controller.abort();
        },
      },
    );
    expect(await codeOf(checking)).toBe('cancelled');
    expect(total).toBe(2 * Buffer.byteLength(dumpChat(folder)));
    expect((await find('rewind/20260302T000000Z')).health).toBe('good');
    expect((await find(one)).health).toBe('unchecked');
  });
});

describe('show and verify', () => {
  test('read the bytes regardless of what is remembered, and answer in the given order', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder).slice(0, -1));
    await mkdir(join(folder.dir, 'snapshots/rewind/folder.json'));
    const ids = ['rewind/folder', one, 'rewind/20260301T000000Z', one];
    expect((await verifySnapshots(folder, ids)).map(({ id, health }) => [id, health])).toEqual([
      ['rewind/folder', 'unreadable'],
      [one, 'good'],
      ['rewind/20260301T000000Z', 'damaged'],
    ]);
    expect(await checkSnapshot(folder, one)).toEqual(await find(one));
  });

  test('refuse an id that is not a snapshot id', async () => {
    for (const [id, code] of [
      ['periodic/20200101T000000Z', 'snapshot-missing'],
      ['periodic/../../chat', 'snapshot-unsafe'],
      ['periodic', 'usage'],
    ] as const) {
      expect(await codeOf(checkSnapshot(folder, id))).toBe(code);
      expect(await codeOf(verifySnapshots(folder, [id]))).toBe(code);
    }
  });

  test.skipIf(process.platform === 'win32')('a file without read permission is unreadable', async () => {
    const file = await putSnapshot(folder, one, dumpChat(folder));
    await chmod(folder.dir, 0o755);
    await chmod(file, 0);
    expect(await runAsNobody('show', folder.dir, one)).toBe('unreadable');
    await chmod(file, 0o644);
    expect(await runAsNobody('show', folder.dir, one)).toBe('good');
  });

  test.skipIf(process.platform === 'win32').each([0, 0o444, 0o111])(
    'a folder without read permission (mode %i) is listed as unreadable, with the snapshots of the others',
    async (mode) => {
      await putSnapshot(folder, one, dumpChat(folder));
      await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder));
      await chmod(folder.dir, 0o755);
      await chmod(join(folder.dir, 'snapshots/periodic'), mode);
      expect(await runAsNobody('list', folder.dir)).toBe(
        'periodic/* unreadable, rewind/20260301T000000Z unchecked',
      );
      await chmod(join(folder.dir, 'snapshots/periodic'), 0o755);
    },
  );
});

test('a safety copy is listed with the restore it undoes, and is kept for that', async () => {
  const { id } = await takeSnapshot(folder, 'rewind');
  run(folder, addEvents(1));
  const request = restoring(id);
  const receipt = await applyRestore(folder, request, NOW);
  for (const check of [false, true])
    expect(await find(receipt.safetyCopyId, check)).toMatchObject({
      undoes: { snapshotId: id, action: 'restore' },
      retention: { status: 'kept', reason: 'needed-by-undo' },
    });
});

test('names like __proto__ are treated like any other name', async () => {
  const db = new Database(folder.databaseFile);
  db.close();
  await putSnapshot(folder, 'periodic/__proto__', dumpChat(folder));
  await putSnapshot(
    folder,
    'constructor/constructor',
    '{"last_event_id": 1, "__proto__": [1], "event_log": []}',
  );
  expect((await listSnapshots(folder, { check: true })).map(({ id, health }) => [id, health])).toEqual([
    ['constructor/constructor', 'good'],
    ['periodic/__proto__', 'good'],
  ]);
});
