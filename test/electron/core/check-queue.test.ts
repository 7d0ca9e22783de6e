import { describe, expect, test } from 'vitest';
import { createCheckQueue } from '../../../electron/core/check-queue.ts';

/** Checks that end when the test tells them to. */
function heldChecks() {
  const started: string[] = [];
  const running = new Map<string, PromiseWithResolvers<void>>();
  const problems: unknown[] = [];
  const queue = createCheckQueue(
    (id, signal) => {
      started.push(id);
      const held = Promise.withResolvers<void>();
      running.set(id, held);
      signal.addEventListener('abort', () => held.reject(new Error('aborted')));
      return held.promise;
    },
    (problem) => problems.push(problem),
  );
  const settle = () => new Promise((done) => setImmediate(done));
  return { queue, started, running, problems, settle };
}

const files = (...ids: readonly string[]) => ids.map((id) => ({ id, version: `${id} 1` }));

describe('background checks', () => {
  test('run one at a time, in the order offered', async () => {
    const { queue, started, running, settle } = heldChecks();
    queue.offer(files('a', 'b'));
    expect(started).toEqual(['a']);
    running.get('a')?.resolve();
    await settle();
    expect(started).toEqual(['a', 'b']);
  });

  test('pause while a person waits for something, and start over afterwards', async () => {
    const { queue, started, settle } = heldChecks();
    queue.offer(files('a', 'b'));
    const front = Promise.withResolvers<string>();
    const answer = queue.runBefore(() => front.promise);
    await settle();
    queue.offer(files('b', 'a'));
    expect(started).toEqual(['a']);
    front.resolve('done');
    expect(await answer).toBe('done');
    await settle();
    expect(started).toEqual(['a', 'b']);
  });

  test('a check that fails is reported once, is not tried again, and does not stop the others', async () => {
    const { queue, started, running, problems, settle } = heldChecks();
    queue.offer(files('a', 'b'));
    running.get('a')?.reject(new Error('unreadable'));
    await settle();
    queue.offer(files('a', 'b'));
    expect(started).toEqual(['a', 'b']);
    expect(problems).toHaveLength(1);
  });

  test('the error of a foreground task is passed on, and the checks continue', async () => {
    const { queue, started, settle } = heldChecks();
    await expect(queue.runBefore(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    queue.offer(files('a'));
    await settle();
    expect(started).toEqual(['a']);
  });

  test('a file that was replaced is checked again, any other is not', async () => {
    const { queue, started, running, settle } = heldChecks();
    queue.offer(files('a'));
    running.get('a')?.resolve();
    await settle();
    queue.offer([...files('a'), { id: 'a', version: 'a 2' }]);
    expect(started).toEqual(['a', 'a']);
  });

  test('after stop nothing starts', async () => {
    const { queue, started, settle } = heldChecks();
    queue.offer(files('a', 'b'));
    queue.stop();
    await settle();
    queue.offer(files('c'));
    expect(started).toEqual(['a']);
  });
});
