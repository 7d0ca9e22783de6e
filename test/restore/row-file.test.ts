import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMergeChoices, readRowNames } from '../../src/index.ts';
import { errorOf, makeDir, makeRoot } from '../support/place.ts';

/** A file that names rows is written by hand or by any program. */
const root = makeRoot();

async function fileOf(content: string | Buffer): Promise<string> {
  const file = join(await makeDir(root()), 'rows.json');
  await writeFile(file, content);
  return file;
}

const LIST = '[{"table": "çay", "key": [12, "é", 9007199254740993, 1.5, {"base64": "AP8="}]}]';

test.each([
  ['as it is', LIST],
  ['with the mark that Windows puts before a text', `\uFEFF${LIST}`],
])('names of rows are read %s', async (_, text) => {
  const key = [12n, 'é', '9007199254740993', 1.5, new Uint8Array([0, 255])];
  expect(await readRowNames(await fileOf(text))).toEqual([{ table: 'çay', key }]);
});

test.each([
  ['in Latin-1', Buffer.from(LIST, 'latin1'), 'no UTF-8'],
  ['in UTF-16', Buffer.from(`\uFEFF${LIST}`, 'utf16le'), 'no UTF-8'],
  ['cut in the middle', LIST.slice(0, 30), 'JSON list'],
  ['with thousands of levels', '['.repeat(100_000), 'JSON list'],
  ['with a truth value in a key', '[{"table": "a", "key": [true]}]', 'number 1'],
  ['with no row', '[]', 'JSON list'],
])('a file %s is refused in words', async (_, content, words) => {
  const failure = await errorOf(readRowNames(await fileOf(content)));
  expect(failure).toMatchObject({ code: 'usage' });
  expect(failure.message).toContain(words);
});

test('choices for a merge are read for whole tables and for rows', async () => {
  const text =
    '{"çay": "mine", "__proto__": "theirs", "memories": [{"key": [9007199254740993], "take": "theirs"}]}';
  expect(await readMergeChoices(await fileOf(text))).toEqual([
    { table: 'çay', take: 'mine' },
    { table: '__proto__', take: 'theirs' },
    { table: 'memories', take: [{ key: ['9007199254740993'], take: 'theirs' }] },
  ]);
});

test.each([
  ['that is a list', '[]', 'It must hold'],
  ['without a table', '{}', 'It must hold'],
  ['with another side', '{"a": "both"}', '“a”'],
  ['with a row without a key', '{"a": [{"key": [1], "take": "mine"}, {"take": "mine"}]}', 'number 2 of “a”'],
])('a file of choices %s is refused in words', async (_, content, words) => {
  const failure = await errorOf(readMergeChoices(await fileOf(content)));
  expect(failure).toMatchObject({ code: 'usage' });
  expect(failure.message).toContain(words);
});
