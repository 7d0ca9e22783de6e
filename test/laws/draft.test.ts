import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkProfile,
  draftProfile,
  openDataFolder,
  type ProfileDraft,
  SnapbackError,
  saveDraft,
} from '../../src/index.ts';
import { quoteName } from '../../src/sqlite/names.ts';
import { asHost, makeDir, makeRoot } from '../support/place.ts';

const root = makeRoot();

const TABLES = [
  ...['event_log', 'Events', 'messages', 'chats', 'users', 'schema_migrations', 'Last_Event_Id', '_snapback'],
  ...['main.x', 'q"u', '日本', 'new\nline', 'x'.repeat(129), '__proto__', 'constructor', 'you_entity'],
];
const COLUMNS = [
  ...['id', 'ID', 'ts', 'kind', 'payload_json', 'hidden', 'superseded_by', 'branch_id'],
  ...['type', 'data', 'body', 'created_at', 'session_id', 'role', 'text', 'title', 'name', 'deleted'],
  ...['deleted_at', 'is_active', 'status'],
  ...['a.b', 'q"u', '日本', 'new\nline', 'x'.repeat(129), '__proto__', 'rowid'],
];
const VALUES = [
  ...[null, 1, 2n ** 62n, 1.5, new Uint8Array([1, 255]), '', 'one', 'Some words of a text.', 'rewind', 'c1'],
  ...[0, 'deleted', 'room:r1:2', `d"e`],
  ...[
    '2026-01-01T10:00:00Z',
    1795000000,
    '{"text": "Some words.", "chat_id": "c1"}',
    '[{"text": "In a list."}]',
  ],
  ...['{"new\\nline": "Some words here.", "__proto__": {"text": "And here."}}', '{', '"a text"'],
  JSON.stringify({ ['y'.repeat(200)]: 'Words behind a long name.', 'a.b': 'Some more words.' }),
];

const fold = (name: string) => name.toLowerCase();
const tables = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...TABLES),
    columns: fc.uniqueArray(fc.constantFrom(...COLUMNS), { minLength: 1, maxLength: 7, selector: fold }),
    type: fc.constantFrom('', 'INTEGER', 'TEXT'),
    key: fc.constantFrom('none', 'first', 'both', 'without-rowid'),
    rows: fc.array(fc.array(fc.constantFrom(...VALUES), { minLength: 7, maxLength: 7 }), { maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 4, selector: ({ name }) => fold(name) },
);
type TableOf = typeof tables extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

function create(file: string, specs: readonly TableOf[]): void {
  asHost({ databaseFile: file }, (db) => {
    for (const { name, columns, type, key, rows } of specs) {
      const keyed = columns.slice(0, key === 'both' ? 2 : 1).map(quoteName);
      const primary = key === 'none' ? '' : `, PRIMARY KEY (${keyed.join(', ')})`;
      const declared = columns.map((column) => `${quoteName(column)} ${type}`).join(', ');
      db.exec(
        `CREATE TABLE ${quoteName(name)} (${declared}${primary})${key === 'without-rowid' ? ' WITHOUT ROWID' : ''}`,
      );
      const insert = db.prepare(
        `INSERT OR IGNORE INTO ${quoteName(name)} VALUES (${columns.map(() => '?').join(', ')})`,
      );
      for (const row of rows) {
        try {
          insert.run(...row.slice(0, columns.length));
        } catch {
          // An integer key takes no text: then the table has one row less.
        }
      }
    }
  });
}

test('whatever the shape of a database, what is drafted is valid, fits it, and is understood as the draft says', async () => {
  const seen = { drafted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(tables, async (specs) => {
      const dir = await makeDir(root());
      create(join(dir, 'app.db'), specs);
      const folder = await openDataFolder(dir, { anyDatabase: true });
      const draft = await draftProfile(folder).catch((error: unknown): ProfileDraft | null => {
        if (error instanceof SnapbackError && error.code === 'database-missing') return null;
        throw error;
      });
      if (draft === null) {
        seen.refused += 1;
        return;
      }
      seen.drafted += 1;
      await saveDraft(folder, draft, join(dir, 'snapback-profile.json'));
      expect(await checkProfile(await openDataFolder(dir))).toEqual(draft.check);
      expect(draft.check.tables).toMatchObject({ missing: [], unreadable: [] });
    }),
    { numRuns: 150 },
  );
  // The law says something about both.
  expect(Math.min(seen.drafted, seen.refused)).toBeGreaterThan(5);
});
