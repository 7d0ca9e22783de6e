import { openedWords } from '../../words/backups.ts';
import { closeBackups, type DataFolder, openBackup, type TaskOptions } from '../index.ts';
import type { Answer, StreamedAnswer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { idsOf, withIds } from './ids.ts';
import { isNamedFile, NAMED_FILE, usage } from './option-values.ts';
import { toPrintable } from './text.ts';

/** What `withNamedFiles` needs besides the folder. */
export type Naming = {
  readonly command: FolderCommand;
  readonly resolvePath: (path: string) => string;
};

/**
 * Opens the files that a command names by their paths, and has `run` answer the command with their ids. The private copies
 * are removed once the answer was read. @throws `usage`, as `openBackup`, and what `run` throws
 */
export async function withNamedFiles(
  folder: DataFolder,
  { command, resolvePath }: Naming,
  task: TaskOptions,
  run: (folder: DataFolder, command: FolderCommand) => Promise<Answer | StreamedAnswer>,
): Promise<Answer | StreamedAnswer> {
  const given = [...idsOf(command), ...(command.name === 'search' ? command.files : [])];
  if (!given.some(isNamedFile)) return run(folder, command);
  if (command.name === 'prune')
    throw usage('“prune” moves only snapshots of the data folder. Remove other files yourself.', 'prune');
  let opened = folder;
  try {
    const ids: string[] = [];
    for (const one of given) {
      if (!isNamedFile(one)) {
        ids.push(one);
        continue;
      }
      const path = one.slice(NAMED_FILE.length);
      if (path === '') throw usage('After “file:” comes the path of a file.', command.name);
      const { folder: now, id } = await openBackup(opened, resolvePath(path), task);
      opened = now;
      ids.push(id);
    }
    const answer = await run(opened, withIds(command, ids));
    if (!('stream' in answer)) {
      await closeBackups(opened);
      return { ...answer, lines: [...answer.lines, ...notesOn(opened)] };
    }
    return { stream: (json) => closeAfter(answer.stream(json), opened) };
  } catch (error) {
    await closeBackups(opened);
    throw error;
  }
}

/** What a person has to know about the files, whatever was asked of them. */
function notesOn({ backups = [] }: DataFolder): readonly string[] {
  return backups.flatMap(({ name, lacksWal }) =>
    openedWords({ state: 'unchanged', lacksWal }).map((words) => toPrintable(`${name}: ${words}`)),
  );
}

async function* closeAfter(pieces: AsyncGenerator<string>, opened: DataFolder): AsyncGenerator<string> {
  try {
    yield* pieces;
  } finally {
    await closeBackups(opened);
  }
}
