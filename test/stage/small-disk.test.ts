import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownMounts } from '../support/mounts.ts';
import { addEvents, dumpChat, makeChat, makeDir, makeRoot, putSnapshot, run } from '../support/place.ts';
import { start } from '../support/process.ts';

/*
 * The cache on a real disk that is too small for it: whatever is asked is answered as without a cache, and nothing is left
 * half written.
 */

const root = makeRoot();

const IDS = ['rewind/20260103T000000Z', 'rewind/20260103T000001Z', 'rewind/20260103T000002Z'];
const [ID = ''] = IDS;

/** A chat of 30 events, and snapshots of it of about 400 kB. */
async function makeCached(ids: readonly string[]) {
  const cacheDir = join(await makeDir(root()), 'cache');
  await mkdir(cacheDir);
  const folder = await makeChat(root(), { events: 30 });
  for (const [index, id] of ids.entries()) {
    run(folder, addEvents(1200 + index, 'a line of some length '.repeat(8)));
    await putSnapshot(folder, id, dumpChat(folder), new Date(0));
    run(folder, 'DELETE FROM event_log WHERE id > 30;');
  }
  return { folder, cacheDir };
}

type Cached = Awaited<ReturnType<typeof makeCached>>;

/**
 * Nothing is half written: each record has its stage. The stages that have a record; and those that have none, because
 * another Snapback has removed or replaced it.
 */
function expectWhole(names: readonly string[]) {
  const whole = names.filter((one) => /^\d.*\.(?:json|db)$|\.(?:mark|index)$/.test(one));
  expect(names).toEqual(whole);
  const recordOf = (stage: string) => stage.replace(/-\w{8}\.db$/, '.json');
  const stages = whole.filter((one) => one.endsWith('.db'));
  const records = whole.filter((one) => one.endsWith('.json'));
  expect(stages.map(recordOf)).toEqual(expect.arrayContaining(records));
  return {
    found: stages.filter((one) => records.includes(recordOf(one))),
    lost: stages.filter((one) => !records.includes(recordOf(one))),
  };
}

describe
  .skipIf(ownMounts === undefined)
  .concurrent(ownMounts === undefined ? 'a small disk (not here: may not mount one)' : 'a small disk', () => {
    type Disk = { readonly size: string; readonly fill?: string; readonly last?: string };

    /** Runs the child with the cache on a disk of that size, and then lists what is left on it. */
    async function onDisk({ folder, cacheDir }: Cached, ids: readonly string[], disk: Disk) {
      const { size, fill = 'true', last = 'true' } = disk;
      const script = `mount -t tmpfs -o size=${size} tmpfs "$1" && ${fill} && at="$1" && shift && "$@"; ${last}; du -sk "$at/stages" | cut -f1`;
      const through = [...(ownMounts ?? []), 'sh', '-c', script, 'sh', cacheDir];
      return start('stage.ts', { through, args: [folder.dir, cacheDir, ...ids] }).ended;
    }

    test('never holds more than its part: the stages that were not used for longest go', async () => {
      const told = await onDisk(await makeCached(IDS), [...IDS, ...IDS], { size: '4m' });
      const rows = [1230, 1231, 1232].map((count) => `kept ${count}`);
      expect(told.slice(0, -1)).toEqual([...rows, ...rows]);
      const used = Number(told.at(-1));
      expect(used).toBeGreaterThan(300);
      expect(used).toBeLessThanOrEqual(1100);
    });

    test('that is full, or fills up meanwhile, sends the stage to the temporary folder', async () => {
      const full = { size: '4m', fill: 'head -c 4m /dev/zero > "$1/filler"; true' };
      expect((await onDisk(await makeCached([ID]), [ID], full)).slice(0, -1)).toEqual(['private 1230']);
      // There seems to be room for it, but a sixth of the pages is taken by somebody else.
      const fill = 'mkdir "$1/stages"; mount -t tmpfs -o size=200k,nr_inodes=4 tmpfs "$1/stages"';
      const sparse = { size: '4m', fill };
      expect((await onDisk(await makeCached([ID]), [ID], sparse)).slice(0, -1)).toEqual(['private 1230']);
    });

    test.each([
      [12, 'private'],
      [48, null],
      [64, null],
      [256, 'kept'],
    ])('of %i kB leaves nothing half written where it fills up', async (kilobytes, place) => {
      const cached = await makeCached([]);
      // Each table takes a page at least, so the stage is many times larger than its snapshot.
      run(cached.folder, 'DELETE FROM event_log WHERE id > 3;');
      await putSnapshot(cached.folder, ID, dumpChat(cached.folder), new Date(0));
      const disk = { size: `${kilobytes}k`, last: 'ls -A "$at/stages"' };
      const told = await onDisk(cached, [ID, ID], disk);
      for (const line of told.slice(0, 2)) expect(['private 3', 'kept 3']).toContain(line);
      const { found, lost } = expectWhole(told.slice(2, -1));
      expect(lost).toEqual([]);
      if (place !== null) {
        expect(told.slice(0, 2)).toEqual([`${place} 3`, `${place} 3`]);
        expect(found).toHaveLength(place === 'kept' ? 1 : 0);
      }
    });

    /**
     * Two Snapbacks at once, each in a data folder of its own, with one cache on a disk of that size. `meanwhile`: what
     * happens to the disk. What each answers, and what is left on the disk.
     */
    async function share({ folder, cacheDir }: Cached, size: string, meanwhile: string) {
      const dirs = ['one', 'other'].map((name) => `${folder.dir}-${name}`);
      const temporary = `${folder.dir}-temporary`;
      await mkdir(temporary);
      for (const dir of dirs) await cp(folder.dir, dir, { recursive: true, preserveTimestamps: true });
      const script = `mount -t tmpfs -o mode=700,size=${size} tmpfs "$1" && at="$1" one="$2" other="$3" && shift 3 || exit
        (${meanwhile}) 2> /dev/null & meanwhile=$!
        "$@" "$at" "$one" > "$one-said" & first=$!
        "$@" "$at" "$other" > "$other-said"; wait $first
        (kill $meanwhile; wait $meanwhile) 2> /dev/null; ls -A "$at/stages"`;
      const through = [...(ownMounts ?? []), 'sh', '-c', script, 'sh', cacheDir, ...dirs];
      const env = { TMPDIR: temporary };
      const left = await start('use-cache.ts', { through, args: [IDS.join()], env }).ended;
      expect(await readdir(temporary)).toEqual([]);
      const said = await Promise.all(dirs.map((dir) => readFile(`${dir}-said`, 'utf8')));
      return { said: said.map((lines) => lines.trimEnd().split('\n')), left };
    }

    test.each([
      ['has no room for any stage', '600k', 'true', 0],
      ['has room for one stage, so that each goes for the next', '2m', 'true', 1],
      ['was filled by somebody else', '2m', 'head -c 4m /dev/zero > "$at/filler"', null],
      [
        'is filled and emptied by somebody else all the time',
        '3m',
        'while head -c 4m /dev/zero > "$at/filler" || rm "$at/filler"; do :; done',
        null,
      ],
    ])(
      'that %s, while two Snapbacks use it: both find, compare and restore as without',
      async (_, size, meanwhile, most) => {
        const cached = await makeCached(IDS);
        const alone = `${cached.folder.dir}-alone`;
        await cp(cached.folder.dir, alone, { recursive: true, preserveTimestamps: true });
        const expected = await start('use-cache.ts', { args: [IDS.join(), '', alone] }).ended;
        expect(expected).toHaveLength(14);
        const { said, left } = await share(cached, size, meanwhile);
        expect(said).toEqual([expected, expected]);
        const { found, lost } = expectWhole(left);
        if (most === 0) expect([...found, ...lost]).toEqual([]);
        // None, where both make room at the same time.
        else if (most !== null) expect(found.length).toBeLessThanOrEqual(most);
      },
    );
  });
