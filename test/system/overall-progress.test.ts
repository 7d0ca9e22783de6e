import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Progress } from '../../src/model/progress.ts';
import {
  advanceOverall,
  beginOverall,
  type Cost,
  type OverallState,
} from '../../src/system/overall-progress.ts';

const PHASES = [
  'copy-database',
  'read-snapshot',
  'compare',
  'safety-copy',
  'wait-for-lock',
  'apply',
  'verify',
  'commit',
] as const;
const COSTS: readonly Cost[] = [
  { phase: 'read-snapshot', bytes: 200 },
  { phase: 'compare', bytes: 100 },
  { phase: 'apply', bytes: 100 },
];

type Told = { readonly progress: Progress; readonly afterMs: number };

function report(phase: Progress['phase'], done: number, total: number | null): Progress {
  return { phase, done, total, unit: 'bytes', cancellable: true };
}

function run(costs: readonly Cost[], told: readonly Told[]): readonly OverallState[] {
  let now = 1_000;
  let state = beginOverall(costs, now);
  return told.map(({ progress, afterMs }) => {
    now += afterMs;
    state = advanceOverall(state, progress, now);
    return state;
  });
}

const amount = fc.integer({ min: 0, max: 1e12 });
const anyTold = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 5_000 }),
    progress: fc.record({
      phase: fc.constantFrom(...PHASES),
      done: amount,
      total: fc.option(amount, { nil: null }),
      unit: fc.constantFrom('bytes' as const, 'rows' as const, 'tables' as const, 'steps' as const),
      cancellable: fc.boolean(),
    }),
  }),
  { maxLength: 40 },
);
const anyCosts = fc.uniqueArray(fc.record({ phase: fc.constantFrom(...PHASES), bytes: amount }), {
  selector: ({ phase }) => phase,
});

test('whichever phases come, in whichever order, the progress stays between 0 and 1 and never goes back', () => {
  fc.assert(
    fc.property(anyCosts, anyTold, (costs, told) => {
      let before = 0;
      for (const { overall } of run(costs, told)) {
        expect(overall.fraction).toBeGreaterThanOrEqual(before);
        expect(overall.fraction).toBeLessThanOrEqual(1);
        before = overall.fraction;
      }
    }),
    { numRuns: 500 },
  );
});

test('the last phase ends at 1, whatever came before it', () => {
  fc.assert(
    fc.property(anyCosts, anyTold, (costs, told) => {
      const last = costs.at(-1);
      if (last === undefined) return;
      const end = { progress: report(last.phase, 7, 7), afterMs: 1 };
      expect(run(costs, [...told, end]).at(-1)?.overall.fraction).toBeCloseTo(1, 9);
    }),
    { numRuns: 500 },
  );
});

test('the time left is only told after two seconds of work, and not while another program is waited for', () => {
  fc.assert(
    fc.property(anyCosts, anyTold, (costs, told) => {
      for (const { overall, workedMs, current } of run(costs, told)) {
        if (workedMs < 2_000 || current === 'wait-for-lock') expect(overall.leftMs).toBeNull();
        if (overall.leftMs !== null) expect(overall.leftMs).toBeGreaterThanOrEqual(0);
        if (overall.leftMs !== null) expect(overall.leftMs).toBeLessThan(Number.POSITIVE_INFINITY);
      }
    }),
    { numRuns: 500 },
  );
});

test('each phase counts as many bytes as it costs', () => {
  const told = [report('read-snapshot', 1, 2), report('compare', 0, 11), report('compare', 11, 11)];
  const fractions = run(
    COSTS,
    told.map((progress) => ({ progress, afterMs: 1_000 })),
  ).map(({ overall }) => overall.fraction);
  expect(fractions).toEqual([0.25, 0.5, 0.75]);
});

test('a phase that stays out counts nothing, so the pace stays right', () => {
  const [state] = run(COSTS, [{ progress: report('compare', 1, 2), afterMs: 4_000 }]);
  expect(state?.overall).toEqual({ fraction: 0.25, leftMs: 12_000 });
});

test('time spent waiting for another program does not count as work', () => {
  const states = run(COSTS, [
    { progress: report('read-snapshot', 2, 2), afterMs: 4_000 },
    { progress: report('wait-for-lock', 0, null), afterMs: 0 },
    { progress: report('compare', 0, 2), afterMs: 60_000 },
  ]);
  expect(states.map(({ overall }) => overall.leftMs)).toEqual([4_000, null, 4_000]);
});
