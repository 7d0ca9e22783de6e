import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dumpSmall, makeSmallFolder, type Notes, readParts, withNotes } from '../laws/snapshot-text.ts';
import { makeRoot } from '../support/place.ts';

const root = makeRoot();

async function partsOf(text: string) {
  const path = join(root(), `file-${hash('sha256', text)}`);
  await writeFile(path, text, 'latin1');
  return readParts(path);
}

/** A file of format 1 as format 2 has it, with the notes of its tables made from its text alone. */
function inFormat2(text: string, edit?: (notes: Notes) => void): string {
  return withNotes(text, (notes) => {
    const tables = notes.about.tables as { name: string; columns: unknown; rows: number; hash?: string }[];
    const exact = notes.exact as Record<string, readonly (readonly unknown[])[]>;
    notes.about.format = 2;
    notes.about.tables = tables.map(({ name, columns, rows }) => {
      const list = new RegExp(`"${name}": \\[(.*?)\\](?:, "\\w+": |\\})`).exec(text)?.[1] ?? '';
      const entries = exact[name]?.map((entry) => `[${entry.map((one) => JSON.stringify(one)).join(', ')}]`);
      const exactSha256 = entries === undefined ? null : hash('sha256', entries.join(', '));
      return { name, columns, rows, sha256: hash('sha256', list), exactSha256 };
    });
    edit?.(notes);
  });
}

async function dumpText(): Promise<string> {
  return dumpSmall(await makeSmallFolder(root()));
}

test('a file whose notes prove its text reads as the same one whose notes prove its content', async () => {
  const own = await dumpText();
  const content = (parts: Awaited<ReturnType<typeof readParts>>) =>
    parts.filter(({ type }) => type === 'rows' || type === 'table' || type === 'last-event-id');
  const read = await partsOf(inFormat2(own));
  expect(read[0]).toMatchObject({ type: 'start', about: { format: 2 } });
  expect(content(read)).toStrictEqual(content(await partsOf(own)));
});

test.each([
  ['a letter', (text: string) => text.replace('Caf', 'Cat')],
  ['an exact value', (text: string) => text.replace('"ACf/"', '"ACf+"')],
  ['the columns', (text: string) => text.replace('"title": ', '"titel": ')],
  ['the order of its rows', (text: string) => text.replace(/(\{"id": -1.*?\}), (\{"id": 9.*?\})/, '$2, $1')],
  ['that a real is whole', (text: string) => text.replace('"mood": 0.5', '"mood": 0')],
])('a file whose notes prove its text is damaged if another one is %s', async (_, change) => {
  const own = inFormat2(await dumpText());
  const changed = change(own);
  expect(changed).not.toBe(own);
  await expect(partsOf(changed)).rejects.toMatchObject({ code: 'snapshot-damaged' });
});

test('notes of a format that this version does not know are not believed', async () => {
  const own = inFormat2(await dumpText(), (notes) => Object.assign(notes.about, { format: 3 }));
  await expect(partsOf(own)).rejects.toMatchObject({ message: expect.stringContaining('newer version') });
});
