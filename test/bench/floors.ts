import { openBench, type Part, parts } from './floor-parts.ts';
import { type Cost, measureProcess } from './measure.ts';
import type { Place } from './place.ts';
import { alignRows } from './report.ts';
import { describeSteps, type Side } from './steps.ts';

/*
 * The least that a step can cost while it keeps what it promises. A goal below that is out of reach in this way of working.
 */

type Seconds = Pick<Cost, 'cpu' | 'wall'>;
type Need = {
  /** What comes one after the other. */
  readonly inTurn: readonly Part[];
  /** What a second thread may do meanwhile. */
  readonly beside: readonly Part[];
  /** A question to a process that has loaded the core: its start is not counted. */
  readonly isWithin?: true;
};

const { check, compare, hashSnapshot, hashStage, hashCopy, copySnapshot, lookAtBytes, layOut } = parts;
const read: readonly Part[] = [lookAtBytes, layOut];
/** Each of these needs what the one before it found or wrote, so a second thread cannot help. */
const restored = [compare, parts.copy, parts.write, compare, check, parts.checkIndex, parts.commit];
const { compareAll, copyAll, writeAll, checkAll, checkIndexAll, commitAll } = parts;
const restoredAll = [compareAll, copyAll, writeAll, compare, checkAll, checkIndexAll, commitAll];
const planned = [compare, parts.copyPrivate, parts.write, compare, parts.checkRows, parts.checkIndex];
/** The bytes of the checkpoint are those of the snapshot, so one hash proves both. */
const checkpoint = [copySnapshot, hashSnapshot];
const verified: Need = { inTurn: [hashSnapshot, lookAtBytes], beside: [] };
const counted: Need = { inTurn: [parts.countNew], beside: [], isWithin: true };

const needs: Readonly<Record<string, Need>> = {
  take: { inTurn: [parts.writeText, parts.hashText], beside: [] },
  'verify-seed': verified,
  'verify-own': verified,
  'diff-cold': { inTurn: [...read, compare], beside: [hashSnapshot, hashStage] },
  'plan-cold': {
    inTurn: [...read, ...planned],
    beside: [check, hashSnapshot, hashStage],
  },
  'plan-read': { inTurn: planned, beside: [check, hashSnapshot] },
  'restore-5-cold': {
    inTurn: [...read, ...restored],
    beside: [check, hashSnapshot, hashStage, hashCopy, ...checkpoint],
  },
  'restore-5-read': { inTurn: restored, beside: [check, hashStage, hashCopy, ...checkpoint] },
  'restore-100-cold': {
    inTurn: [...read, ...restoredAll],
    beside: [checkAll, hashSnapshot, hashStage, parts.hashCopyAll, ...checkpoint],
  },
  'restore-100-read': {
    inTurn: restoredAll,
    beside: [checkAll, hashStage, parts.hashCopyAll, ...checkpoint],
  },
  undo: {
    inTurn: [...restored, parts.writeText, parts.hashText],
    beside: [check, hashStage, hashCopy],
  },
  'due-seed': counted,
  'due-own': counted,
};

/** Measures every part, and the peer of each step that is wanted, `runs` times. Tells the least of each, in two tables. */
export async function measureFloors(
  place: Place,
  runs: number,
  isWanted: (step: string) => boolean,
): Promise<string> {
  const costs = new Map<Part, Seconds>();
  for (let run = 0; run < runs; run += 1)
    for (const world of [5, 100] as const) {
      const bench = await openBench(place, world);
      for (const part of Object.values(parts))
        if (part.world === world)
          costs.set(part, least(costs.get(part), await measure(() => part.run(bench))));
      bench.db.close();
    }
  const start = await leastOf(runs, () => measureProcess(place.bare('--help')));
  const none = { cpu: 0, wall: 0 };
  const sum = (needed: readonly Part[], from: Seconds) =>
    needed.reduce((total, part) => {
      const { cpu, wall } = costs.get(part) ?? none;
      return { cpu: total.cpu + cpu, wall: total.wall + wall };
    }, from);

  const peers = new Map<Side, Seconds>();
  const steps = [['step', 'least, CPU s', 'wall s', 'peer', 'CPU s', 'wall s', 'least : peer, CPU', 'wall']];
  for (const { name, title, peer } of describeSteps(place)) {
    const need = needs[name];
    if (need === undefined || peer === null || !isWanted(name)) continue;
    const theirs = peers.get(peer) ?? (await leastOf(runs, () => measurePeer(peer, place)));
    peers.set(peer, theirs);
    const { wall, ...inTurn } = sum(need.inTurn, need.isWithin ? none : start);
    const { cpu } = sum(need.beside, { ...inTurn, wall });
    steps.push([
      title,
      ...[cpu, wall].map(inSeconds),
      peer.name,
      ...[theirs.cpu, theirs.wall].map(inSeconds),
      ...[cpu / theirs.cpu, wall / theirs.wall].map((ratio) => `${ratio.toFixed(ratio < 0.01 ? 4 : 2)}x`),
    ]);
  }
  const list = Object.values(parts).map((part) => {
    const { cpu, wall } = costs.get(part) ?? none;
    return [part.title, inSeconds(cpu), inSeconds(wall)];
  });
  return `${alignRows([['part', 'CPU s', 'wall s'], ...list])}\n\n${alignRows(steps)}`;
}

function inSeconds(seconds: number): string {
  return seconds.toFixed(seconds < 0.01 ? 4 : 2);
}

async function measurePeer(peer: Side, place: Place): Promise<Seconds> {
  const cost = await peer.measure(await peer.prepare());
  await place.tidy();
  return cost;
}

async function leastOf(runs: number, run: () => Promise<Seconds>): Promise<Seconds> {
  let found = await run();
  for (let more = 1; more < runs; more += 1) found = least(found, await run());
  return found;
}

function least(one: Seconds | undefined, other: Seconds): Seconds {
  return one === undefined
    ? other
    : { cpu: Math.min(one.cpu, other.cpu), wall: Math.min(one.wall, other.wall) };
}

async function measure(run: () => unknown): Promise<Seconds> {
  const [before, began] = [process.cpuUsage(), performance.now()];
  await run();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - began) / 1000 };
}
