import { beforeAll, describe, expect, test } from 'vitest';
import {
  createWriter,
  damageOf,
  dumpSmall,
  makeSmallFolder,
  type Notes,
  type ReadPart,
  readParts,
  withNotes,
} from '../laws/snapshot-text.ts';
import { makeRoot } from '../support/place.ts';

/* Notes at the end of a snapshot are believed only if its contents confirm them. */

const root = makeRoot();
let own = '';
beforeAll(async () => {
  own = await dumpSmall(await makeSmallFolder(root()));
});

const write = createWriter(root);

const rowsOf = (parts: readonly ReadPart[]) =>
  parts.filter((part) => part.type !== 'start' && part.type !== 'end');

type Tables = { name: string; rows: number; sha256: string; exactSha256: string | null; columns: string[] }[];
type Exact = Record<string, unknown[][]>;
const tables = (notes: Notes) => notes.about.tables as Tables;
const exact = (notes: Notes) => notes.exact as Exact;

const lies: readonly (readonly [string, (notes: Notes) => void])[] = [
  ['a newer format', (notes) => (notes.about.format = 3)],
  ['an older format', (notes) => (notes.about.format = 1)],
  ['a format that is none', (notes) => (notes.about.format = '1')],
  ['another last event', (notes) => (notes.about.lastEventId = '1')],
  [
    'more rows',
    (notes) =>
      tables(notes).forEach((table) => {
        table.rows += 1;
      }),
  ],
  [
    'other contents',
    (notes) =>
      tables(notes).forEach((table) => {
        table.sha256 = '0'.repeat(64);
      }),
  ],
  [
    'other exact values',
    (notes) =>
      tables(notes).forEach((table) => {
        table.exactSha256 = '0'.repeat(64);
      }),
  ],
  [
    'other columns',
    (notes) =>
      tables(notes).forEach((table) => {
        table.columns.reverse();
      }),
  ],
  [
    'a table that is not there',
    (notes) => tables(notes).push({ name: 'scenes ', rows: 0, sha256: '', exactSha256: null, columns: [] }),
  ],
  ['no table that is there', (notes) => (notes.about.tables = tables(notes).slice(1))],
  ['a table as absent that has rows', (notes) => (notes.about.absent = ['bots'])],
  ['tables that are no list', (notes) => (notes.about.tables = {})],
  [
    'an exact value for a row that is not there',
    (notes) => exact(notes).chats?.push([9, 'title', 'blob', '']),
  ],
  [
    'an exact value for a column that is not there',
    (notes) => exact(notes).chats?.push([1, 'nothing', 'blob', '']),
  ],
  [
    'an exact value for a table that is not there',
    (notes) => (exact(notes).nothing = [[0, 'id', 'blob', '']]),
  ],
  [
    'exact values of tables out of order',
    (notes) => (notes.exact = Object.fromEntries(Object.entries(exact(notes)).reverse())),
  ],
  ['exact values of rows out of order', (notes) => exact(notes).bots?.reverse()],
  ['an exact value twice', (notes) => exact(notes).bots?.push(...(exact(notes).bots ?? []))],
  [
    'an exact value of an unknown class',
    (notes) =>
      exact(notes).bots?.forEach((entry) => {
        entry[2] = 'integer';
      }),
  ],
  [
    'an exact value that is not base64',
    (notes) =>
      exact(notes).bots?.forEach((entry) => {
        entry[3] = `${entry[3]}!`;
      }),
  ],
  [
    'an exact value in a text for a row',
    (notes) =>
      exact(notes).bots?.forEach((entry) => {
        entry[0] = `${entry[0]}`;
      }),
  ],
  [
    'an exact value with something more',
    (notes) =>
      exact(notes).bots?.forEach((entry) => {
        entry.push(1);
      }),
  ],
  ['an exact value that is none', (notes) => exact(notes).bots?.push([])],
  [
    'a visible value beside an exact one that it is not',
    (notes) => {
      for (const entry of exact(notes).bots ?? []) entry[3] = 'AAAA';
    },
  ],
  ['no exact values of a table', (notes) => (exact(notes).scenes = [])],
  ['exact values left out', (notes) => (notes.exact = {})],
  ['exact values in a list', (notes) => (notes.exact = [])],
  ['exact values as null', (notes) => (notes.exact = null)],
];

describe('false notes in a file of ours', () => {
  test.each(lies)('are damage: %s', async (_, edit) => {
    await damageOf(readParts(await write(withNotes(own, edit))));
  });

  test.each([
    { exactAt: 1 },
    { exactAt: -1 },
    { aboutAt: 1 },
    { aboutAt: -1 },
    { exactAt: 1e9, aboutAt: 1e9 },
    { exactAt: 1000 },
  ])('about their own position are damage, or the notes are found anyway: %o', async (move) => {
    const reading = readParts(await write(withNotes(own, () => undefined, move)));
    const parts = await reading.catch(() => null);
    if (parts === null) await damageOf(reading);
    else expect(rowsOf(parts)).toStrictEqual(rowsOf(await readParts(await write(own))));
  });

  test('are not recognized by their form: the same edit without a false value is read', async () => {
    const again = await write(withNotes(own, () => undefined));
    expect(rowsOf(await readParts(again))).toStrictEqual(rowsOf(await readParts(await write(own))));
  });

  test('cannot be changed unnoticed, not even by one letter', async () => {
    const from = own.indexOf('"about": {') + '"about": '.length;
    const to = own.indexOf(', "aboutHash"');
    for (let at = from; at < to; at += 7) {
      const letter = own[at] === '0' ? '1' : '0';
      await damageOf(readParts(await write(`${own.slice(0, at)}${letter}${own.slice(at + 1)}`)));
    }
  });

  test('have a size limit: an exact value of some megabytes is reported as one that does not match', async () => {
    const huge = 'A'.repeat(8 << 20);
    await damageOf(
      readParts(await write(withNotes(own, (notes) => exact(notes).chats?.push([1, 'title', 'blob', huge])))),
    );
  });
});

test('make the file damaged if a visible value contradicts the exact one, even if the exact one is what was written', async () => {
  const shown = String.raw`\\x00'\\xff`;
  expect(own.split(shown)).toHaveLength(2);
  await damageOf(readParts(await write(own.replace(shown, String.raw`\\x01'\\xff`))));
});

test('for tables that a profile does not know do not hide exact values of others', async () => {
  const fewer = new Set(['event_log', 'chats']);
  const all = await readParts(await write(own));
  const some = await readParts(await write(own), fewer);
  const chats = (parts: readonly ReadPart[]) =>
    parts.find((part) => part.type === 'rows' && part.table === 'chats');
  expect(chats(some)).toStrictEqual(chats(all));
  expect(some).toContainEqual({ type: 'unknown', name: 'bots', elements: 3 });
});
