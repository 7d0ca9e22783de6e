import { join } from 'node:path';
import type { DataFolder } from '../../src/index.ts';
import { explain } from '../../words/errors.ts';
import type { Verb } from './verbs.ts';
import { type Facts, hash, type Known, listOpenFiles, readFacts } from './world.ts';

/* Judges a world in which a verb was struck by a fault: it is as before or as after, and everything goes on from there. */

const core = await import('../../src/index.ts');
const { readJournal } = await import('../../src/journal/journal.ts');
const { replayJournal } = await import('../../src/journal/replay.ts');
const { readWhole } = await import('../support/copies.ts');

export type Subject = {
  readonly world: string;
  readonly verb: Verb;
  readonly known: Known;
  readonly before: Facts;
  readonly after: Facts;
  /** The states from which it was seen that everything goes on. */
  readonly goneOn: Set<string>;
};

export function openWorld(world: string): Promise<DataFolder> {
  process.env.TMPDIR = join(world, 'tmp');
  return core.openDataFolder(join(world, 'data'), { cacheDir: join(world, 'cache') });
}

/** How a verb ended that was not killed. */
export type Ended = {
  /** Null where it did not fail. */
  readonly error: unknown;
  readonly result: unknown;
  /** Whether nobody can say if it happened: SQLite ended the transaction, but did not say that its COMMIT succeeded. */
  readonly isUndecided: boolean;
};

/** What is wrong with a world, in words; empty where nothing is. `ended` is null where the process was killed. */
export async function judge(subject: Subject, ended: Ended | null): Promise<readonly string[]> {
  const { world, verb, before, after } = subject;
  const problems: string[] = [];
  const expect = (isSo: boolean, problem: string) => void (isSo || problems.push(problem));
  const found = readFacts(world);
  expect([before.database, after.database].includes(found.database), 'the database is in between');
  findLost(subject, found).forEach((name) => void problems.push(`${name} is lost`));
  if (ended !== null) problems.push(...judgeEnd(subject, ended, found));
  const folder = await openWorld(world);
  await core.finishInterrupted(folder);
  await core.releaseAbandoned(folder);
  const started = readFacts(world);
  expect(started.database === found.database, 'the next start changed the database');
  // Where somebody saved a file, the next one that is saved there tidies up.
  // A rollback journal is SQLite's own: whoever writes next rolls back.
  const left = leftBehind(started).filter(
    (name) => !name.startsWith('out/') && name !== 'data/app.db-journal',
  );
  expect(left.length === 0, `the next start left ${left}`);
  expect(
    replayJournal(await readJournal(folder)).open.length === 0,
    'the next start does not know how it ended',
  );
  for (const name of Object.keys({ ...started.snapshots, ...started.kept }))
    if (/\.(?:json|db)$/.test(name) && before.snapshots[name] === undefined && !name.endsWith('.note.json'))
      expect(isWhole(join(world, name)), `${name} is not whole`);
  const isDone = verb.isDone(started, before, after);
  if (ended?.error === null && !admits(ended.result)) expect(isDone, 'it says that it is done, and is not');
  const state = JSON.stringify([
    started.database,
    started.snapshots,
    started.kept,
    started.trash,
    started.out,
  ]);
  if (problems.length === 0 && subject.goneOn.has(hash(state))) return problems;
  problems.push(...(await goOn(subject, folder, isDone)));
  subject.goneOn.add(hash(state));
  return problems;
}

/**
 * What nobody will remove. Private folders are removed when their process has ended, and drafts of the cache when it next
 * keeps something.
 */
function leftBehind({ left }: Facts): readonly string[] {
  const forLater = [`tmp/snapback-${process.pid}-`, 'cache/stages/.'];
  return left.filter((name) => !forLater.some((prefix) => name.startsWith(prefix)));
}

/** Whether a result says that not all was done. */
function admits(result: unknown): boolean {
  if (result === false) return true;
  const {
    notes = [],
    left = [],
    others = 0,
  } = (result ?? {}) as {
    readonly notes?: readonly string[];
    readonly left?: readonly string[];
    readonly others?: number;
  };
  return notes.length > 0 || left.length > 0 || others > 0;
}

function isWhole(file: string): boolean {
  try {
    readWhole(file);
    return true;
  } catch {
    return false;
  }
}

/** Files of before that have gone; a prune moves them, and a part of a path then stays. */
function findLost({ verb, before }: Subject, now: Facts): readonly string[] {
  const there = new Set([...Object.entries({ ...now.snapshots, ...now.trash, ...now.kept })].map(asFile));
  const [trash, kept] = (['trash', 'kept'] as const).map((part) =>
    verb.removes === part ? {} : before[part],
  );
  return Object.entries({ ...before.snapshots, ...trash, ...kept })
    .filter((one) => !/manifest/.test(one[0]) && !there.has(asFile(one)))
    .map(([name]) => name);
}

function asFile([name, bytes]: readonly [string, string]): string {
  return `${name.split('/').slice(-2).join('/')} ${bytes}`;
}

const SAYS_UNCHANGED =
  /(?:nothing|not) (?:was|has been|is|were) (?:changed|written|moved)|rolled back|not touched/i;
const SAYS_DATABASE_UNCHANGED = /database is (?:intact|exactly as it was)|wrote nothing into it/i;
const SAYS_UNKNOWN = /not known whether/;

function judgeEnd(
  { world, before, after }: Subject,
  { error, isUndecided }: Ended,
  found: Facts,
): readonly string[] {
  const open = listOpenFiles(world);
  const problems = open.length === 0 ? [] : [`still open: ${open}`];
  if (error === null) return problems;
  if (!(error instanceof core.SnapbackError))
    return [...problems, `it threw ${error instanceof Error ? error.stack : error}`];
  if (error.code === 'internal') problems.push(`internal: ${error.message}`);
  const isSame = ofTheUser(found) === ofTheUser(before);
  for (const words of saysOf(error)) {
    if (SAYS_UNCHANGED.test(words) && (!isSame || isUndecided)) problems.push(`untrue: ${words}`);
    if (SAYS_DATABASE_UNCHANGED.test(words) && (found.database !== before.database || isUndecided))
      problems.push(`untrue: ${words}`);
    if (SAYS_UNKNOWN.test(words) !== isUndecided) problems.push(`does not say how it ended: ${words}`);
  }
  if (found.database !== before.database && before.database !== after.database && !isUndecided)
    problems.push(`it failed (${error.code}: ${error.message}), and the database is as after it`);
  return problems;
}

/** What a person would miss, or find changed. A manifest of nothing is neither. */
function ofTheUser({ database, snapshots, kept, trash, out }: Facts): string {
  const trashed = Object.entries(trash).filter(([name]) => !name.endsWith('/manifest.json'));
  return JSON.stringify([database, snapshots, kept, trashed, out]);
}

/** What the core, the command line and the window say of a failure. */
function saysOf(error: InstanceType<typeof core.SnapbackError>): readonly string[] {
  const inWords = (['cli', 'window'] as const).map((face) => Object.values(explain(error, face)).join(' '));
  return [error.message, ...inWords];
}

/** Takes back what was done, or does it (again). */
async function goOn(subject: Subject, folder: DataFolder, isDone: boolean): Promise<readonly string[]> {
  const { world, verb, known, before, after } = subject;
  const use = { core, folder, world, known };
  const problems: string[] = [];
  try {
    if (isDone && verb.takeBack !== null) {
      await verb.takeBack(use);
      if (readFacts(world).database !== before.database)
        problems.push('taking it back brings something else');
    } else {
      await verb.run(use);
      if (!verb.isDone(readFacts(world), before, after)) problems.push('done again, it is not done');
    }
  } catch (error) {
    const isAllowed =
      isDone &&
      verb.takeBack === null &&
      error instanceof core.SnapbackError &&
      ['target-exists', 'nothing-to-prune'].includes(error.code);
    if (!isAllowed)
      problems.push(
        `the next action (${isDone ? 'after' : 'before'}) fails: ${error instanceof Error ? error.stack : error}`,
      );
  }
  const now = readFacts(world);
  problems.push(...findLost(subject, now).map((name) => `${name} is lost by the next action`));
  const left = leftBehind(now);
  if (left.length > 0) problems.push(`the next action left ${left}`);
  return problems;
}
