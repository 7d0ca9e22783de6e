import { expect, test } from 'vitest';
import { createMessagePages } from '../../../renderer/conversation/message-pages.ts';
import type { ConversationMessage } from '../../../src/model/conversation.ts';

const message = (place: number): ConversationMessage => ({
  ...{
    place,
    event: BigInt(place),
    speaker: null,
    text: `${place}`,
    ts: null,
    kind: 'message',
    payload: null,
  },
  ...{ state: 'kept', cut: false, notes: [], rows: [], moreRows: 0 },
});

/** A core that answers when it is told to. */
function createCore() {
  const waiting: { readonly from: number; readonly answer: () => void }[] = [];
  const read = (from: number, limit: number) =>
    new Promise<{ readonly ok: true; readonly value: readonly ConversationMessage[] }>((resolve) => {
      const value = Array.from({ length: limit }, (_, index) => message(from + index));
      waiting.push({ from, answer: () => resolve({ ok: true, value }) });
    });
  const answerAll = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      one.answer();
      await new Promise((done) => setTimeout(done));
    }
  };
  return { read, waiting, answerAll };
}

const ignore = () => undefined;

test('what a reader scrolled past before it was read is not read any more', async () => {
  const core = createCore();
  const pages = createMessagePages(core.read, ignore);
  pages.want([0, 50, 100, 150]);
  pages.want([90_000]);
  expect(core.waiting.map(({ from }) => from)).toEqual([0, 50]);
  await core.answerAll();
  expect(pages.get(90_000)?.text).toBe('90000');
  expect(pages.get(100)).toBeNull();
});

test('however far a reader scrolls, only the pages around them are held', async () => {
  const core = createCore();
  const pages = createMessagePages(core.read, ignore);
  for (let place = 0; place < 100_000; place += 500) {
    pages.want([place]);
    await core.answerAll();
  }
  const held = Array.from({ length: 2_000 }, (_, page) => pages.get(page * 50)).filter((one) => one !== null);
  expect(held.length).toBeLessThanOrEqual(40);
  expect(pages.get(99_500)).not.toBeNull();
});

test('a page that cannot be read is told once, and not asked for again', async () => {
  const told: string[] = [];
  let asked = 0;
  const error = { code: 'io-failed', message: '', detail: {} } as const;
  const pages = createMessagePages(
    async () => {
      asked += 1;
      return { ok: false, error };
    },
    (reply) => told.push(reply.error.code),
  );
  for (let time = 0; time < 3; time += 1) {
    pages.want([0]);
    await new Promise((done) => setTimeout(done));
  }
  expect([asked, told]).toEqual([1, ['io-failed']]);
});
