import { expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore, type RestoreOptions, takeSnapshot } from '../../src/index.ts';
import { makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/* There is a way back even to a state that violates foreign keys; only rows that no snapshot names keep their parents. */

const root = makeRoot();
const SCHEMA = `CREATE TABLE chats (id TEXT PRIMARY KEY);
  CREATE TABLE scenes (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id) ON DELETE CASCADE);
  CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id) ON DELETE CASCADE);`;

async function tell(before: string, since: string) {
  const place = await makePlace(root(), SCHEMA, { tables: ['chats', 'scenes'] });
  run(place, `PRAGMA foreign_keys = OFF; ${before}`);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, `PRAGMA foreign_keys = OFF; ${since}`);
  return {
    state: () => readState(place.databaseFile).tables,
    later: (sql: string) => run(place, `PRAGMA foreign_keys = OFF; ${sql}`),
    plan: (options: Partial<RestoreOptions> = {}) => planRestore(folder, restoring(id, options)),
    restore: (options: Partial<RestoreOptions> = {}, planId: string | null = null) =>
      applyRestore(folder, restoring(id, options), { ...NOW, planId }),
    undo: () => applyUndo(folder, { acceptDrift: false }, NOW),
  };
}

test.concurrent('rows of the snapshot that violate a key come back as they were, and the plan says so', async () => {
  const { state, restore, undo } = await tell(
    "INSERT INTO scenes VALUES (1, 'nowhere');",
    'DELETE FROM scenes;',
  );
  const since = state();
  const { checks } = await restore();
  expect(state().scenes).toHaveLength(1);
  expect(checks).toContainEqual({
    check: 'foreign-keys',
    subject: null,
    result: 'came-back',
    detail: '1 row of “scenes” came back without what it refers to in “chats”',
  });
  await undo();
  expect(state()).toStrictEqual(since);
});

test.concurrent('an undo brings back a state that violates keys, even those of tables outside the snapshot', async () => {
  const { state, restore, undo } = await tell(
    "INSERT INTO chats VALUES ('a');",
    "DELETE FROM chats; INSERT INTO drafts VALUES (1, 'a'); INSERT INTO scenes VALUES (1, 'a'), (2, 'b');",
  );
  const since = state();
  await restore();
  const restored = state();
  await undo();
  expect(state()).toStrictEqual(since);
  await undo();
  expect(state()).toStrictEqual(restored);
});

test.concurrent('a restore that would remove the parents of rows outside the snapshot is refused, and nothing changes', async () => {
  const { state, restore, plan } = await tell(
    '',
    "INSERT INTO chats VALUES ('new'); INSERT INTO drafts VALUES (1, 'new');",
  );
  const since = state();
  await expect(restore()).rejects.toMatchObject({
    code: 'leaves-orphans',
    detail: { check: 'foreign-keys', table: 'drafts', parent: 'chats', violations: 1 },
  });
  expect(state()).toStrictEqual(since);
  const { refusals } = await plan();
  expect(refusals.map(({ code }) => code)).toStrictEqual(['leaves-orphans']);
});

test.concurrent('an undo that would remove the parents of rows written since is refused, and nothing changes', async () => {
  const { state, restore, undo, later } = await tell("INSERT INTO chats VALUES ('a');", 'DELETE FROM chats;');
  await restore();
  later("INSERT INTO drafts VALUES (7, 'a');");
  const since = state();
  await expect(undo()).rejects.toMatchObject({ code: 'leaves-orphans', detail: { table: 'drafts' } });
  expect(state()).toStrictEqual(since);
});

test.concurrent('rows may be left without parents if that is accepted, and a way back stays', async () => {
  const { state, restore, undo, later } = await tell(
    '',
    "INSERT INTO chats VALUES ('new'); INSERT INTO drafts VALUES (1, 'new');",
  );
  const since = state();
  const receipt = await restore({ acceptDrift: true });
  expect(receipt.checks).toContainEqual(
    expect.objectContaining({ check: 'foreign-keys', result: 'came-back' }),
  );
  expect(state()).toMatchObject({ chats: [], drafts: since.drafts });
  await undo();
  expect(state()).toStrictEqual(since);
  await restore({ acceptDrift: true });
  later("INSERT INTO drafts VALUES (2, 'newer');");
  await undo();
  expect(state().chats).toStrictEqual(since.chats);
});

test.concurrent('the plan names new orphans even if as many old ones disappear, and is stale if there are others', async () => {
  const { plan, restore, later, state } = await tell(
    "INSERT INTO chats VALUES ('a');",
    "INSERT INTO chats VALUES ('new'); INSERT INTO drafts VALUES (1, 'new'); INSERT INTO scenes VALUES (9, 'nowhere');",
  );
  const accepted = await plan({ acceptDrift: true });
  expect([accepted.foreignKeyViolations, accepted.foreignKeyViolationsAfter]).toStrictEqual([1, 1]);
  expect(accepted.orphans).toStrictEqual([{ table: 'drafts', parent: 'chats', rows: 1, comesBack: false }]);
  later("INSERT INTO drafts VALUES (2, 'new');");
  const since = state();
  await expect(restore({ acceptDrift: true }, accepted.planId)).rejects.toMatchObject({ code: 'plan-stale' });
  expect(state()).toStrictEqual(since);
});

test.concurrent('the plan says how many references will point to nothing', async () => {
  const { plan } = await tell(
    "INSERT INTO scenes VALUES (1, 'nowhere'), (2, 'lost');",
    'DELETE FROM scenes;',
  );
  const { foreignKeyViolations, foreignKeyViolationsAfter, orphans, refusals } = await plan();
  expect([foreignKeyViolations, foreignKeyViolationsAfter, refusals]).toStrictEqual([0, 2, []]);
  expect(orphans).toStrictEqual([{ table: 'scenes', parent: 'chats', rows: 2, comesBack: true }]);
});
