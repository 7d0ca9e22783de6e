import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  applyPrune,
  applyRestore,
  applyUndo,
  checkSnapshot,
  isDue,
  listSnapshots,
  planRestore,
  takeSnapshot,
  verifySnapshots,
} from '../../src/index.ts';
import { readSnapshotEnds } from '../../src/snapshot-file/ends.ts';
import {
  createWriter,
  dumpSmall,
  makeSmallFolder,
  type ReadPart,
  readParts,
  withNotes,
} from '../laws/snapshot-text.ts';
import { addEvents, makePlace, makeRoot, open as openPlace, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();
let own = '';
beforeAll(async () => {
  own = await dumpSmall(await makeSmallFolder(root()));
});

const write = createWriter(root);

/** Rows by table, each with its values by column, in an order of their own: what a file holds, however it is laid out. */
function contentOf(parts: readonly ReadPart[]): readonly string[] {
  return parts
    .flatMap((part) =>
      part.type === 'rows'
        ? part.rows.map((row) =>
            [part.table, ...part.columns.map((name, index) => [name, row[index]]).sort()]
              .map((value) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one)))
              .join(),
          )
        : [],
    )
    .sort();
}

const python = (program: string) => (text: string) =>
  execFileSync('python3', ['-c', `import json, sys\nd = json.loads(sys.stdin.read())\n${program}`], {
    input: text,
    encoding: 'latin1',
  });
const hasPython = spawnSync('python3', ['-c', 'import json']).status === 0;
const hasJq = spawnSync('jq', ['--version']).status === 0;
const jq =
  (...options: string[]) =>
  (text: string) =>
    execFileSync('jq', [...options, '.'], { input: text, encoding: 'latin1' });

/** Line breaks and blanks wherever JSON allows them, as an editor puts them. */
function spaceOut(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[[\]{}:,]/g, (token) =>
    token.length > 1 ? token : `${token}\r\n  `,
  );
}

const layouts: readonly (readonly [string, (text: string) => string, boolean])[] = [
  ['spaced out', spaceOut, true],
  ['with a byte order mark', (text) => `\u00ef\u00bb\u00bf${text}`, true],
  ['with a line break at its end', (text) => `${text}\n`, true],
  ['without blanks, by Python', python('print(json.dumps(d, separators=(",", ":")))'), hasPython],
  ['indented, by Python', python('print(json.dumps(d, indent=4))'), hasPython],
  ['with its keys sorted, by Python', python('print(json.dumps(d, indent=1, sort_keys=True))'), hasPython],
  [
    'in raw UTF-8, by Python',
    python('sys.stdout.buffer.write(json.dumps(d, ensure_ascii=False).encode())'),
    hasPython,
  ],
  [
    'with its keys the other way round, by Python',
    python(
      'r = lambda v: {k: r(v[k]) for k in reversed(v)} if isinstance(v, dict) else [r(e) for e in v] if isinstance(v, list) else v\nprint(json.dumps(r(d)))',
    ),
    hasPython,
  ],
];

describe('a file of ours that was reformatted', () => {
  test.each(layouts.filter(([, , here]) => here))(
    'is good, with every exact value: %s',
    async (_, change) => {
      const path = await write(change(own));
      const parts = await readParts(path);
      expect(parts[0]).toMatchObject({ type: 'start', about: { format: 2 } });
      expect(contentOf(parts)).toEqual(contentOf(await readParts(await write(own))));
      const handle = await open(path);
      try {
        const ends = await readSnapshotEnds({ handle, path, sizeBytes: (await handle.stat()).size });
        expect(ends.about).not.toBeNull();
        expect(ends.complete).toBe(true);
      } finally {
        await handle.close();
      }
    },
  );

  test.each(layouts.filter(([, , here]) => here))(
    'is damaged if one value differs: %s',
    async (_, change) => {
      for (const [from, to] of [
        ['Caf\\u00e9', 'Caf\\u00e8'],
        ['ACf/', 'ACf+'],
        ['"userVersion":0', '"userVersion":1'],
      ] as const) {
        expect(own).toContain(from);
        await expect(readParts(await write(change(own.replace(from, to))))).rejects.toMatchObject({
          code: 'snapshot-damaged',
        });
      }
    },
  );

  test.each([
    ['more tables than any snapshot has', (index: number) => `t${index}`, 20_000],
    ['tables with names that none can have', (index: number) => `${'t'.repeat(1000)}${index}`, 10],
  ])('is refused if its notes name %s: they would fill the memory', async (_, nameOf, tables) => {
    const named: Record<string, unknown> = Object.fromEntries(
      Array.from({ length: tables }, (_none, index) => [nameOf(index), []]),
    );
    const text = withNotes(own, (notes) => Object.assign(notes, { exact: named }));
    const path = await write(text.replace('"aboutHash": ', '"aboutHash":'));
    await expect(readParts(path)).rejects.toMatchObject({ message: expect.stringContaining('notes') });
  });

  test.skipIf(!hasJq)(
    'by jq can be restored as before, and undo works from a safety copy that jq indented',
    async () => {
      const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY, face, mood TEXT);');
      run(place, `${addEvents(3)} INSERT INTO bots VALUES (1, x'00ff', 'b''a'''), (2, x'61', 'x');`);
      // So the safety copy is written as JSON.
      run(place, 'CREATE TABLE snapback_about (taken);');
      const before = readState(place.databaseFile).tables;
      const { id, file } = await takeSnapshot(await openPlace(place), 'rewind');
      await writeFile(file, jq('--indent', '7')(await readFile(file, 'latin1')), 'latin1');
      run(place, 'DELETE FROM bots;');
      const after = readState(place.databaseFile).tables;
      const request = restoring(id);
      expect((await planRestore(await openPlace(place), request)).guessedBlobs).toEqual([]);
      const { safetyCopyId } = await applyRestore(await openPlace(place), request, NOW);
      expect(readState(place.databaseFile).tables).toEqual(before);
      const copy = join(place.dir, 'snapshots', `${safetyCopyId}.json`);
      await writeFile(copy, jq('-S')(await readFile(copy, 'latin1')), 'latin1');
      await applyUndo(await openPlace(place), { acceptDrift: false, acceptOtherTimeline: false }, NOW);
      expect(readState(place.databaseFile).tables).toEqual(after);
    },
  );
});

test('a file whose notes were moved between its tables is compared and verified by them', async () => {
  const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY, face, mood TEXT);');
  const long = 'calm '.repeat(2000);
  run(place, `${addEvents(200)} INSERT INTO bots VALUES (1, x'00ff', 'b''a'''), (2, x'61', '${long}');`);
  const folder = await openPlace(place);
  const { id, file } = await takeSnapshot(folder, 'rewind');
  const text = await readFile(file, 'latin1');
  const [bots, notes] = [text.indexOf(', "bots": ['), text.indexOf(', "_snapback": ')];
  const moved = `${text.slice(0, bots)}${text.slice(notes, -1)}${text.slice(bots, notes)}}`;
  await writeFile(file, moved, 'latin1');
  run(place, 'DELETE FROM bots;');
  const request = restoring(id);
  expect(await planRestore(folder, request)).toMatchObject({ guessedBlobs: [] });
  expect(await verifySnapshots(folder, [id])).toMatchObject([{ health: 'good' }]);
  await writeFile(file, moved.replace('calm', 'warm'), 'latin1');
  expect(await verifySnapshots(folder, [id])).toMatchObject([{ health: 'damaged' }]);
  await expect(planRestore(folder, request)).rejects.toMatchObject({ code: 'snapshot-damaged' });
});

describe('a file of the host', () => {
  const rows = (name: string) =>
    `{"last_event_id": 0, "event_log": [], "bots": [{"id": "a", "name": ${name}}, {"name": "y", "id": "b"}]}`;

  test('may have the keys of its rows in any order', async () => {
    const parts = await readParts(await write(rows('"x"')));
    expect(parts).toContainEqual({
      type: 'rows',
      table: 'bots',
      columns: ['id', 'name'],
      rows: [
        ['a', 'x'],
        ['b', 'y'],
      ],
    });
  });

  test('with invalid Unicode in a text can be restored except for that text, which is named and needs consent', async () => {
    const place = await makePlace(root(), 'CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT);');
    const id = 'rewind/20260101T000000Z';
    await putSnapshot(place, id, rows('"x\\ud83d y"'));
    const folder = await openPlace(place);
    const checked = await checkSnapshot(folder, id);
    expect(checked.health).toBe('good');
    expect(checked.healthDetail).toMatch(/“bots”, row 1, “name”/);
    const request = restoring(id);
    const { schemaDrift, refusals } = await planRestore(folder, request);
    expect(schemaDrift).toEqual([{ kind: 'text-not-unicode', table: 'bots', column: 'name', loses: 1 }]);
    expect(refusals.map(({ code }) => code)).toEqual(['schema-drift']);
    await applyRestore(folder, { ...request, acceptDrift: true }, NOW);
    const name = Buffer.from('x\ufffd y').toString('hex').toUpperCase();
    expect(readState(place.databaseFile).tables.bots).toEqual([`text 61 text ${name}`, 'text 62 text 79']);
  });
});

describe('a file that is not a snapshot', () => {
  const text = '{"last_event_id": 0, "event_log": []}';
  test.each([
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), /gzip/],
    ['zip', Buffer.from('PK\u0003\u0004rest', 'latin1'), /zip/],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), /UTF-16/],
    ['UTF-16, big end first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), /UTF-16/],
    [
      'a pointer of Git LFS',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
      /Git LFS/,
    ],
    ['AppleDouble', Buffer.from('0005160700020000', 'hex'), /AppleDouble/],
    ['zeros', Buffer.alloc(5000), /zeros/],
    ['a database', Buffer.from('SQLite format 3\0rest'), /SQLite/],
    ['nothing', Buffer.alloc(0), /empty/],
  ])('is identified: %s', async (_, bytes, words) => {
    await expect(readParts(await write(bytes))).rejects.toMatchObject({
      code: 'snapshot-damaged',
      message: expect.stringMatching(words),
      detail: { offset: 0 },
    });
    const place = await makePlace(root(), '');
    await putSnapshot(place, 'periodic/20260101T000000Z', bytes);
    const folder = await openPlace(place);
    const [listed] = await listSnapshots(folder);
    expect(listed).toMatchObject({ health: 'damaged', healthDetail: expect.stringMatching(words) });
    const { passedOver } = await isDue(folder);
    expect(passedOver.map(({ why }) => why)).toEqual([expect.stringMatching(words)]);
  });

  test('but was created by macOS beside a real file is listed as such, and can be pruned', async () => {
    const place = await makePlace(root(), addEvents(1));
    const id = 'periodic/._20260101T000000Z';
    await mkdir(join(place.dir, 'snapshots/periodic'), { recursive: true });
    await putSnapshot(place, id, Buffer.from('0005160700020000', 'hex'));
    const folder = await openPlace(place);
    const [listed] = await listSnapshots(folder);
    expect(listed).toMatchObject({ id, healthDetail: expect.stringMatching(/AppleDouble/) });
    expect((await applyPrune(folder, { by: 'choice', ids: [id] })).moved).toEqual([id]);
    expect(await listSnapshots(folder)).toEqual([]);
  });
});
