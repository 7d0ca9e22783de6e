import { clearedWords } from '../../words/cache.ts';
import { putBackWords } from '../../words/prune.ts';
import {
  buildDemo,
  clearCache,
  type DataFolder,
  describeCache,
  describeSpace,
  diffSnapshot,
  keepSnapshot,
  openDataFolder,
  putBack,
  rulesOf,
  type TakeResult,
  type TaskOptions,
  takeIfDue,
  takeSnapshot,
  viewTrash,
} from '../index.ts';
import type { Answer, StreamedAnswer } from './answer.ts';
import type { FolderCommand, WorkingCommand } from './command.ts';
import { showChat } from './conversation.ts';
import type { Environment } from './environment.ts';
import { exportTo } from './export.ts';
import { history } from './history.ts';
import { withWholeIds } from './ids.ts';
import { list } from './list.ts';
import { show, status, verify } from './look.ts';
import { type Naming, withNamedFiles } from './named-files.ts';
import { draft, showProfileCheck } from './profile.ts';
import { emptyTrashFor, prune } from './prune.ts';
import { describeKept, describeSpaceUse, describeTrashList } from './prune-report.ts';
import { describeCacheState, describeDiff, describeTaken } from './report.ts';
import { restoreOrUndo } from './restore-or-undo.ts';
import { diffRows, diffTwo } from './rows.ts';
import { salvage } from './salvage.ts';
import { rowHistory, search } from './search.ts';

/* The commands whose code is fetched only when one of them is given. */

type ElsewhereCommand = Extract<WorkingCommand, { readonly name: 'demo' | 'cache' | 'profile' }>;
type Elsewhere = {
  readonly environment: Environment;
  readonly options: Parameters<typeof openDataFolder>[1];
};

/** Does what needs no opened data folder. @throws whatever the core throws */
export async function runElsewhere(
  command: ElsewhereCommand,
  { environment, options }: Elsewhere,
  task: TaskOptions,
): Promise<Answer> {
  if (command.name === 'demo') return runDemo(command.dir, environment, task);
  if (command.name === 'cache') return runCache(command.clear, environment);
  const dir = environment.resolvePath(command.dir);
  if (command.action === 'check') return showProfileCheck(await openDataFolder(dir, options), task);
  const to = command.to === null ? null : environment.resolvePath(command.to);
  return draft(await openDataFolder(dir, { ...options, anyDatabase: true }), to, task);
}

/** Does what is asked of an opened data folder. @throws whatever the core throws */
export async function runInFolder(
  folder: DataFolder,
  { command, resolvePath }: Naming,
  task: TaskOptions,
): Promise<Answer | StreamedAnswer> {
  const naming = { command: withWholePath(command, resolvePath), resolvePath };
  return withNamedFiles(folder, naming, task, async (opened, named) =>
    run(opened, await withWholeIds(opened, named), task),
  );
}

/** The command with whole paths for the files that it writes and starts from. */
function withWholePath(command: FolderCommand, resolvePath: Naming['resolvePath']): FolderCommand {
  const named =
    'to' in command && command.to !== null ? { ...command, to: resolvePath(command.to) } : command;
  return named.name === 'restore' && named.startFrom !== null
    ? { ...named, startFrom: resolvePath(named.startFrom) }
    : named;
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

async function run(
  folder: DataFolder,
  command: FolderCommand,
  task: TaskOptions,
): Promise<Answer | StreamedAnswer> {
  switch (command.name) {
    case 'status':
      return status(folder, task);
    case 'list':
      return list(folder, command, null, task);
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
