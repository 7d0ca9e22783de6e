import { expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  planRestore,
  readHappened,
  readRestoredState,
  readWaiting,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, CHATS, makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { keeping } from '../support/rewound.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();

const REWIND = `INSERT INTO event_log (kind, payload_json) VALUES ('rewind', json_object('chat_id', 'c1', 'to_event_id', 8));
  UPDATE event_log SET hidden = 1 WHERE id BETWEEN 9 AND 12; DELETE FROM memories WHERE id > 8;`;
/** What the chat app does when it starts: it applies what its tables do not hold yet. */
const APPLY = `INSERT INTO memories SELECT id, 'of ' || id FROM event_log WHERE id > 12;`;

/** Twelve events, a snapshot, and a rewind to the eighth; then `newer` events. */
async function rewind(newer: number) {
  const place = await makePlace(
    root(),
    `${CHATS} CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);`,
  );
  run(place, `${addEvents(12, 'old')} INSERT INTO memories SELECT id, 'of ' || id FROM event_log;`);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, `${REWIND} ${newer === 0 ? '' : `${addEvents(newer, 'new')} ${APPLY}`}`);
  return { place, folder, id };
}

test('kept events wait until the host has applied them, and nothing counts as lost meanwhile', async () => {
  const { place, folder, id } = await rewind(2);
  expect(await readHappened(folder)).toMatchObject({ state: 'written-since', loss: { keepsNewer: true } });
  expect(await readWaiting(folder)).toBeNull();
  await applyRestore(folder, keeping(id), NOW);
  expect(await readHappened(folder)).toMatchObject({ state: 'undone' });
  expect(await readWaiting(folder)).toMatchObject({
    fromEvent: 14n,
    toEvent: 15n,
    events: [{ events: 2, spoken: 2, first: { text: 'new 1' } }],
  });
  await applyUndo(folder, {}, NOW);
  expect(await readWaiting(folder)).toBeNull();
  await applyUndo(folder, {}, NOW);
  expect(await readWaiting(folder)).toMatchObject({ fromEvent: 14n, toEvent: 15n });
  run(place, APPLY);
  expect(await readWaiting(folder)).toBeNull();
  expect(await readHappened(folder)).toMatchObject({ state: 'undone' });
});

test('where nothing was written since, keeping it is never refused and is the same as not keeping it', async () => {
  const { place, folder, id } = await rewind(0);
  run(place, REWIND);
  expect(await planRestore(folder, keeping(id))).toMatchObject({ refusals: [], replay: null });
  const without = await planRestore(folder, { ...keeping(id), keepNewer: false });
  await applyRestore(folder, keeping(id), NOW);
  const kept = readState(place.databaseFile);
  await applyUndo(folder, {}, NOW);
  await applyRestore(folder, { ...keeping(id), keepNewer: false }, NOW);
  expect(readState(place.databaseFile)).toEqual(kept);
  expect(without).toMatchObject({ newerEventsLost: 0, refusals: [] });
});

test('a waiting state that is restored from its safety copy still waits, whatever is kept besides', async () => {
  const { place, folder, id } = await rewind(2);
  await applyRestore(folder, keeping(id), NOW);
  const waiting = readState(place.databaseFile);
  await applyUndo(folder, {}, NOW);
  const copy = (await readRestoredState(folder))?.safetyCopyId ?? '';
  const plan = await planRestore(folder, keeping(copy));
  expect(plan).toMatchObject({ refusals: [], replay: { fromEvent: 14n, toEvent: 15n } });
  run(place, `DELETE FROM event_log WHERE kind = 'rewind'; ${addEvents(1, 'newest')}`);
  await applyRestore(folder, keeping(copy), NOW);
  expect(readState(place.databaseFile).tables.memories).toEqual(waiting.tables.memories);
  expect(await readWaiting(folder)).toMatchObject({ fromEvent: 14n, toEvent: 16n });
});

test('the answer to what happened says where newer events cannot be kept', async () => {
  const { place, folder } = await rewind(2);
  run(place, `${REWIND} ${addEvents(1, 'newest')}`);
  expect(await readHappened(folder)).toMatchObject({ loss: { keepsNewer: false } });
});
