import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeTrash, emptyTrash } from '../../src/prune/trash.ts';
import { ownMounts } from '../support/mounts.ts';
import { makeChat, makeRoot, putSnapshot } from '../support/place.ts';
import { runToEnd } from '../support/process.ts';

const root = makeRoot();

/** Mounts a volume at the folder of the snapshots, which only the command sees; what is left on it is copied to `$2`. */
const OWN_VOLUME = `cp -rp "$1/snapshots/." "$2" && mount -t tmpfs -o "size=$3" tmpfs "$1/snapshots" && cp -rp "$2/." "$1/snapshots" &&
  rm -r "$2"/* && at="$1" && out="$2" && shift 3 && "$@"; cp -rp "$at/snapshots/." "$out"`;
const ID = 'rewind/20260101T000000Z';

describe.skipIf(ownMounts === undefined)('if the snapshots are on a separate volume', () => {
  async function pruned() {
    const folder = await makeChat(root());
    const text = `{"last_event_id": 0}${' '.repeat(3_000_000)}`;
    const modified = new Date(1_767_225_600_123);
    await putSnapshot(folder, ID, text, modified);
    await putSnapshot(folder, 'rewind/20260102T000000Z');
    const out = `${folder.dir}-left`;
    await mkdir(out);
    const through = [...(ownMounts ?? []), 'sh', '-c', OWN_VOLUME, 'sh', folder.dir, out, '20m'];
    const outcome = await runToEnd('act.ts', { args: [folder.dir, 'prune', ID], through });
    return { folder, text, modified, out, outcome };
  }

  test('prune copies into the trash, verifies the copy and only then removes the original', async () => {
    const { folder, text, modified, out, outcome } = await pruned();
    expect(outcome).toBe('done');
    expect(await readdir(join(out, 'rewind'))).toEqual(['20260102T000000Z.json']);
    const [trash = ''] = await readdir(join(folder.dir, 'snapback/trash'));
    const place = join(folder.dir, 'snapback/trash', trash, 'rewind');
    expect(await readdir(place)).toEqual(['20260101T000000Z.json']);
    const copy = join(place, '20260101T000000Z.json');
    expect((await readFile(copy, 'utf8')) === text).toBe(true);
    expect((await stat(copy)).mtime).toEqual(modified);
    expect(await describeTrash(folder)).toMatchObject({ files: 1, bytes: text.length, others: 0 });
    expect(await emptyTrash(folder)).toMatchObject({ files: 1 });
  });
});
