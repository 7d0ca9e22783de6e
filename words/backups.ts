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
          'The file has changed since it was opened. This is what it held then; open it again to see what it holds now.',
        ]
      : []),
    ...(state === 'gone' ? ['The file is no longer there. This is what it held when it was opened.'] : []),
    ...(lacksWal
      ? [
          'Its newest changes may be missing: if the chat app was running when this copy was made, they were in a second file, which ends in “-wal” and is not here.',
        ]
      : []),
  ];
}
