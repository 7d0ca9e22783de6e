import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, finishInterrupted } from '../../src/index.ts';
import { killAtCommit } from '../support/killed.ts';
import { addEvents, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/**
 * A safety copy names what a restore makes of a table by the rows that change, where these are few, else by the whole
 * content. Either tells how the restore ended.
 */
const root = makeRoot();

const ROWS = `INSERT INTO bots SELECT id, 'bot ' || id FROM event_log; INSERT INTO edges SELECT 'a', kind, 0.5 FROM event_log;`;

const story: Story = {
  schema: `CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE edges (a TEXT, b TEXT, x REAL);
    CREATE TABLE chats (title TEXT, id TEXT PRIMARY KEY) WITHOUT ROWID; CREATE INDEX by_name ON bots (name);`,
  before: `${addEvents(20)} ${ROWS} INSERT INTO chats SELECT 'Title', 'chat ' || id FROM event_log;`,
  since: '',
};

const kinds: readonly (readonly [kind: string, since: string])[] = [
  [
    'removed',
    `UPDATE bots SET name = 'mistaken' WHERE id = 2; DELETE FROM bots WHERE id = 3; INSERT INTO bots VALUES (900, 'late');
     UPDATE chats SET title = 'mistaken' WHERE id = 'chat 2'; DELETE FROM edges WHERE rowid < 3; INSERT INTO edges VALUES ('z', 'z', -0.0);`,
  ],
  ['hash', "UPDATE bots SET name = 'mistaken'; UPDATE chats SET title = 'mistaken'; UPDATE edges SET x = 1;"],
];

function notedOf({ dir }: Place, id: string) {
  const copy = new Database(`${dir}/snapshots/${id}.db`, { readonly: true });
  try {
    const about = JSON.parse(
      String(copy.prepare('SELECT value FROM snapback_about WHERE part = 1').pluck().get()),
    );
    return about.restore.after.filter(({ name }: { readonly name: string }) => name !== 'event_log');
  } finally {
    copy.close();
  }
}

describe.each(kinds)('a copy that notes what is %s', (kind, since) => {
  test.each([
    ['committed', 'full', ''],
    ['committed', 'projections', ''],
    ['committed', 'projections', "UPDATE chats SET title = 'host' WHERE id = 'chat 9'"],
    ['not-committed', 'projections', ''],
    ['not-committed', 'projections', "UPDATE chats SET title = 'host' WHERE id = 'chat 9'"],
  ] as const)('tells that a restore was %s (%s), after the host did “%s”', async (outcome, mode, host) => {
    const { place, id } = await live(root(), { ...story, since });
    const { receipt, draft } = await killAtCommit(place, id, { committed: outcome === 'committed', mode });
    expect(notedOf(place, receipt.safetyCopyId)).toSatisfy((tables: readonly object[]) =>
      tables.every((table) => kind in table),
    );
    expect(draft !== null).toBe(mode === 'full');
    if (host !== '') run(place, host);
    expect(await finishInterrupted(await open(place))).toMatchObject([{ outcome }]);
  });

  test.each([true, false])(
    'whose rows cannot be read: the checkpoint tells, committed: %s',
    async (committed) => {
      const { place, id } = await live(root(), { ...story, since });
      const { receipt, draft } = await killAtCommit(place, id, { committed });
      const file = join(place.dir, 'snapshots', `${receipt.safetyCopyId}.db`);
      const bytes = await readFile(file);
      bytes.write('X', bytes.indexOf('mistaken'));
      await writeFile(file, bytes);
      const finished = await finishInterrupted(await open(place));
      if (committed)
        expect(finished).toMatchObject([{ outcome: 'committed', checkpointId: expect.any(String) }]);
      else expect(finished).toEqual([]);
      expect(existsSync(draft ?? '')).toBe(!committed);
    },
  );

  test('is undone to the last bit, and again', async () => {
    const { place, id } = await live(root(), { ...story, since });
    const states = [readState(place.databaseFile)];
    const folder = await open(place);
    const request = restoring(id);
    const receipt = await applyRestore(folder, request, NOW);
    for (const { name, beforeHash, afterHash, added, removed, changed } of receipt.tables)
      expect([name, beforeHash !== afterHash]).toEqual([name, added + removed + changed > 0]);
    states.push(readState(place.databaseFile));
    for (const state of [states[0], states[1]]) {
      await applyUndo(folder, {}, NOW);
      expect(readState(place.databaseFile)).toEqual(state);
    }
  });
});
