import { type Cost, run } from './measure.ts';
import type { Goal, Side, Step } from './steps.ts';

/** The median of several runs, and by how much they spread: largest less smallest. */
type Spread = { readonly median: number; readonly spread: number };
type Costs = { readonly [K in keyof Cost]: Spread };

export type Result = {
  readonly name: string;
  readonly title: string;
  readonly ours: Costs;
  readonly peer: (Costs & { readonly name: string }) | null;
  /** Our time as a multiple of the peer's: the median over the pairs. Null without a peer. */
  readonly ratio: { readonly cpu: number; readonly wall: number } | null;
  readonly goal: Goal;
  /** What the goal counts: a ratio, megabytes per second, or seconds. Null where the peer is not installed. */
  readonly reached: number | null;
  /** Null where nothing was reached, or there is no goal. */
  readonly met: boolean | null;
};

export type Rounds = {
  readonly pairs: number;
  /** The snapshot's size, 10^6 bytes each. */
  readonly megabytes: number;
  /** Called after every pair, whose copies are not needed any more. */
  readonly tidy: () => Promise<void>;
};

/** Runs both sides of a step in turn: A B A B. */
export async function measureStep(step: Step, { pairs, megabytes, tidy }: Rounds): Promise<Result> {
  const { name, title, goal, peer } = step;
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    ours.push(await measureSide(step.ours));
    if (peer !== null) theirs.push(await measureSide(peer));
    await tidy();
  }
  const costs = summarise(ours);
  const ratio =
    theirs.length === 0 ? null : { cpu: ratioOf('cpu', ours, theirs), wall: ratioOf('wall', ours, theirs) };
  return {
    name,
    title,
    ours: costs,
    peer: peer === null ? null : { name: peer.name, ...summarise(theirs) },
    ratio,
    goal,
    ...judge(goal, { ratio, cpu: costs.cpu.median, wall: costs.wall.median, megabytes }),
  };
}

async function measureSide({ prepare, measure }: Side): Promise<Cost> {
  const command = await prepare();
  // What was copied is on the disk before anything that flushes its own files is timed.
  await run({ line: ['sync'] });
  return measure(command);
}

type Judged = Pick<Result, 'ratio'> & {
  readonly cpu: number;
  readonly wall: number;
  readonly megabytes: number;
};

function judge(goal: Goal, { ratio, cpu, wall, megabytes }: Judged): Pick<Result, 'reached' | 'met'> {
  if (goal.of === 'seconds') {
    const reached = goal.by === 'cpu' ? cpu : wall;
    return { reached, met: reached <= goal.atMost };
  }
  if (goal.of === 'rate') {
    const reached = (goal.snapshots * megabytes) / cpu;
    return { reached, met: goal.atLeast === null ? null : reached >= goal.atLeast };
  }
  if (ratio === null) return { reached: null, met: null };
  const reached = goal.by === 'both' ? Math.max(ratio.cpu, ratio.wall) : ratio[goal.by];
  return { reached, met: reached <= goal.atMost };
}

function ratioOf(key: 'cpu' | 'wall', ours: readonly Cost[], theirs: readonly Cost[]): number {
  return spreadOf(ours.map((cost, at) => cost[key] / (theirs[at]?.[key] ?? Number.NaN))).median;
}

function summarise(costs: readonly Cost[]): Costs {
  return {
    cpu: spreadOf(costs.map(({ cpu }) => cpu)),
    wall: spreadOf(costs.map(({ wall }) => wall)),
    peakMegabytes: spreadOf(costs.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    spread: at(sorted.length - 1) - at(0),
  };
}
