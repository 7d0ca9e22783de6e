import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withReadView } from '../../src/host/private-copy.ts';
import { ALL_ROWIDS, type RowidRange, rangeAfter } from '../../src/host/row-text.ts';
import { createLogChain, createRowChain } from '../../src/log/chain.ts';
import { createChainFeeder } from '../../src/log/event-lines.ts';
import { findLogTable, identityOf, readEvents } from '../../src/log/events.ts';
import { withLiveLog } from '../../src/log/live-log.ts';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';
import { readSchema } from '../../src/sqlite/schema.ts';
import { integers, sqlValues } from '../support/arbitraries.ts';
import { addEvents, asHost, makePlace, makeRoot, open, run } from '../support/place.ts';

const root = makeRoot();

function chainOf(...events: readonly (readonly SqlValue[])[]): string {
  const chain = createLogChain();
  for (const event of events) chain.add(event);
  return chain.peek().chain;
}

test('a log chain differs wherever an event differs, except that bytes count as their text in a snapshot of the host', () => {
  const event = [1n, 'a', 'b', 'c'];
  const same = chainOf(event, event);
  for (const other of [
    [event],
    [event, event, event],
    [event, [2n, 'a', 'b', 'c']],
    [event, [1n, 'a, "b"', 'b', 'c']],
    [event, [1n, 'a", "b', 'b', 'c']],
    [event, ['1', 'a', 'b', 'c']],
    [event, [1, 'a', 'b', 'c']],
    [event, [1n, 'a', 'b', null]],
    [event, [1n, 'a', 'b', 'null']],
    [event, [1n, 'a', 'b', 'c]\n']],
    [event, [1n, 'a', 'b', { rawText: Buffer.from('c') }]],
  ])
    expect(chainOf(...other)).not.toBe(same);
  const [ff, fe] = [{ rawText: Uint8Array.of(0xff) }, { rawText: Uint8Array.of(0xfe) }];
  expect(new Set([chainOf([ff]), chainOf([fe]), chainOf(['\ufffd'])]).size).toBe(3);
  expect(chainOf([1n, Uint8Array.of(0, 255), null, ''])).toBe(chainOf([1n, "b'\\x00\\xff'", null, '']));
});

test.each([
  ['with every column', 'ts, kind, payload_json'],
  ['without times', 'kind, payload_json'],
  ['with ids alone', ''],
  ['with its columns in another order', 'payload_json, other, ts'],
])('a log %s has the same chain many events at a time as event by event', async (_, columns) => {
  const place = await makePlace(root(), '');
  const names = columns === '' ? [] : columns.split(', ');
  run(
    place,
    `DROP TABLE event_log; CREATE TABLE event_log (${[...names, 'id INTEGER PRIMARY KEY'].join(', ')})`,
  );
  const folder = await open(place);
  const logs = fc.uniqueArray(fc.tuple(fc.tuple(...names.map(() => sqlValues)), integers), {
    selector: ([, id]) => id,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(logs, fc.integer({ min: 1, max: 4 }), async (events, most) => {
      asHost(place, (db) => {
        db.exec('DELETE FROM event_log');
        for (const [values, id] of events) {
          const isRaw = (value: SqlValue) =>
            typeof value === 'object' && value !== null && 'rawText' in value;
          const places = [...values.map((value) => (isRaw(value) ? 'CAST(? AS TEXT)' : '?')), '?'];
          const bound = values.map((value) =>
            typeof value === 'object' && value !== null && 'rawText' in value
              ? Buffer.from(value.rawText)
              : value,
          );
          db.prepare(`INSERT INTO event_log VALUES (${places.join(', ')})`).run(...bound, id);
        }
      });
      await withReadView(folder, {}, async ({ db }) => {
        const schema = readSchema(db);
        const table = findLogTable(schema, folder.profile);
        const identity = identityOf(table, folder.profile);
        const { encoding } = schema;
        const [each, many] = [createLogChain(), createLogChain()];
        for (const event of readEvents(db, { table: 'event_log', identity, encoding, order: 'ORDER BY id' }))
          each.add(event);
        const feed = createChainFeeder(db, { schemaName: 'main', table, identity, encoding });
        for (let range: RowidRange | null = ALL_ROWIDS; range !== null; ) {
          const last: bigint | null = feed?.(many, range, most) ?? null;
          range = last === null ? null : rangeAfter(range, last);
        }
        expect(many.peek()).toStrictEqual({ ...each.peek(), events: events.length });
      });
    }),
    { numRuns: 60 },
  );
});

test('the chains of a live log after any number of events are those of its events one by one', async () => {
  const place = await makePlace(root(), addEvents(700));
  run(
    place,
    "UPDATE event_log SET payload_json = x'00' WHERE id % 97 = 0; DELETE FROM event_log WHERE id = 5",
  );
  const folder = await open(place);
  const after = [0, 1, 4, 5, 255, 256, 257, 699];
  const [chains, rowChains] = await withLiveLog(folder, 'patient', {}, async (live) => [
    await live.chains([...after, 700]),
    await live.rowChains(after),
  ]);
  const [chain, rowChain] = [createLogChain(), createRowChain()];
  const [at, rowsAt] = [new Map([[0, chain.peek().chain]]), new Map([[0, rowChain.peek().chain]])];
  await withReadView(folder, {}, async ({ db }) => {
    const schema = readSchema(db);
    const identity = identityOf(findLogTable(schema, folder.profile), folder.profile);
    const source = { table: 'event_log', identity, encoding: schema.encoding, order: 'ORDER BY id' };
    for (const event of readEvents(db, source)) {
      chain.add(event);
      rowChain.add(event);
      if (!after.includes(chain.events())) continue;
      at.set(chain.events(), chain.peek().chain);
      rowsAt.set(chain.events(), rowChain.peek().chain);
    }
  });
  expect(chains?.at).toStrictEqual(at);
  expect(rowChains?.at).toStrictEqual(rowsAt);
  expect(chains?.end).toMatchObject({ events: 699, lastId: 700n });
});
