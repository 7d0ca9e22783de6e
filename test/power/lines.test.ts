import '../support/file-calls.ts';

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { recordAction } from '../../src/journal/actions.ts';
import { appendJournal } from '../../src/journal/journal.ts';
import { whileWatched } from '../support/file-calls.ts';
import { makeChat, makeRoot } from '../support/place.ts';
import { statesAt, watchDisk } from './disk.ts';

/* What was noted is on the disk before the next step begins: it is there wherever the power goes after that. */
const root = makeRoot();

type Append = (folder: DataFolder, word: string) => Promise<void>;

const FILES: readonly (readonly [name: string, append: Append])[] = [
  [
    'journal.jsonl',
    (folder, word) =>
      appendJournal(folder, {
        type: 'aborted',
        planId: word,
        code: 'cancelled',
        at: '2026-01-01T00:00:00.000Z',
      }),
  ],
  [
    'actions.jsonl',
    (folder, word) => recordAction(folder, { did: 'take', by: 'person', snapshotId: `rewind/${word}` }),
  ],
];

describe.each(FILES)('a line of %s is on the disk once it is appended', (name, append) => {
  test.each([
    ['where it is the first one', async () => undefined],
    ['after another one', (folder: DataFolder) => append(folder, 'earlier')],
    [
      'after one that a crash has torn',
      async (folder: DataFolder) => {
        await append(folder, 'earlier');
        await appendFile(join(folder.dir, 'snapback', name), '{"type":"tor');
      },
    ],
  ] as const)('%s', async (_, prepare) => {
    const folder = await makeChat(root());
    await prepare(folder);
    const disk = watchDisk([folder.dir], (path) => path.startsWith(folder.databaseFile));
    await whileWatched(
      (call) => disk.see(call),
      () => append(folder, 'said'),
    );
    const states = statesAt(disk.look('the end'));
    expect(states.length).toBeGreaterThan(0);
    for (const [words, tree] of states)
      expect(tree.get(join(folder.dir, 'snapback', name))?.bytes.toString(), words).toMatch(/said[^\n]*\n$/);
  });
});
