import { expect, test } from 'vitest';
import { type Conflicts, planRestore, type ShownConflict, withConflicts } from '../../src/index.ts';
import { makeMergeWorld, merging } from '../support/merging.ts';
import { addEvents, makeRoot } from '../support/place.ts';
import { textsOf } from '../support/rewound.ts';

const root = makeRoot();

const textOf = (conflict: ShownConflict | undefined, side: 'base' | 'mine' | 'theirs') =>
  conflict?.[side]?.cells.map((cell) =>
    'text' in cell ? cell.text : 'value' in cell ? cell.value : cell.type,
  );

test('the conflicts that are read in pages are those of the plan, each with its three versions; a message says what it says', async () => {
  const { place, folder, id, baseId } = await makeMergeWorld(root(), {
    ...{ way: 'flags', withBase: true },
    rewind:
      "UPDATE chats SET title = 'Pier' WHERE id = 'c1'; UPDATE memories SET text = 'rewound ' || id WHERE id < 8;",
    newer: `${addEvents(1, 'new')} UPDATE chats SET title = 'Attic' WHERE id = 'c1'; DELETE FROM faces WHERE memory = 7;
      UPDATE memories SET text = 'edited ' || id WHERE id < 7; DELETE FROM memories WHERE id = 7;
      UPDATE event_log SET superseded_by = 14 WHERE id = 10;`,
  });
  const before = textsOf(place);
  const { conflicts, conflictsHash } = await planRestore(folder, merging(id));
  const pages = await withConflicts(folder, { snapshotId: id, baseId: null }, {}, async (open: Conflicts) => {
    expect(open.overview).toEqual({
      base: { snapshot: baseId, inferred: false },
      refusal: null,
      tables: [
        { name: 'event_log', role: 'log', rows: 1 },
        { name: 'chats', role: 'projected', rows: 1 },
        { name: 'memories', role: 'projected', rows: 7 },
      ],
      hash: conflictsHash,
    });
    expect(() => open.page('faces', { offset: 0, limit: 3 })).toThrow('nothing to choose');
    const page = (table: string, offset: number) => open.page(table, { offset, limit: 3 });
    return [
      page('event_log', 0),
      page('chats', 0),
      ...[0, 3, 6, 9].map((offset) => page('memories', offset)),
    ];
  });
  expect(pages.map((page) => page.length)).toEqual([1, 1, 3, 3, 1, 0]);
  expect(pages.flat().map(({ key }) => key)).toEqual(conflicts.map(({ key }) => key));
  const [event, chat] = pages.flat();
  expect(event?.mine?.said?.text).toBe('old 10');
  expect(event?.columns.map(({ name }) => name)).toEqual(['id', 'superseded_by', 'hidden']);
  expect([textOf(chat, 'base'), textOf(chat, 'mine'), textOf(chat, 'theirs')]).toEqual([
    ['c1', 'Pier'],
    ['c1', 'Attic'],
    ['c1', 'Harbour'],
  ]);
  const gone = pages.flat().at(-1);
  expect([gone?.mine, textOf(gone, 'base'), textOf(gone, 'theirs')]).toEqual([
    ...[null, [7n, 'rewound 7'], [7n, 'of 7']],
  ]);
  expect(textsOf(place)).toEqual(before);
});

test('a row with very many columns can be chosen, too', async () => {
  const names = Array.from({ length: 900 }, (_, index) => `c${index}`);
  const { folder, id } = await makeMergeWorld(root(), {
    ...{ way: 'deletes', withBase: true },
    notes: `CREATE TABLE notes (id INTEGER PRIMARY KEY, ${names.join(', ')}); INSERT INTO notes (id, c899) VALUES (1, 'old');`,
    rewind: "UPDATE notes SET c899 = 'rewound';",
    newer: "UPDATE notes SET c899 = 'new';",
  });
  const plan = await planRestore(folder, merging(id));
  expect(plan.conflicts).toMatchObject([{ table: 'notes', key: [1n] }]);
  const [shown] = await withConflicts(folder, { snapshotId: id, baseId: null }, {}, async ({ page }) =>
    page('notes', { offset: 0, limit: 10 }),
  );
  expect(shown?.columns.map(({ name }) => name)).toEqual(['id', 'c899']);
  expect([textOf(shown, 'base'), textOf(shown, 'mine'), textOf(shown, 'theirs')]).toEqual([
    [1n, 'rewound'],
    [1n, 'new'],
    [1n, 'old'],
  ]);
});
