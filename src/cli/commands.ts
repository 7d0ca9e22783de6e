import { count } from '../../words/plurals.ts';
import {
  applyPrune,
  applyRestore,
  applyUndo,
  buildDemo,
  checkSnapshot,
  type DataFolder,
  describeTrash,
  diffSnapshot,
  emptyTrash,
  finishInterrupted,
  listSnapshots,
  listTrash,
  openDataFolder,
  planPrune,
  planRestore,
  planUndo,
  putBack,
  rulesOf,
  SnapbackError,
  type SnapshotSummary,
  type TakeResult,
  type TaskOptions,
  takeIfDue,
  takeSnapshot,
  verifySnapshots,
} from '../index.ts';
import type { Command, Invocation, ListFilter } from './arguments.ts';
import { findMeant, isWholeId } from './ids.ts';
import {
  describePruned,
  describePrunePlan,
  describePutBack,
  describeTrashList,
  describeTrashSummary,
} from './prune-report.ts';
import { describeDiff, describeList, describeNoMatch, describeSnapshot, describeTaken } from './report.ts';
import { describePlan, describeReceipt } from './restore-report.ts';

/** What the process gives: nothing below it knows the environment or the working directory. */
export type Environment = {
  readonly resolvePath: (path: string) => string;
  readonly cacheDir: string;
  readonly nativeBinding: string | undefined;
  readonly sqliteTempDirs: readonly (string | undefined)[];
};

/** One answer in both forms. With `failure` the command has an answer and failed all the same. */
export type Answer = {
  readonly json: unknown;
  readonly lines: readonly string[];
  readonly failure?: SnapbackError;
};

/** Does what a command line asks for. Throws what the core throws. */
export async function runCommand(
  { command, data, db }: Invocation & { readonly command: WorkingCommand },
  environment: Environment,
  task: TaskOptions,
): Promise<Answer> {
  if (command.name === 'demo') return runDemo(command.dir, environment, task);
  const folder = await openDataFolder(environment.resolvePath(data ?? '.'), {
    // A bare name means a file of the data folder, as its list of candidates shows it.
    database: db === null || !/[/\\]/.test(db) ? (db ?? undefined) : environment.resolvePath(db),
    cacheDir: environment.cacheDir,
    nativeBinding: environment.nativeBinding,
    sqliteTempDirs: environment.sqliteTempDirs,
    withoutDatabase: NEEDS_NO_DATABASE.includes(command.name),
  });
  await finishEarlierWork(folder, command, task);
  return runInFolder(folder, await withWholeIds(folder, command), task);
}

/** The command with each snapshot by its id. The folder is looked into only where that is not known already. */
async function withWholeIds(folder: DataFolder, command: FolderCommand): Promise<FolderCommand> {
  const given = idsOf(command);
  if (given.every(isWholeId)) return command;
  const listed = await listSnapshots(folder);
  const ids = given.map((one) => findMeant(one, listed));
  switch (command.name) {
    case 'show':
    case 'diff':
    case 'restore':
      return { ...command, id: ids[0] ?? command.id };
    case 'verify':
      return { ...command, ids };
    case 'prune':
      return { ...command, policy: { by: 'choice', ids } };
    default:
      return command;
  }
}

function idsOf(command: FolderCommand): readonly string[] {
  if ('id' in command) return [command.id];
  if ('ids' in command) return command.ids;
  return command.name === 'prune' && command.policy.by === 'choice' ? command.policy.ids : [];
}

function filterList(
  snapshots: readonly SnapshotSummary[],
  { kind, since, limit }: ListFilter,
  now: Date,
): readonly SnapshotSummary[] {
  const from = since === null ? 0 : 'iso' in since ? Date.parse(since.iso) : now.getTime() - since.ageMs;
  const matching = snapshots.filter(
    (one) => (kind === null || one.kind === kind) && Date.parse(one.takenAt) >= from,
  );
  if (limit === null) return matching;
  const newest = new Set(matching.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt)).slice(0, limit));
  return matching.filter((one) => newest.has(one));
}

/** What only looks at the snapshots is of use above all where the database is gone. */
const NEEDS_NO_DATABASE: readonly Command['name'][] = ['list', 'show', 'verify'];

/** What a killed process left behind is finished first. Who only looks is not kept from it by a folder that can't be written. */
async function finishEarlierWork(
  folder: DataFolder,
  command: FolderCommand,
  task: TaskOptions,
): Promise<void> {
  const writes = command.name === 'take' || ('yes' in command && command.yes);
  try {
    await finishInterrupted(folder, task);
  } catch (error) {
    if (writes || !(error instanceof SnapbackError) || error.code === 'cancelled') throw error;
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

/** A command that needs the core. */
export type WorkingCommand = Exclude<Command, { readonly name: 'help' | 'version' }>;
type FolderCommand = Exclude<WorkingCommand, { readonly name: 'demo' }>;

async function runInFolder(folder: DataFolder, command: FolderCommand, task: TaskOptions): Promise<Answer> {
  const rules = rulesOf(folder.profile);
  const now = new Date();
  switch (command.name) {
    case 'list': {
      const all = await listSnapshots(folder, { check: command.check }, task);
      const snapshots = filterList(all, command.filter, now);
      const told =
        snapshots.length === 0
          ? describeNoMatch(all, command.filter.kind)
          : describeList(snapshots, rules, now);
      const lines = [...told, ...warnOf(folder)];
      return { json: snapshots.map(toListed), lines };
    }
    case 'show': {
      const snapshot = await checkSnapshot(folder, command.id, task);
      const lines = [...describeSnapshot(snapshot, rules, now), ...warnOf(folder)];
      return { json: toListed(snapshot), lines };
    }
    case 'verify':
      return verify(folder, command.ids, task);
    case 'diff': {
      const diff = await diffSnapshot(folder, command.id, task);
      return { json: diff, lines: describeDiff(diff, rules) };
    }
    case 'take': {
      const taken = command.ifDue
        ? await takeIfDue(folder, {}, task)
        : await takeSnapshot(folder, command.kind, task);
      return { json: toTaken(taken), lines: describeTaken(taken) };
    }
    case 'restore':
    case 'undo':
      return restore(folder, command, task);
    case 'prune': {
      const plan = await planPrune(folder, command.policy);
      if (!command.yes) return { json: plan, lines: describePrunePlan(plan) };
      const receipt = await applyPrune(folder, command.policy, { planId: command.planId ?? undefined }, task);
      return { json: receipt, lines: describePruned(receipt) };
    }
    case 'put-back': {
      if (command.trashName === null) {
        const prunes = await listTrash(folder);
        return { json: prunes, lines: describeTrashList(prunes) };
      }
      const done = await putBack(folder, command.trashName);
      return { json: done, lines: describePutBack(done) };
    }
    case 'empty-trash': {
      const emptied = command.yes ? await emptyTrash(folder, { planId: command.planId ?? undefined }) : null;
      const trash = emptied ?? (await describeTrash(folder));
      return { json: trash, lines: describeTrashSummary(trash, emptied) };
    }
  }
}

/** Nothing where all is well. */
function warnOf({ databaseProblem }: DataFolder): readonly string[] {
  if (databaseProblem === null) return [];
  return [`${databaseProblem.message} Only the snapshots can be looked at; restoring needs the database.`];
}

async function verify(folder: DataFolder, ids: readonly string[], task: TaskOptions): Promise<Answer> {
  const snapshots = await verifySnapshots(folder, ids, task);
  const unwell = snapshots.filter(({ health }) => health !== 'good');
  const answer = {
    json: snapshots.map(toListed),
    lines: [...describeList(snapshots, rulesOf(folder.profile), new Date()), ...warnOf(folder)],
  };
  const [first] = unwell;
  if (first === undefined) return answer;
  const code = unwell.some(({ health }) => health === 'damaged') ? 'snapshot-damaged' : 'snapshot-unreadable';
  const message = `${count(unwell.length, 'snapshot')} of ${snapshots.length} cannot be trusted.`;
  return {
    ...answer,
    failure: new SnapbackError(code, message, { first: first.id, why: first.healthDetail }),
  };
}

type RestoreCommand = Extract<Command, { readonly name: 'restore' | 'undo' }>;

async function restore(folder: DataFolder, command: RestoreCommand, task: TaskOptions): Promise<Answer> {
  const { whileOpen, planId } = command;
  if (command.yes) {
    const receipt =
      command.name === 'undo'
        ? await applyUndo(folder, command, { planId, whileOpen }, task)
        : await applyRestore(
            folder,
            { ...command.options, snapshotId: command.id, action: 'restore' },
            { planId, whileOpen },
            task,
          );
    return { json: receipt, lines: describeReceipt(receipt) };
  }
  const plan =
    command.name === 'undo'
      ? await planUndo(folder, command, task)
      : await planRestore(
          folder,
          { ...command.options, snapshotId: command.id, action: 'restore', whileOpen },
          task,
        );
  return { json: plan, lines: describePlan(plan, rulesOf(folder.profile), new Date()) };
}

/** A summary with its tables as an object; as a Map, so that no table name means anything else. */
function toListed({ tables, ...summary }: SnapshotSummary): unknown {
  return {
    ...summary,
    tables: tables === null ? null : new Map(tables.map(({ name, rows }) => [name, rows])),
  };
}

function toTaken(result: TakeResult): unknown {
  if (!result.taken) return result;
  const { taken: _, ...facts } = result;
  return facts;
}
