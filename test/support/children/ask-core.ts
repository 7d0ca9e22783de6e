import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { CoreAnswer, CoreMessage } from '../../../electron/contract.ts';

/** Runs a built core as the app does, asks it one request after the other, and prints each reply. */
const [file = '', requests = '[]'] = process.argv.slice(2);
const replies = new EventEmitter();
const port = Object.assign(new EventEmitter(), {
  postMessage(answer: CoreAnswer) {
    if (answer.type === 'reply') replies.emit(answer.requestId, answer.reply);
  },
});
Object.assign(process, { parentPort: port });
await import(pathToFileURL(file).href);

const asked: readonly Pick<Extract<CoreMessage, { type: 'request' }>, 'name' | 'args'>[] =
  JSON.parse(requests);
for (const [index, { name, args }] of asked.entries()) {
  const requestId = String(index);
  const reply = new Promise((done) => replies.once(requestId, done));
  port.emit('message', { data: { type: 'request', requestId, name, args } satisfies CoreMessage });
  const text = JSON.stringify(await reply, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  process.stdout.write(`${text}\n`);
}
process.exit(0);
