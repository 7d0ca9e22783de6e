import type { OpenedBackup } from '../src/model/snapshots.ts';

const FILE = '@file/';

/** The name of the file that an id stands for; null for any other snapshot. */
export function fileNameOf(id: string): string | null {
  return id.startsWith(FILE) ? id.slice(FILE.length) : null;
}

/** What has to be known about a file that somebody opened; empty where nothing has. */
export function openedWords({ state, lacksWal }: OpenedBackup): readonly string[] {
  return [
    ...(state === 'changed'
      ? [
          'The file has changed since it was opened. This is what it held then; open it again to see the rest.',
        ]
      : []),
    ...(state === 'gone' ? ['The file is gone since it was opened. This is what it held then.'] : []),
    ...(lacksWal
      ? [
          'Its newest changes may be missing: where the chat app was running when it was copied, they were in a file of their own, which ends in “-wal” and is not there.',
        ]
      : []),
  ];
}
