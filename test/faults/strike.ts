import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endsUndecided, type Failure, failuresOf, toError } from './fitting-errors.ts';
import { type Point, type Reaction, watchCalls } from './inject.ts';
import { type Ended, judge, openWorld, type Subject } from './judge.ts';
import { VERBS, type Verb, type VerbName } from './verbs.ts';
import { copyWorld, hashWorld, type Known, readFacts, removeWorld } from './world.ts';

/* Strikes verbs with faults, each in a copy of its own of their world, and judges what is left. */

const core = await import('../../src/index.ts');
Error.stackTraceLimit = 60;

export type Job = {
  /** The folder of the prepared worlds. */
  readonly worlds: string;
  readonly scratch: string;
  readonly known: Known;
};

/** What one run of a verb comes to. */
export type Report = {
  readonly verb: VerbName;
  /** All calls of the verb, and how many of them are struck. */
  readonly calls: number;
  readonly points: number;
  readonly problems: readonly Problem[];
};
type Problem = {
  readonly point: string;
  readonly fault: string;
  readonly ended: string;
  readonly found: readonly string[];
};

type Seen = Point & { readonly from: string };

/** Does a verb once, and asks at each of its calls what is to happen. */
async function runIn(
  world: string,
  { verb, known }: Pick<Subject, 'verb' | 'known'>,
  react: (point: Point) => Reaction | null,
): Promise<Omit<Ended, 'isUndecided'>> {
  const folder = await openWorld(world);
  try {
    const result = await watchCalls([world], react, () => verb.run({ core, folder, world, known }));
    return { error: null, result };
  } catch (error) {
    return { error, result: null };
  }
}

/** The innermost places of the product from which a call comes. */
function callers(): string {
  return (new Error().stack ?? '')
    .split('\n')
    .flatMap((line) => /\/src\/([^)]*)/.exec(line)?.[1] ?? [])
    .filter((place) => !place.startsWith('system/files.ts'))
    .slice(0, 3)
    .join(' < ');
}

type Learned = {
  readonly subject: Omit<Subject, 'world'>;
  readonly seen: readonly Seen[];
  readonly from: string;
};

/** Does a verb without any fault. */
async function learn({ worlds, scratch, known }: Job, name: VerbName): Promise<Learned> {
  const verb: Verb = VERBS[name];
  const from = join(worlds, verb.begins);
  const world = join(scratch, 'reference');
  const seen: Seen[] = [];
  copyWorld(from, world);
  const { error } = await runIn(world, { verb, known }, (point) => {
    seen.push({ ...point, from: callers() });
    return null;
  });
  if (error !== null) throw error;
  const subject = {
    verb,
    known,
    before: readFacts(from),
    after: readFacts(world),
    goneOn: new Set<string>(),
  };
  removeWorld(world);
  return { subject, seen, from };
}

/** Whether a call changes what belongs to the user, and not only what SQLite keeps for a connection. */
function changesData({ changes, target }: Point): boolean {
  return changes && /\/(?:data|out)\//.test(target) && !/\btemp\.|CREATE TEMP/i.test(target);
}

/**
 * Lets verbs fail by an error at each call that changes the user's data, and at each other place in the product that makes
 * a call. `places`: where that was tried before.
 */
export async function failEach(job: Job, name: VerbName, places: Set<string>): Promise<Report> {
  const { subject, seen, from } = await learn(job, name);
  const points = seen.filter((point) => {
    const place = `${point.call} ${point.from}`;
    const isNew = !places.has(place);
    places.add(place);
    return failuresOf(point).length > 0 && (isNew || changesData(point));
  });
  const turns = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [index, point] of points.entries()) {
    const failures = failuresOf(point);
    const turn = turns.get(point.kind) ?? 0;
    turns.set(point.kind, turn + 1);
    const failure = failures[turn % failures.length];
    if (failure === undefined) continue;
    const world = join(job.scratch, String(index));
    copyWorld(from, world);
    const { met, ended } = await failAt(world, subject, point, failure);
    const found = met ? await judge({ ...subject, world }, ended) : ['the call was not met'];
    if (found.length > 0)
      problems.push({
        point: `${point.key} from ${point.from}`,
        fault: `${failure.code} ${failure.when}`,
        ended: String(ended.error),
        found,
      });
    removeWorld(world);
  }
  return { verb: name, calls: seen.length, points: points.length, problems };
}

async function failAt(
  world: string,
  subject: Omit<Subject, 'world'>,
  point: Point,
  failure: Failure,
): Promise<{ readonly met: boolean; readonly ended: Ended }> {
  let met = false;
  const how = await runIn(world, subject, (now) => {
    if (now.key !== point.key) return null;
    met = true;
    return {
      when: failure.when,
      act: () => {
        throw toError(failure, now);
      },
    };
  });
  const { before, after } = subject;
  return {
    met,
    ended: { ...how, isUndecided: before.database !== after.database && endsUndecided(failure, point) },
  };
}

/**
 * Does a verb in a new copy of its world, and `act`s at each call that can change anything: before it, and where it writes
 * bytes also half-way through.
 */
async function atEachMoment(
  { worlds, known }: Job,
  name: VerbName,
  world: string,
  act: (moment: string) => void,
): Promise<void> {
  const verb: Verb = VERBS[name];
  copyWorld(join(worlds, verb.begins), world);
  const { error } = await runIn(world, { verb, known }, ({ key, kind, changes }) => {
    if (!changes) return null;
    act(key);
    return kind === 'write' ? { when: 'half', act: () => act(`half of ${key}`) } : null;
  });
  if (error !== null) throw error;
}

type Image = { readonly point: string; readonly world: string | null };

/**
 * Copies a verb's world at each of these moments: what SIGKILL would leave there. Equal copies that follow one another are
 * kept once.
 */
export async function imageEach(job: Job, name: VerbName): Promise<void> {
  const { scratch } = job;
  const world = join(scratch, 'struck');
  const images: Image[] = [];
  let last = '';
  await atEachMoment(job, name, world, (point) => {
    const now = hashWorld(world);
    const image = now === last ? null : join(scratch, `image-${images.length}`);
    if (image !== null) copyWorld(world, image);
    images.push({ point, world: image });
    last = now;
  });
  writeFileSync(join(scratch, 'images.json'), JSON.stringify(images));
}

/**
 * Copies a verb's world at one of these moments, and kills this process there. `share`: which of them, from 0 to 1. The copy
 * is `image`, and what the kill leaves is `struck`.
 */
export async function killAt(job: Job, name: VerbName, share: number): Promise<void> {
  const { scratch } = job;
  let moments = 0;
  await atEachMoment(job, name, join(scratch, 'reference'), () => {
    moments += 1;
  });
  const world = join(scratch, 'struck');
  let left = Math.floor(moments * share);
  await atEachMoment(job, name, world, () => {
    left -= 1;
    if (left >= 0) return;
    copyWorld(world, join(scratch, 'image'));
    process.kill(process.pid, 'SIGKILL');
  });
}

/** Judges what `imageEach` has left, in another process. */
export async function judgeImages(job: Job, name: VerbName): Promise<Report> {
  const { subject, seen } = await learn(job, name);
  const images: readonly Image[] = JSON.parse(readFileSync(join(job.scratch, 'images.json'), 'utf8'));
  const problems: Problem[] = [];
  for (const { point, world } of images) {
    if (world === null) continue;
    const found = await judge({ ...subject, world }, null);
    if (found.length > 0) problems.push({ point, fault: 'SIGKILL', ended: 'killed', found });
    removeWorld(world);
  }
  return { verb: name, calls: seen.length, points: images.length, problems };
}
