import {
  type DataFolder,
  fetchPart,
  finishAndLook,
  type Look,
  openDataFolder,
  SnapbackError,
  type TaskOptions,
} from '../index.ts';
import type { Answer, StreamedAnswer } from './answer.ts';
import type { Invocation } from './arguments.ts';
import type { Command, FolderCommand, WorkingCommand } from './command.ts';
import type { Environment } from './environment.ts';
import { list } from './list.ts';

/** Does what a command line asks for. @throws whatever the core throws */
export async function runCommand(
  { command, data, db }: Invocation & { readonly command: WorkingCommand },
  environment: Environment,
  task: TaskOptions,
): Promise<Answer | StreamedAnswer> {
  const options = {
    // A name without a slash is a file of the data folder, as the list of candidates shows it.
    database: db === null || !/[/\\]/.test(db) ? (db ?? undefined) : environment.resolvePath(db),
    cacheDir: environment.cacheDir,
    nativeBinding: environment.nativeBinding,
    sqliteTempDirs: environment.sqliteTempDirs,
  };
  if (command.name === 'demo' || command.name === 'cache' || command.name === 'profile')
    return (await fetchOthers()).runElsewhere(command, { environment, options }, task);
  const folder = await openDataFolder(environment.resolvePath(data ?? '.'), {
    ...options,
    withoutDatabase: needsNoDatabase(command),
  });
  const look = await finishEarlierWork(folder, command, task);
  if (command.name === 'list') return list(folder, command, look, task);
  return (await fetchOthers()).runInFolder(folder, { command, resolvePath: environment.resolvePath }, task);
}

/** All but the list, which needs little of the core. */
const fetchOthers = () => fetchPart(() => import('./other-commands.ts'));

/** These commands need only the files of snapshots, which matter most when the database is gone. */
const NEEDS_NO_DATABASE: readonly Command['name'][] = [
  'list',
  'show',
  'verify',
  'search',
  'history',
  'keep',
  'prune',
  'put-back',
  'empty-trash',
  'space',
  'salvage',
  'export',
];

/** Two snapshots are compared with each other, or a new file starts from another one. */
function needsNoDatabase(command: FolderCommand): boolean {
  const isOfTwo = command.name === 'diff' && command.otherId !== null;
  const isCopy = command.name === 'restore' && command.to !== null;
  return isOfTwo || isCopy || NEEDS_NO_DATABASE.includes(command.name);
}

/**
 * First finishes what a killed process left behind. If that fails, a command that changes nothing still runs. Answers with
 * a look at the snapshots from after that; null where there is none.
 */
async function finishEarlierWork(
  folder: DataFolder,
  command: FolderCommand,
  task: TaskOptions,
): Promise<Look | null> {
  const writes = command.name === 'take' || ('yes' in command && command.yes);
  try {
    return (await finishAndLook(folder, task)).look;
  } catch (error) {
    if (writes || !(error instanceof SnapbackError) || error.code === 'cancelled') throw error;
    return null;
  }
}
