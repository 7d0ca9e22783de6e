import { Worker } from 'node:worker_threads';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { stat } from '../system/files.ts';
import { throwIfCancelled } from '../system/yielder.ts';
import { type Input, type JobName, jobs, type Output } from './jobs.ts';
import type { Answer, Request } from './messages.ts';

/*
 * Runs jobs beside the rest of a task: in a thread of their own, or where that would not pay, in this one. Invariant: when
 * `stop` has returned, no job runs any more.
 */

export type Beside = {
  /**
   * Begins a job. Nobody has to wait for its end.
   * @throws what the job throws, `cancelled`, and `core-stopped` if the thread ended
   */
  readonly run: <N extends JobName>(name: N, input: Input<N>) => Promise<Output<N>>;
  /** Gives up the jobs that have not ended, or waits for them: a statement of SQLite cannot be interrupted. */
  readonly stop: () => Promise<void>;
};

/** To start the thread takes as long as checking a database of this size. */
const LEAST_BYTES = 16 << 20;
/** For new values, of which a job keeps none. V8 would let them grow to the largest part of what a restore needs. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

/** Makes ready what runs beside a task that is about a file. The caller calls `stop`. @throws as `stat` */
export async function startBeside(file: string, task: TaskOptions): Promise<Beside> {
  const { size } = await stat(file);
  const { run, stop } = size < LEAST_BYTES ? runHere() : startThread(task);
  return {
    run(name, input) {
      throwIfCancelled(task);
      const job = run(name, input);
      // If nobody waits for it, its failure is no failure of the process.
      job.catch(() => null);
      return job;
    },
    stop,
  };
}

function runHere(): Beside {
  const begun: Promise<unknown>[] = [];
  return {
    run(name, input) {
      const job = jobs[name](input);
      begun.push(job);
      return job;
    },
    async stop() {
      await Promise.allSettled(begun);
    },
  };
}

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };

function startThread({ signal }: TaskOptions): Beside {
  // The build replaces this address by that of the built file.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: LIMITS });
  const waiting = new Map<number, Waiting>();
  let begun = 0;
  let ended: SnapbackError | null = null;

  function end(error: SnapbackError): void {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  }
  function cancel(): void {
    end(new SnapbackError('cancelled', 'Cancelled; nothing was changed.'));
  }
  function stopped(cause?: unknown): void {
    const message = 'A part of Snapback that works on the data ended unexpectedly; nothing was changed.';
    end(new SnapbackError('core-stopped', message, {}, cause));
  }
  worker.on('error', stopped);
  worker.on('exit', () => stopped());
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) asked?.resolve(answer.value);
    else asked?.reject(new SnapbackError(answer.code, answer.message, answer.detail));
  });
  signal?.addEventListener('abort', cancel);

  return {
    async run<N extends JobName>(name: N, input: Input<N>) {
      if (ended !== null) throw ended;
      begun += 1;
      const request: Request<N> = { id: begun, name, input };
      const value = await new Promise<unknown>((resolve, reject) => {
        waiting.set(request.id, { resolve, reject });
        worker.postMessage(request);
      });
      // Both threads run the same code.
      return value as Output<N>;
    },
    async stop() {
      signal?.removeEventListener('abort', cancel);
      await worker.terminate();
    },
  };
}
