import { chmod, chown, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, planRestore } from '../../src/index.ts';
import { freeSpace } from '../../src/system/free-space.ts';
import { readWhole } from '../support/copies.ts';
import { ownMounts, SMALL_DISK } from '../support/mounts.ts';
import { addEvents, codeOf, makeRoot, open, type Place } from '../support/place.ts';
import { runToEnd, start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** A disk that is full or refuses: the database stays as it is, and no half-written file is left. */
const root = makeRoot();
const isRoot = process.getuid?.() === 0;

const story: Story = {
  schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);',
  before: `${addEvents(400)} INSERT INTO memories SELECT id, hex(randomblob(500)) FROM event_log;`,
  since: 'DELETE FROM memories WHERE id % 2;',
};

/** Every published snapshot is whole, and no draft is left. */
async function expectWhole({ dir }: Place): Promise<readonly string[]> {
  const files = await readdir(join(dir, 'snapshots'), { recursive: true, withFileTypes: true });
  for (const entry of files.filter((one) => one.isFile())) {
    expect(entry.name).toMatch(/\.(?:json|db)$/);
    readWhole(join(entry.parentPath, entry.name));
  }
  return files
    .filter((entry) => entry.isFile() && entry.parentPath.endsWith('/restore'))
    .map(({ name }) => name);
}

describe
  .skipIf(ownMounts === undefined)
  .concurrent(ownMounts !== undefined ? 'a disk' : 'a disk (not here: may not mount a small one)', () => {
    test.each([
      ['restore', 'safety-copy'],
      ['restore', 'apply'],
      ['restore', 'verify'],
      ['restore', 'checkpoint'],
      ['restore', 'commit'],
      ['take', 'copy-database'],
    ])('that fills up in %s, phase %s, is reported, and the database is as before', async (action, phase) => {
      const { place, id, since } = await live(root(), {
        ...story,
        journalMode: phase === 'apply' || phase === 'copy-database' ? 'delete' : 'wal',
      });
      const [disk, out] = [`${place.dir}-disk`, `${place.dir}-out`];
      await mkdir(disk);
      await mkdir(out);
      const through = [...(ownMounts ?? []), 'sh', '-c', SMALL_DISK, 'sh', disk, place.dir, out];
      const env = { FILL_IN: phase, FILL: join(disk, 'filler') };
      const outcome = await runToEnd('act.ts', { args: [disk, action, id], through, env });
      const after = { dir: out, databaseFile: join(out, 'app.db') };
      expect(findFaults(after.databaseFile)).toEqual([]);
      const happened = outcome === 'done';
      // What COMMIT needs may have been there already: then it is done, and known.
      if (phase !== 'commit' && phase !== 'verify' && phase !== 'checkpoint')
        expect(outcome).toBe('disk-full');
      if (happened) expect(readState(after.databaseFile)).not.toEqual(since);
      else {
        expect(outcome).toBe('disk-full');
        expect(readState(after.databaseFile)).toEqual(since);
      }
      if (!happened && phase !== 'commit') expect(await expectWhole(after)).toEqual([]);
    });

    test('that is too small for a restore refuses it before anything is written', async () => {
      const { place, id, since } = await live(root(), story);
      const [disk, out] = [`${place.dir}-disk`, `${place.dir}-out`];
      await mkdir(disk);
      await mkdir(out);
      const script = SMALL_DISK.replace('size=12m', 'size=2m');
      const through = [...(ownMounts ?? []), 'sh', '-c', script, 'sh', disk, place.dir, out];
      expect(await runToEnd('act.ts', { args: [disk, 'restore', id], through })).toBe('disk-full');
      expect(readState(join(out, 'app.db'))).toEqual(since);
      expect(await expectWhole({ dir: out, databaseFile: '' })).toEqual([]);
    });
  });

/** Small file systems that only the command sees, each of the given size at the given folder. */
const SMALL_VOLUMES =
  'size="$1"; shift; while [ "$1" != -- ]; do mkdir -p "$1"; mount -t tmpfs -o "size=$size" tmpfs "$1" || exit; shift; done; shift; exec "$@"';

function onVolumes(size: string, ...folders: readonly string[]): readonly string[] {
  return [...(ownMounts ?? []), 'sh', '-c', SMALL_VOLUMES, 'sh', size, ...folders, '--'];
}

describe
  .skipIf(ownMounts === undefined)
  .concurrent(ownMounts !== undefined ? 'a volume' : 'a volume (not here: may not mount a small one)', () => {
    /** Where a restore writes, apart from the database: the safety copy, the checkpoint, our temporary files and SQLite's. */
    async function makePlaces() {
      const { place, id } = await live(root(), story);
      const at = (name: string) => join(place.dir, 'snapshots', name);
      const [ours, sqlite] = [`${place.dir}-ours`, `${place.dir}-sqlite`];
      const env = { TMPDIR: ours, SQLITE_TMPDIR: sqlite };
      for (const folder of [ours, sqlite]) await mkdir(folder);
      return { place, id, env, folders: [at('restore'), at('periodic'), ours, sqlite] };
    }

    test('is named in the plan for each place that a restore writes to', async () => {
      const { place, id, env, folders } = await makePlaces();
      const through = onVolumes('50m', ...folders);
      const said = await start('act.ts', { args: [place.dir, 'plan', id], through, env }).ended;
      expect(said.at(-1)).toBe('no refusal');
      const [database, ...others] = said.filter((line) => line.startsWith('needs '));
      expect(others).toEqual(folders.map((folder) => `needs ${folder}`));
      expect(database).toBe(`needs ${(await freeSpace(place.dir)).volume}`);
    });

    test.each([
      ['the safety copy', 0],
      ['the checkpoint', 1],
    ])('that is too small for %s makes the plan refuse', async (_, place) => {
      const { place: data, id, env, folders } = await makePlaces();
      const through = onVolumes('400k', folders[place] ?? '');
      expect(await runToEnd('act.ts', { args: [data.dir, 'plan', id], through, env })).toBe('disk-full');
    });

    test('that is used under two names counts once', async () => {
      const { place, id, env, folders } = await makePlaces();
      const [ours = '', sqlite = ''] = folders.slice(2);
      const through = [
        ...onVolumes('50m', ours),
        'sh',
        '-c',
        'mount --bind "$0" "$1" && shift && exec "$@"',
        ours,
        sqlite,
      ];
      const said = await start('act.ts', { args: [place.dir, 'plan', id], through, env }).ended;
      expect(said.filter((line) => line.startsWith('needs '))).toHaveLength(2);
    });
  });

describe.concurrent('a limit on the size of files', () => {
  test.each(['restore', 'take'])('ends %s with an error of ours and nothing changed', async (action) => {
    const { place, id, since } = await live(root(), { ...story, journalMode: 'delete' });
    const through = ['bash', '-c', 'trap "" XFSZ; ulimit -f 200; exec "$@"', 'bash'];
    const outcome = await runToEnd('act.ts', { args: [place.dir, action, id], through });
    expect(outcome).toMatch(/^(io-failed|disk-full)$/);
    expect(readState(place.databaseFile)).toEqual(since);
    expect(await expectWhole(place)).toEqual([]);
  });
});

describe.concurrent('without write permission', () => {
  const nobody = 65534;
  const env: Readonly<Record<string, string>> = isRoot ? { USER_ID: String(nobody) } : {};

  type Denied = 'file' | 'folder' | 'snapshots' | 'safety copies' | 'checkpoints' | 'own folder' | 'journal';
  const PLACES: Readonly<Record<Denied, string>> = {
    file: 'app.db',
    folder: '.',
    snapshots: 'snapshots',
    'safety copies': 'snapshots/restore',
    checkpoints: 'snapshots/periodic',
    'own folder': 'snapback',
    journal: 'snapback/journal.jsonl',
  };

  async function makeUnwritable(what: Denied) {
    const { place, id, since } = await live(root(), { ...story, journalMode: 'delete' });
    const target = { dir: `${place.dir}-no`, databaseFile: join(`${place.dir}-no`, 'app.db') };
    await cp(place.dir, target.dir, { recursive: true });
    const denied = join(target.dir, PLACES[what]);
    if (what === 'journal') {
      await mkdir(dirname(denied), { recursive: true });
      await writeFile(denied, '');
    } else if (what !== 'file') await mkdir(denied, { recursive: true });
    const files = await readdir(target.dir, { recursive: true });
    for (const name of ['.', ...files]) if (isRoot) await chown(join(target.dir, name), nobody, nobody);
    await chmod(denied, what === 'file' || what === 'journal' ? 0o444 : 0o555);
    return { target, id, since, denied };
  }

  test.each([
    ['file', 'database-read-only'],
    ['folder', 'database-read-only'],
    ['snapshots', 'folder-read-only'],
    ['safety copies', 'folder-read-only'],
    ['checkpoints', 'folder-read-only'],
    ['own folder', 'folder-read-only'],
    ['journal', 'folder-read-only'],
  ] as const)(
    'to the %s a restore is refused as %s, its plan says so, and nothing is changed',
    async (what, code) => {
      const { target, id, since, denied } = await makeUnwritable(what);
      expect(await runToEnd('act.ts', { args: [target.dir, 'diff', id], env })).toBe('done');
      expect(await runToEnd('act.ts', { args: [target.dir, 'plan', id], env })).toBe(code);
      expect(await runToEnd('act.ts', { args: [target.dir, 'restore', id], env })).toBe(code);
      await chmod(denied, 0o755);
      expect(readState(target.databaseFile)).toEqual(since);
      expect(await expectWhole(target)).toEqual([]);
    },
  );
});

describe.concurrent('an obstacle in place of a folder', () => {
  test.each([
    ['snapshots/restore', 'full'],
    ['snapshots/periodic', 'full'],
    ['snapback', 'full'],
    ['snapback', 'projections'],
  ] as const)('as a file called %s is named by the plan of a %s restore', async (name, mode) => {
    const { place, id } = await live(root(), story);
    await rm(join(place.dir, name), { recursive: true, force: true });
    await writeFile(join(place.dir, name), '');
    const folder = await open(place);
    const request = restoring(id, { mode });
    const { refusals } = await planRestore(folder, request);
    expect(refusals).toMatchObject([{ code: 'io-failed', detail: { path: name } }]);
    expect(refusals[0]?.message).toContain(`“${name}” is not a folder`);
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('io-failed');
  });

  test('does not matter if nothing would be written into it', async () => {
    const { place, id } = await live(root(), story);
    await writeFile(join(place.dir, 'snapshots/periodic'), '');
    const request = restoring(id, { mode: 'projections' });
    await applyRestore(await open(place), request, NOW);
  });
});
