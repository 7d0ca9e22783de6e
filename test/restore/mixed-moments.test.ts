import { describe, expect, test } from 'vitest';
import { describeDiff } from '../../src/cli/report.ts';
import { describePlan, describeReceipt } from '../../src/cli/restore-report.ts';
import { applyRestore, applyUndo, diffSnapshot, planRestore } from '../../src/index.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { leadWords } from '../../words/plan.ts';
import { endWords } from '../../words/receipt.ts';
import { addEvents, asHost, makePlace, makeRoot, open, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { defaultRules } from '../support/rules.ts';
import { readState } from '../support/state.ts';

/**
 * A file of the host can't tell an empty table from one that did not exist yet. Its rows stay unless the user chooses
 * otherwise. The result then belongs to no single moment, and the plan and the receipt say so.
 */
const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const request = restoring(ID);

/** A snapshot at event 3, without a memory; since then five events and ten memories. */
async function makeEarly() {
  const place = await makePlace(root(), 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);');
  run(place, addEvents(3));
  const events = asHost(place, (db) => db.prepare('SELECT * FROM event_log').all());
  await putSnapshot(
    place,
    ID,
    JSON.stringify({ last_event_id: 3, event_log: events, memories: [], chats: [] }),
  );
  run(place, addEvents(5, 'later'));
  run(
    place,
    'INSERT INTO memories WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i, i FROM n',
  );
  return { place, folder: await open(place), since: readState(place.databaseFile) };
}

describe.concurrent('rows that a restore leaves beside an older log', () => {
  test('do not count as removed, neither in the comparison nor in the plan', async () => {
    const { folder } = await makeEarly();
    const memories = { name: 'memories', state: 'empty-then', liveRows: 10, removed: 0 };
    expect((await diffSnapshot(folder, ID)).tables).toContainEqual(expect.objectContaining(memories));
    const plan = await planRestore(folder, request);
    expect(plan.tables).toContainEqual(expect.objectContaining({ ...memories, action: 'leave' }));
  });

  test('are named in plan, receipt and journal, and such a restore is not called full', async () => {
    const { place, folder, since } = await makeEarly();
    const left = [{ name: 'memories', rows: 10, choice: true }];
    const plan = await planRestore(folder, request);
    expect(plan).toMatchObject({ notRestored: left, refusals: [] });
    const receipt = await applyRestore(folder, request, { ...NOW, planId: plan.planId });
    expect(receipt.notRestored).toEqual(left);
    expect(await readJournal(folder)).toContainEqual(expect.objectContaining({ receipt }));
    expect(readState(place.databaseFile).tables.memories).toEqual(since.tables.memories);
    const said = [describePlan(plan, defaultRules, new Date()), describeReceipt(receipt)].map((lines) =>
      lines.join('\n'),
    );
    for (const text of [...said, leadWords(plan, new Date()), endWords('Restore', receipt)])
      expect(text).toContain('memories (10 entries)');
    expect(said[0]).toContain('--clear-table memories');
    expect(said[0]).not.toContain('Restore in full');
    expect(describeDiff(await diffSnapshot(folder, ID), defaultRules).join('\n')).toContain(
      '--clear-table memories',
    );
  });

  test('are removed on request: then it is a full restore, and its undo brings them back', async () => {
    const { place, folder, since } = await makeEarly();
    const chosen = { ...request, clearTables: ['memories'] };
    const plan = await planRestore(folder, chosen);
    expect(plan.notRestored).toEqual([]);
    expect(plan.tables.find(({ name }) => name === 'memories')).toMatchObject({
      action: 'write',
      removed: 10,
    });
    expect(describePlan(plan, defaultRules, new Date()).join('\n')).not.toContain('stays');
    const receipt = await applyRestore(folder, chosen, NOW);
    expect(receipt.notRestored).toEqual([]);
    expect(endWords('Restore', receipt)).toBe('Everything is back.');
    expect(readState(place.databaseFile).tables.memories).toEqual([]);
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });
});

test('in a table that is left alone are not counted as changed', async () => {
  const { folder } = await makeEarly();
  const plan = await planRestore(folder, { ...request, mode: 'projections' });
  const left = plan.tables.filter(({ action }) => action === 'leave');
  expect(left.map(({ added, removed, changed }) => [added, removed, changed])).toEqual(
    left.map(() => [0, 0, 0]),
  );
  expect(plan.tables.find(({ role }) => role === 'log')).toMatchObject({ action: 'leave', liveRows: 8 });
});
