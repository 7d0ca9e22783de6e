import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  collect,
  createWriter,
  damageOf,
  dumpSmall,
  KNOWN,
  makeSmallFolder,
  type ReadPart,
  readParts,
} from '../laws/snapshot-text.ts';
import { makeRoot } from '../support/place.ts';

const root = makeRoot();
const seedWritten = fileURLToPath(new URL('../samples/seed/early.json', import.meta.url));
let own = '';
beforeAll(async () => {
  own = await dumpSmall(await makeSmallFolder(root()));
});

const write = createWriter(root);

const rowsOf = (parts: readonly ReadPart[]) =>
  parts.filter((part) => part.type !== 'start' && part.type !== 'end');

describe('a file that is cut off', () => {
  test.each(['ours', 'the seed’s'])(
    'at any byte is damage with a position, whoever wrote it: %s',
    async (whose) => {
      const text = whose === 'ours' ? own : await readFile(seedWritten, 'latin1');
      const path = await write(text);
      await expect(readParts(path)).resolves.not.toHaveLength(0);
      const handle = await open(path, 'r+');
      try {
        for (let sizeBytes = text.length - 1; sizeBytes >= 0; sizeBytes -= 1) {
          await handle.truncate(sizeBytes);
          const { detail } = await damageOf(collect({ handle, path, sizeBytes }));
          expect(detail.offset).toBeLessThanOrEqual(sizeBytes);
        }
      } finally {
        await handle.close();
      }
    },
  );
});

describe('a flipped bit', () => {
  test('anywhere in a file of ours is damage, or affects nothing that was dumped', async () => {
    const whole = rowsOf(await readParts(await write(own)));
    const path = await write(own);
    const handle = await open(path, 'r+');
    let unseen = 0;
    try {
      for (let at = 0; at < own.length; at += 1) {
        await handle.write(Buffer.from([own.charCodeAt(at) ^ (1 << (at % 8))]), 0, 1, at);
        const parts = await collect({ handle, path, sizeBytes: own.length }).catch((error: unknown) => error);
        if (Array.isArray(parts)) {
          expect(rowsOf(parts)).toStrictEqual(whole);
          unseen += 1;
        } else await damageOf(Promise.reject(parts));
        await handle.write(Buffer.from([own.charCodeAt(at)]), 0, 1, at);
      }
    } finally {
      await handle.close();
    }
    expect(unseen).toBeGreaterThan(0);
  });
});

describe('a file that changes while it is read', () => {
  test('is damage if it grows', async () => {
    const path = await write(`${own} `);
    const handle = await open(path);
    await damageOf(collect({ handle, path, sizeBytes: own.length }));
    await handle.close();
  });

  test('is damage if it shrinks', async () => {
    const path = await write(own.slice(0, 1000));
    const handle = await open(path);
    await damageOf(collect({ handle, path, sizeBytes: own.length }));
    await handle.close();
  });
});

const wholeFiles: readonly (readonly [string, string | Buffer])[] = [
  ['nothing', ''],
  ['white space only', ' \n\t\r\n'],
  ['a list', '[]'],
  ['a text', '"x"'],
  ['null', 'null'],
  ['NUL bytes', Buffer.alloc(70_000)],
  ['two documents', '{"last_event_id": 0}{"last_event_id": 0}'],
  ['something behind its end', '{"last_event_id": 0} x'],
  ['two byte order marks', Buffer.from('\uFEFF\uFEFF{"last_event_id": 0}')],
  ['UTF-16', Buffer.from('{"last_event_id": 0}', 'utf16le')],
  ['200,000 nested lists', `{"x": ${'['.repeat(200_000)}`],
  ['200,000 nested lists in a row', `{"bots": [{"id": ${'['.repeat(200_000)}`],
  ['200,000 nested objects', `{"x": ${'{"a":'.repeat(200_000)}`],
  ['a table twice', '{"bots": [], "bots": []}'],
  ['a table twice by its name in SQLite', '{"bots": [], "BOTS": []}'],
  ['a last event twice', '{"last_event_id": 1, "last_event_id": 1}'],
  ['a column twice', '{"bots": [{"id": 1, "id": 1}]}'],
  ['a column twice by its name in SQLite', '{"bots": [{"id": 1, "ID": 1}]}'],
  ['other columns in a later row', '{"bots": [{"id": 1}, {"name": 1}]}'],
  ['fewer columns in a later row', '{"bots": [{"id": 1, "name": 1}, {"id": 1}]}'],
  ['a row without columns', '{"bots": [{}]}'],
  ['a row that is a list', '{"bots": [[1]]}'],
  ['a table that is an object', '{"bots": {"id": 1}}'],
  ['a table that is null', '{"bots": null}'],
  ['a number beyond 64 bits', '{"bots": [{"id": 9223372036854775808}]}'],
  ['half a letter in a name', '{"bots": [{"\\ud83d": "x"}]}'],
  ['bytes that are not UTF-8', '{"bots": [{"id": "\xff"}]}'],
  ['a last event that is null', '{"last_event_id": null}'],
  ['a last event that is a list', '{"last_event_id": [1]}'],
  ['a key of a megabyte', `{"${'k'.repeat(1 << 20)}": 1}`],
  ['20,000 keys', `{${Array.from({ length: 20_000 }, (_, key) => `"k${key}": 1`).join(',')}}`],
  ['notes that are not at its end', '{"_snapback": {}, "last_event_id": 1}'],
  ['a comma too much', '{"last_event_id": 1,}'],
];

describe('a file that is not a snapshot', () => {
  test.each(wholeFiles)('is damage: %s', async (_, bytes) => {
    const { message } = await damageOf(readParts(await write(bytes)));
    expect(message.length).toBeLessThan(2000);
  });
});

describe('unusual contents that are still valid', () => {
  test.each(['1.5', '"01ARZ3NDEKTSV4RRFFQ69G5FAV"'])(
    'a last event whose id is %s is accepted from a host with such ids',
    async (id) => {
      const parts = await readParts(await write(`{"last_event_id": ${id}}`));
      expect(parts).toContainEqual({ type: 'last-event-id', value: null });
    },
  );

  test('keys called __proto__ and constructor are ordinary keys', async () => {
    const text =
      '{"__proto__": [{"constructor": 1}], "constructor": [], "bots": [{"__proto__": 1, "constructor": "x"}]}';
    const known = new Set([...KNOWN, '__proto__']);
    expect(rowsOf(await readParts(await write(text), known))).toStrictEqual([
      { type: 'table', name: '__proto__' },
      { type: 'rows', table: '__proto__', columns: ['constructor'], rows: [[1n]] },
      { type: 'unknown', name: 'constructor', elements: 0 },
      { type: 'table', name: 'bots' },
      { type: 'rows', table: 'bots', columns: ['__proto__', 'constructor'], rows: [[1n, 'x']] },
    ]);
  });

  test('raw UTF-8 is read correctly', async () => {
    const parts = await readParts(await write(Buffer.from('{"bots": [{"näme": "日本 😀"}]}')));
    expect(parts).toContainEqual({ type: 'rows', table: 'bots', columns: ['näme'], rows: [['日本 😀']] });
  });

  test('an unknown list of a million elements is counted, but not kept', async () => {
    const parts = await readParts(await write(`{"last_event_id": 1, "mystery": [${'0,'.repeat(999_999)}0]}`));
    expect(parts).toContainEqual({ type: 'unknown', name: 'mystery', elements: 1_000_000 });
  });

  test('NaN is NULL, true is 1 and infinities stay infinities, as the host would bind them', async () => {
    const parts = await readParts(await write('{"bots": [{"a": NaN, "b": true, "c": -Infinity}]}'));
    expect(parts).toContainEqual(expect.objectContaining({ rows: [[null, 1n, Number.NEGATIVE_INFINITY]] }));
  });
});
