import { expect, test } from 'vitest';
import { throttleProgress } from '../../../electron/core/progress-throttle.ts';
import type { Progress } from '../../../src/model/task.ts';

const report = (done: number, phase: Progress['phase'] = 'apply'): Progress => ({
  phase,
  done,
  total: 1000,
  unit: 'rows',
  cancellable: true,
});

test('at most ten reports a second pass within a phase, and the last one always passes', () => {
  let clock = 0;
  const sent: number[] = [];
  const throttle = throttleProgress(
    ({ done }) => sent.push(done),
    () => clock,
  );
  for (let done = 0; done < 1000; done += 1) {
    clock = done;
    throttle.report(report(done));
  }
  expect(sent).toHaveLength(10);
  throttle.flush();
  throttle.flush();
  expect(sent.at(-1)).toBe(999);
  expect(sent).toHaveLength(11);
});

test('a new phase, and the point after which nothing can be cancelled, pass at once', () => {
  const sent: Progress[] = [];
  const throttle = throttleProgress(
    (progress) => sent.push(progress),
    () => 0,
  );
  throttle.report(report(1));
  throttle.report(report(2));
  throttle.report(report(0, 'verify'));
  throttle.report({ ...report(0, 'verify'), cancellable: false });
  expect(sent.map(({ phase, cancellable }) => [phase, cancellable])).toEqual([
    ['apply', true],
    ['verify', true],
    ['verify', false],
  ]);
});
