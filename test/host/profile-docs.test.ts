import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { defaultProfile } from '../../src/host/profile.ts';
import {
  applyRestore,
  checkProfile,
  draftProfile,
  draftText,
  openDataFolder,
  planRestore,
  readHappened,
  takeSnapshot,
} from '../../src/index.ts';
import { profileLine } from '../../words/profile.ts';
import { asHost, makeDir, makeRoot } from '../support/place.ts';
import { profileKeys } from '../support/profile-keys.ts';
import { restoring } from '../support/requests.ts';

/* The document on profiles, held against what it is about. */

const root = makeRoot();
let document = '';
beforeAll(async () => {
  document = await readFile(new URL('../../docs/profile.md', import.meta.url), 'utf8');
});

/** The rows of the tables of keys: key, default, meaning. */
function rowsOfKeys(): readonly (readonly string[])[] {
  return [...document.matchAll(/^\| `([^`]+)`\s*\|\s*(.*?)\s*\|\s*(.*?)\s*\|$/gm)].map((found) =>
    found.slice(1),
  );
}

function blocks(language: string): readonly string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text = '']) => text,
  );
}

test('every key of the schema is explained, once, and no other', () => {
  const explained = rowsOfKeys().map(([key]) => key);
  expect(explained.toSorted()).toEqual(
    profileKeys()
      .map(({ key }) => key)
      .toSorted(),
  );
  for (const [key, , meaning = ''] of rowsOfKeys()) expect(meaning.length, key).toBeGreaterThan(5);
});

test('every default that is written out is the one that holds', () => {
  const written = rowsOfKeys().filter(([, value = '']) => /^`|^\d/.test(value));
  expect(written.length).toBeGreaterThan(25);
  for (const [key = '', value = ''] of written) {
    const holds = key
      .split('.')
      .reduce((inner: unknown, step) => Reflect.get(Object(inner), step), defaultProfile);
    const bare = value.replaceAll('`', '');
    expect(typeof holds === 'string' ? holds : JSON.stringify(holds), key).toBe(
      typeof holds === 'string' ? bare : JSON.stringify(JSON.parse(bare)),
    );
  }
});

test('the example of what else a profile can say is understood as it says', async () => {
  const [profile = ''] = blocks('jsonc');
  const dir = await makeDir(root());
  asHost({ databaseFile: join(dir, 'app.db') }, (db) =>
    db.exec(`CREATE TABLE event_log (id TEXT PRIMARY KEY, event_key TEXT, status TEXT, plain_text TEXT, payload_json BLOB);
      INSERT INTO event_log VALUES ('01KAFZ0000ABCDEFGHJKMNPQRS', 'chat:42:7', 'sent', 'To page ninety.', x'93a1')`),
  );
  await writeFile(join(dir, 'snapback-profile.json'), profile);
  const check = await checkProfile(await openDataFolder(dir));
  expect(check).toMatchObject({
    log: { opaque: true, timeInId: 'ulid' },
    chatKey: { prefix: 'chat:' },
    rewind: { marker: { column: 'status', missing: false } },
  });
  expect(check.fields.map(({ meaning, found }) => [meaning, found])).toEqual([
    ...[
      ['text', 1],
      ['chat', 1],
      ['speaker', 0],
      ['time', 1],
    ],
  ]);
});

test('the example of a log with a part of its events in other tables is understood as it says', async () => {
  const [, profile = ''] = blocks('jsonc');
  const dir = await makeDir(root());
  asHost({ databaseFile: join(dir, 'app.db') }, (db) =>
    db.exec(`CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT, kind_id INTEGER);
      CREATE TABLE event_kinds (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE event_bodies (event_id INTEGER PRIMARY KEY, body TEXT);
      INSERT INTO events VALUES (7, '2026-11-20T10:00:00Z', 1), (8, '2026-11-20T10:01:00Z', 2);
      INSERT INTO event_kinds VALUES (1, 'said'), (2, 'rewind');
      INSERT INTO event_bodies VALUES (7, '{"chat_id": "42", "text": "To page ninety."}')`),
  );
  await writeFile(join(dir, 'snapback-profile.json'), profile);
  expect(await checkProfile(await openDataFolder(dir))).toMatchObject({
    log: { columns: { kind: 'event_kinds.name', payload: 'event_bodies.body' }, looked: 2 },
    fields: [
      { meaning: 'text', found: 1 },
      { meaning: 'chat', found: 1 },
      { meaning: 'speaker', found: 0 },
      { meaning: 'time', found: 2 },
    ],
    rewind: { records: 1 },
    obstacles: { take: 'elsewhere', restore: 'elsewhere' },
  });
});

test('the worked example is what the commands say, and its folder works: take, rewind, restore', async () => {
  const [schema = ''] = blocks('sql');
  const [drafted = '', corrected = ''] = blocks('json');
  const [line = ''] = blocks('text');
  const dir = await makeDir(root());
  const databaseFile = join(dir, 'circle.db');
  asHost({ databaseFile }, (db) => db.exec(schema));
  expect(draftText(await draftProfile(await openDataFolder(dir, { anyDatabase: true })))).toBe(drafted);

  await writeFile(join(dir, 'snapback-profile.json'), corrected);
  const folder = await openDataFolder(dir);
  expect(`${profileLine(await checkProfile(folder), { writable: true })}\n`).toBe(line);

  const { id } = await takeSnapshot(folder, 'rewind');
  const read = () =>
    asHost({ databaseFile }, (db) =>
      ['events', 'threads', 'notes', 'settings'].map((table) => db.prepare(`SELECT * FROM ${table}`).all()),
    );
  const before = read();
  asHost({ databaseFile }, (db) =>
    db.exec(
      "DELETE FROM events WHERE seq > 1; DELETE FROM notes; INSERT INTO settings VALUES ('theme', 'dark')",
    ),
  );
  expect(await readHappened(folder)).toMatchObject({ state: 'rewound' });
  const request = restoring(id);
  const { planId } = await planRestore(folder, request);
  await applyRestore(folder, request, { planId, whileOpen: false });
  const after = read();
  expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
  expect(after[3]).toEqual([{ name: 'theme', value: 'dark' }]);
});
