import { clearedWords } from '../../words/cache.ts';
import { putBackWords } from '../../words/prune.ts';
import {
  buildDemo,
  clearCache,
  type DataFolder,
  describeCache,
  describeSpace,
  diffSnapshot,
  finishInterrupted,
  keepSnapshot,
  type Look,
  lookAtSnapshots,
  openDataFolder,
  orNull,
  putBack,
  rulesOf,
  SnapbackError,
  sweepPrivateFolders,
  type TakeResult,
  type TaskOptions,
  takeIfDue,
  takeSnapshot,
  viewTrash,
} from '../index.ts';
import type { Answer, StreamedAnswer } from './answer.ts';
import type { Invocation } from './arguments.ts';
import type { Command, FolderCommand, WorkingCommand } from './command.ts';
import { showChat } from './conversation.ts';
import { exportTo } from './export.ts';
import { history } from './history.ts';
import { withWholeIds } from './ids.ts';
import { list, show, status, verify } from './look.ts';
import { withNamedFiles } from './named-files.ts';
import { draft, showProfileCheck } from './profile.ts';
import { emptyTrashFor, prune } from './prune.ts';
import { describeKept, describeSpaceUse, describeTrashList } from './prune-report.ts';
import { describeCacheState, describeDiff, describeTaken } from './report.ts';
import { restoreOrUndo } from './restore-or-undo.ts';
import { diffRows, diffTwo } from './rows.ts';
import { salvage } from './salvage.ts';
import { rowHistory, search } from './search.ts';

/** What the process provides. Nothing below it reads the environment or the working directory. */
export type Environment = {
  readonly resolvePath: (path: string) => string;
  readonly cacheDir: string;
  readonly nativeBinding: string | undefined;
  readonly sqliteTempDirs: readonly (string | undefined)[];
};

/** Does what a command line asks for. @throws whatever the core throws */
export async function runCommand(
  { command, data, db }: Invocation & { readonly command: WorkingCommand },
  environment: Environment,
  task: TaskOptions,
): Promise<Answer | StreamedAnswer> {
  if (command.name === 'demo') return runDemo(command.dir, environment, task);
  if (command.name === 'cache') return runCache(command.clear, environment);
  const options = {
    // A name without a slash is a file of the data folder, as the list of candidates shows it.
    database: db === null || !/[/\\]/.test(db) ? (db ?? undefined) : environment.resolvePath(db),
    cacheDir: environment.cacheDir,
    nativeBinding: environment.nativeBinding,
    sqliteTempDirs: environment.sqliteTempDirs,
  };
  if (command.name === 'profile') {
    const dir = environment.resolvePath(command.dir);
    if (command.action === 'check') return showProfileCheck(await openDataFolder(dir, options), task);
    const to = command.to === null ? null : environment.resolvePath(command.to);
    return draft(await openDataFolder(dir, { ...options, anyDatabase: true }), to, task);
  }
  const folder = await openDataFolder(environment.resolvePath(data ?? '.'), {
    ...options,
    withoutDatabase: needsNoDatabase(command),
  });
  const look = await finishEarlierWork(folder, command, task);
  const naming = { command: withWholePath(command, environment), resolvePath: environment.resolvePath };
  return withNamedFiles(folder, naming, task, async (opened, named) =>
    runInFolder(opened, await withWholeIds(opened, named), look, task),
  );
}

/** The command with the files that it writes and starts from by their whole paths. */
function withWholePath(command: FolderCommand, { resolvePath }: Environment): FolderCommand {
  const named =
    'to' in command && command.to !== null ? { ...command, to: resolvePath(command.to) } : command;
  return named.name === 'restore' && named.startFrom !== null
    ? { ...named, startFrom: resolvePath(named.startFrom) }
    : named;
}

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
 * a look at the snapshots, unless that has changed something.
 */
async function finishEarlierWork(
  folder: DataFolder,
  command: FolderCommand,
  task: TaskOptions,
): Promise<Look | null> {
  const writes = command.name === 'take' || ('yes' in command && command.yes);
  try {
    await sweepPrivateFolders();
    const look = await lookAtSnapshots(folder).catch(orNull());
    const finished = await finishInterrupted(folder, task, look);
    return finished.length === 0 ? look : null;
  } catch (error) {
    if (writes || !(error instanceof SnapbackError) || error.code === 'cancelled') throw error;
    return null;
  }
}

async function runDemo(
  dir: string,
  { resolvePath, nativeBinding }: Environment,
  task: TaskOptions,
): Promise<Answer> {
  const place = resolvePath(dir);
  await buildDemo(place, { nativeBinding }, task);
  return {
    json: { dir: place },
    lines: [`Built the demo in ${place}`, `Look around with: snapback list --data ${place}`],
  };
}

/** The cache belongs to no folder: it is the same for all. */
async function runCache(clear: boolean, { cacheDir }: Environment): Promise<Answer> {
  if (clear) {
    const cleared = await clearCache(cacheDir);
    return { json: cleared, lines: [clearedWords(cleared)] };
  }
  const cache = await describeCache(cacheDir);
  return { json: cache, lines: describeCacheState(cache) };
}

async function runInFolder(
  folder: DataFolder,
  command: FolderCommand,
  look: Look | null,
  task: TaskOptions,
): Promise<Answer | StreamedAnswer> {
  switch (command.name) {
    case 'status':
      return status(folder, task);
    case 'list':
      return list(folder, command, look, task);
    case 'show':
      return command.chat === null
        ? show(folder, command.id, task)
        : showChat(folder, { id: command.id, chat: command.chat }, task);
    case 'verify':
      return verify(folder, command.ids, task);
    case 'diff': {
      const { table } = command;
      if (table !== null) return diffRows(folder, { ...command, table }, task);
      if (command.otherId !== null) return diffTwo(folder, command, task);
      const diff = await diffSnapshot(folder, command.id, task);
      return { json: diff, lines: describeDiff(diff, rulesOf(folder.profile)) };
    }
    case 'search':
      return search(folder, command.request, task);
    case 'history':
      return command.row === null ? history(folder, command, task) : rowHistory(folder, command.row, task);
    case 'take': {
      const taken = command.ifDue
        ? await takeIfDue(folder, {}, task)
        : await takeSnapshot(folder, command.kind, task);
      return { json: toTaken(taken), lines: describeTaken(taken) };
    }
    case 'restore':
    case 'undo':
      return restoreOrUndo(folder, command, task);
    case 'export':
      return exportTo(folder, command, task);
    case 'salvage':
      return salvage(folder, command, task);
    case 'keep': {
      const kept = await keepSnapshot(folder, command.id, command.label);
      return { json: kept, lines: describeKept(kept) };
    }
    case 'prune':
      return prune(folder, command, task);
    case 'put-back': {
      if (command.choice === null) {
        const { prunes } = await viewTrash(folder);
        return { json: prunes, lines: describeTrashList(prunes) };
      }
      const done = await putBack(folder, [command.choice]);
      return { json: done, lines: [putBackWords({ ok: true, value: done })] };
    }
    case 'space': {
      const space = await describeSpace(folder);
      return { json: space, lines: describeSpaceUse(space, rulesOf(folder.profile)) };
    }
    case 'empty-trash':
      return emptyTrashFor(folder, command, task);
  }
}

function toTaken(result: TakeResult): unknown {
  if (!result.taken) return result;
  const { taken: _, ...facts } = result;
  return facts;
}
