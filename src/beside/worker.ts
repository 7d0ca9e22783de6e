import { parentPort } from 'node:worker_threads';
import { SnapbackError } from '../model/errors.ts';
import { type JobName, jobs } from './jobs.ts';
import type { Answer, Request } from './messages.ts';

/* The thread in which jobs run beside the rest of a task. `beside.ts` starts it, and may end it at any moment. */

const port = parentPort;
port?.on('message', (request: Request<JobName>) => {
  void answer(request).then((message) => port.postMessage(message));
});

async function answer<N extends JobName>({ id, name, input }: Request<N>): Promise<Answer> {
  try {
    return { id, ok: true, value: await jobs[name](input) };
  } catch (error) {
    if (!(error instanceof SnapbackError))
      return { id, ok: false, code: 'internal', message: String(error), detail: {} };
    const { code, message, detail } = error;
    return { id, ok: false, code, message, detail };
  }
}
