import { hash } from 'node:crypto';
import { open as openFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allColumns, hashLiveTable } from '../../src/host/content-hash.ts';
import { withReadView } from '../../src/host/private-copy.ts';
import { withLiveLog } from '../../src/log/live-log.ts';
import { holdsDump } from '../../src/snapshot-file/dumped-table.ts';
import { readSnapshotEnds } from '../../src/snapshot-file/ends.ts';
import { contentBefore, type SnapshotAbout } from '../../src/snapshot-file/notes.ts';
import { readSchema } from '../../src/sqlite/schema.ts';
import { dumpSmall, makeSmallFolder, readParts, withNotes } from '../laws/snapshot-text.ts';
import { makeRoot, run } from '../support/place.ts';

const root = makeRoot();

/** A safety copy that version 1.0 wrote of the folder that `makeSmallFolder` makes. */
const older = () => readFile(fileURLToPath(new URL('../samples/format-1.json', import.meta.url)), 'latin1');
const newer = async () => dumpSmall(await makeSmallFolder(root()));

const formats = [
  [1, older],
  [2, newer],
] as const;

async function put(text: string): Promise<string> {
  const path = join(root(), `file-${hash('sha256', text)}`);
  await writeFile(path, text, 'latin1');
  return path;
}

async function aboutOf(text: string): Promise<SnapshotAbout> {
  const path = await put(text);
  const handle = await openFile(path);
  try {
    const { about } = await readSnapshotEnds({ handle, path, sizeBytes: text.length });
    if (about === null) throw new TypeError('It has no notes.');
    return about;
  } finally {
    await handle.close();
  }
}

test('both formats hold the same rows of the same database', async () => {
  const [first, second] = await Promise.all(
    formats.map(async ([, text]) => readParts(await put(await text()))),
  );
  expect(first?.[0]).toMatchObject({ type: 'start', about: { format: 1 } });
  expect(second?.[0]).toMatchObject({ type: 'start', about: { format: 2 } });
  const content = (parts: Awaited<ReturnType<typeof readParts>> | undefined) =>
    parts?.filter(({ type }) => type === 'rows' || type === 'table' || type === 'last-event-id');
  expect(content(second)).toStrictEqual(content(first));
});

const changes: readonly (readonly [string, (text: string) => string])[] = [
  ['a letter', (text) => text.replace('Caf', 'Cat')],
  ['an exact value', (text) => text.replace('"ACf/"', '"ACf+"')],
  ['a column', (text) => text.replace('"title": ', '"titel": ')],
  ['a real as an integer', (text) => text.replace('"mood": 0.0', '"mood": 0')],
  ['a row less', (text) => text.replace(/, \{"id": "cy"[^}]*\}/, '')],
  ['the notes of a table', (text) => text.replace('"rows":2', '"rows":3')],
];

test.each(
  changes.flatMap(([what, change]) => formats.map(([format, text]) => [what, format, change, text] as const)),
)('a file with another value is damaged: %s, in format %i', async (_what, _format, change, text) => {
  const own = await text();
  const changed = change(own);
  expect(changed).not.toBe(own);
  await expect(readParts(await put(changed))).rejects.toMatchObject({ code: 'snapshot-damaged' });
});

test('rows in another order are damage only in format 2, which proves the text', async () => {
  const swap = (text: string) => text.replace(/(\{"id": -1[^}]*\}), (\{"id": 9[^}]*\})/, '$2, $1');
  const exact = (text: string) =>
    withNotes(swap(text), (notes) =>
      Object.assign(notes, {
        exact: JSON.parse(JSON.stringify(notes.exact).replace('[0,"title"', '[1,"title"')),
      }),
    );
  await expect(readParts(await put(exact(await older())))).resolves.toBeDefined();
  await expect(readParts(await put(exact(await newer())))).rejects.toMatchObject({
    code: 'snapshot-damaged',
  });
});

test('notes of a format that this version does not know are not believed', async () => {
  const own = withNotes(await newer(), (notes) => Object.assign(notes.about, { format: 3 }));
  await expect(readParts(await put(own))).rejects.toMatchObject({
    message: expect.stringContaining('newer version'),
  });
});

test.each(formats)(
  'the notes of format %i tell whether a database holds what was dumped',
  async (_, text) => {
    const about = await aboutOf(await text());
    const folder = await makeSmallFolder(root());
    const held = () =>
      withReadView(folder, {}, async ({ db }) => {
        const database = { db, schema: readSchema(db), profile: folder.profile };
        const found: boolean[] = [];
        for (const table of about.tables) found.push(await holdsDump(database, table, {}));
        return found;
      });
    expect(await held()).toStrictEqual(about.tables.map(() => true));
    run(folder, "UPDATE bots SET face = x'0027fe' WHERE id = 'ada'; UPDATE event_log SET hidden = 1");
    const other = new Set(['bots', 'event_log']);
    expect(await held()).toStrictEqual(about.tables.map(({ name }) => !other.has(name)));
  },
);

test.each(formats)('the notes of format %i name the chain of the log', async (format, text) => {
  const { log } = await aboutOf(await text());
  const folder = await makeSmallFolder(root());
  const chains = await withLiveLog(folder, 'patient', {}, (live) =>
    format === 1 ? live.rowChains([]) : live.chains([]),
  );
  expect(chains?.end).toMatchObject({ events: 2, chain: log?.chain });
});

test('a safety copy of format 1 tells the content before the restore by the hashes of its tables', async () => {
  const about = await aboutOf(await older());
  const folder = await makeSmallFolder(root());
  const content = await withReadView(folder, {}, async ({ db }) => {
    const schema = readSchema(db);
    const found: unknown[] = [];
    for (const { name } of about.tables) {
      const table = schema.tables.get(name);
      if (table === undefined) continue;
      const columns = allColumns(table);
      found.push({ name, hash: await hashLiveTable({ db, schema }, table, columns, {}) });
    }
    return found;
  });
  expect(contentBefore(about)).toMatchObject(content);
});
