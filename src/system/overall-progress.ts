import type { Overall, Progress } from '../model/progress.ts';

/*
 * One progress over all phases of an action. Each phase counts as many bytes as it has to read or write, known
 * beforehand. A phase may stay out, come twice or come in another order: the progress never goes back for that.
 */

type Phase = Progress['phase'];

/** What a phase costs, in bytes. The phases of an action stand in their usual order. */
export type Cost = { readonly phase: Phase; readonly bytes: number };

/** Before that, the pace so far says nothing about the rest. */
const LEAST_WORK_MS = 2_000;
const LEAST_FRACTION = 0.05;
/** Only for phases that cannot say how many rows there will be. */
const BYTES_PER_ROW = 400;

export type OverallState = {
  readonly costs: readonly Cost[];
  /** How much of each phase is done that has come so far, from 0 to 1. */
  readonly reached: ReadonlyMap<Phase, number>;
  readonly current: Phase | null;
  readonly atMs: number;
  /** The time that passed, without the time spent waiting for a lock. */
  readonly workedMs: number;
  readonly overall: Overall;
};

/** The state before the first report. `atMs` is any clock that only moves forward. */
export function beginOverall(costs: readonly Cost[], atMs: number): OverallState {
  const overall = { fraction: 0, leftMs: null };
  return { costs, reached: new Map(), current: null, atMs, workedMs: 0, overall };
}

/** The state after a report of a phase. A phase that has no cost does not move it. */
export function advanceOverall(state: OverallState, progress: Progress, atMs: number): OverallState {
  const { phase } = progress;
  const workedMs = state.workedMs + (state.current === 'wait-for-lock' ? 0 : Math.max(0, atMs - state.atMs));
  const cost = state.costs.find((one) => one.phase === phase);
  const reached = new Map(state.reached);
  if (cost !== undefined) {
    for (const other of reached.keys()) if (other !== phase) reached.set(other, 1);
    reached.set(phase, Math.max(reached.get(phase) ?? 0, partDone(progress, cost)));
  }
  const fraction = Math.max(state.overall.fraction, fractionOf(state.costs, reached));
  const tells = workedMs >= LEAST_WORK_MS && fraction >= LEAST_FRACTION && phase !== 'wait-for-lock';
  const leftMs = tells ? (workedMs * (1 - fraction)) / fraction : null;
  return { ...state, reached, current: phase, atMs, workedMs, overall: { fraction, leftMs } };
}

/** Phases that stayed out before the furthest one count nothing, neither as done nor as still to come. */
function fractionOf(costs: readonly Cost[], reached: ReadonlyMap<Phase, number>): number {
  const furthest = costs.findLastIndex(({ phase }) => reached.has(phase));
  const counted = costs.filter(({ phase }, index) => index > furthest || reached.has(phase));
  const weightOf = ({ bytes }: Cost) => Math.max(1, bytes);
  const total = counted.reduce((sum, cost) => sum + weightOf(cost), 0);
  const done = counted.reduce((sum, cost) => sum + weightOf(cost) * (reached.get(cost.phase) ?? 0), 0);
  return total === 0 ? 0 : Math.min(1, done / total);
}

/** From 0 to 1. Without a known total it comes ever nearer to 1, at the pace that the bytes suggest. */
function partDone({ done, total, unit }: Progress, { bytes }: Cost): number {
  if (total !== null && total > 0) return Math.min(1, Math.max(0, done / total));
  const expected = Math.max(1, unit === 'bytes' ? bytes : bytes / BYTES_PER_ROW);
  return 1 - Math.exp((-2 * Math.max(0, done)) / expected);
}
