import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyPrune,
  applyRestore,
  applyUndo,
  type DataFolder,
  defaultRestoreOptions,
  emptyTrash,
  finishInterrupted,
  type HistoryEntry,
  keepSnapshot,
  openDataFolder,
  planUndo,
  putBack,
  type RestoreEntry,
  readHistory,
  salvageSnapshot,
  takeSnapshot,
} from '../../src/index.ts';
import { killAtCommit } from '../support/killed.ts';
import { codeOf, errorOf, makeDatabase, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { keeping, rewindLately } from '../support/rewound.ts';
import { type Act, act, beginSequence, UNDO } from '../support/sequence.ts';
import { readState } from '../support/state.ts';

/** What was done is told from the journal and the folder, with where Undo and Redo lead. Only Undo and Redo change anything. */
const root = makeRoot();

/** What Undo, or Redo, of the history takes back. */
type Walk = 'back' | 'again';

async function walk(folder: DataFolder, way: Walk): Promise<void> {
  const { undo, redo } = await readHistory(folder);
  await applyUndo(folder, { ...UNDO, of: way === 'back' ? (undo ?? 'none') : (redo ?? 'none') }, NOW);
}

/** Each restore, undo and redo in short, newest first: `*` is held, `-` is past; then how it can be taken back. */
function inShort(entries: readonly HistoryEntry[], ids: Readonly<Record<string, string>>): readonly string[] {
  const restores = entries.filter((entry): entry is RestoreEntry => 'standing' in entry);
  const nameOf = (entry: RestoreEntry | undefined) =>
    Object.keys(ids).find((name) => ids[name] === entry?.target) ?? '?';
  return restores.map((entry) => {
    const mark = { held: '*', 'in-effect': '=', past: '-' }[entry.standing];
    const of = entry.kind === 'restore' ? entry : restores.find(({ id }) => id === entry.of);
    const { wayBack } = entry;
    const way = !wayBack.can
      ? wayBack.why
      : wayBack.by === 'put-back'
        ? ''
        : `${wayBack.by} ${wayBack.since}`;
    return `${mark} ${entry.kind} ${nameOf(of)} ${entry.ended}: ${way}`;
  });
}

const TABLE: readonly (readonly [sequence: readonly (Act | Walk)[], told: readonly string[]])[] = [
  [[], []],
  [['A'], ['* restore A done: undo 0']],
  [['A', 'host writes'], ['* restore A done: undo 1']],
  [
    ['A', 'back'],
    ['- undo A done: redo 0', '- restore A done: past'],
  ],
  [
    ['A', 'back', 'host writes'],
    ['- undo A done: redo 1', '- restore A done: past'],
  ],
  [
    ['A', 'back', 'again'],
    ['* redo A done: undo 0', '- undo A done: past', '= restore A done: newer-first'],
  ],
  [
    ['A', 'B'],
    ['* restore B done: undo 0', '= restore A done: newer-first'],
  ],
  [
    ['A', 'B', 'back'],
    ['- undo B done: redo 0', '- restore B done: past', '* restore A done: undo 0'],
  ],
  [
    ['A', 'host writes', 'B', 'back'],
    ['- undo B done: redo 0', '- restore B done: past', '* restore A done: undo 1'],
  ],
  [
    ['A', 'B', 'back', 'back'],
    ['- undo A done: redo 0', '- undo B done: past', '- restore B done: past', '- restore A done: past'],
  ],
  [
    ['A', 'B', 'back', 'back', 'again'],
    [
      '* redo A done: undo 0',
      '- undo A done: past',
      '- undo B done: redo 0',
      '- restore B done: past',
      '= restore A done: newer-first',
    ],
  ],
  [
    ['A', 'back', 'B'],
    ['* restore B done: undo 0', '- undo A done: past', '- restore A done: past'],
  ],
  [
    // The newest action, whatever it was: as without an entry.
    ['A', 'undo', 'undo'],
    ['* redo A done: undo 0', '- undo A done: past', '= restore A done: newer-first'],
  ],
  [
    ['A', 'back', 'journal lost', 'restart'],
    ['- undo A found-done: redo null', '- restore A found-done: past'],
  ],
  [
    ['A', 'B', 'journal lost', 'restart'],
    ['* restore B found-done: undo null', '- restore A undecided: undecided'],
  ],
];

describe.concurrent('the history', () => {
  test.each(TABLE)('after %j tells each action and where it leads', async (sequence, told) => {
    const { place, folder, ids } = await beginSequence(root());
    for (const what of sequence)
      if (what === 'back' || what === 'again') await walk(folder, what);
      else await act(what, place, folder, ids);
    const before = readState(place.databaseFile);
    expect(inShort((await readHistory(await open(place))).entries, ids)).toEqual(told);
    expect(readState(place.databaseFile)).toEqual(before);
  });

  test('names the chats and the messages that came back, and what stayed', async () => {
    const { folder, id } = await rewindLately(root(), 'deletes');
    await applyRestore(folder, keeping(id), NOW);
    const [entry] = (await readHistory(folder)).entries;
    expect(entry).toMatchObject({
      kind: 'restore',
      target: id,
      receipt: {
        returned: {
          messages: 4,
          events: 4,
          chats: 1,
          named: [{ chat: 'c1', chatName: 'Harbour', messages: 4 }],
        },
        replay: { fromEvent: 14n },
      },
    });
  });

  test.each([
    [true, ['* restore A found-done: undo null']],
    [false, ['- restore A not-made: not-made']],
  ])('tells how an interrupted restore ended (committed: %s)', async (committed, told) => {
    const { place, ids } = await beginSequence(root());
    await killAtCommit(place, ids.A, { committed });
    const folder = await open(place);
    expect(inShort((await readHistory(folder)).entries, ids)).toEqual(['- restore A undecided: undecided']);
    await finishInterrupted(folder);
    const { entries, held } = await readHistory(folder);
    expect(inShort(entries, ids)).toEqual(told);
    const restored = entries.find(({ kind }) => kind === 'restore');
    expect(restored).toMatchObject({ code: committed ? null : 'core-stopped', receipt: null });
    expect(held).toBe(committed ? restored?.id : null);
  });

  test('names a restore that changed nothing, and why, and goes on with the one before', async () => {
    const { place, folder, ids } = await beginSequence(root());
    await act('A', place, folder, ids);
    const journal = join(place.dir, 'snapback/journal.jsonl');
    const [announced = ''] = (await readFile(journal, 'utf8')).split('\n');
    const failed = { ...JSON.parse(announced), planId: 'later', safetyCopyId: 'restore/20991231T235959Z' };
    const aborted = { type: 'aborted', planId: 'later', code: 'disk-full', at: new Date().toISOString() };
    await appendFile(journal, `${JSON.stringify(failed)}\n${JSON.stringify(aborted)}\n`);
    const { entries } = await readHistory(folder);
    expect(entries.find(({ id }) => id === failed.safetyCopyId)).toMatchObject({
      ended: 'not-made',
      code: 'disk-full',
    });
    expect(inShort(entries, ids).toSorted()).toEqual([
      '* restore A done: undo 0',
      '- restore A not-made: not-made',
    ]);
  });

  test.each<[string, (file: string) => Promise<void>]>([
    ['copy-gone', (file) => rm(file)],
    ['copy-damaged', (file) => writeFile(file, 'nothing')],
  ])('says why nothing can be taken back: %s', async (why, harm) => {
    const { place, folder, ids } = await beginSequence(root());
    await act('A', place, folder, ids);
    const { undo } = await readHistory(folder);
    await harm(join(place.dir, 'snapshots', `${undo}.db`));
    const { entries } = await readHistory(folder);
    expect(inShort(entries, ids)).toEqual([`* restore A done: ${why}`]);
    expect(await codeOf(applyUndo(folder, { ...UNDO, of: undo }, NOW))).toBe('nothing-to-undo');
  });

  test('has also what was moved to the trash and what is kept, newest first', async () => {
    const { folder, ids } = await beginSequence(root());
    await keepSnapshot(folder, ids.A, { name: 'Before all', note: null });
    await applyPrune(folder, { by: 'choice', ids: [ids.B] });
    const { entries, undo, redo } = await readHistory(folder);
    const kept = entries.find(({ kind }) => kind === 'keep');
    expect(kept).toMatchObject({ target: ids.A, name: 'Before all', wayBack: { can: false, why: 'kept' } });
    const pruned = entries.find(({ kind }) => kind === 'prune');
    expect(pruned).toMatchObject({ snapshots: [ids.B], wayBack: { can: true, by: 'put-back' } });
    expect(entries.map(({ at }) => at)).toEqual(
      entries
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect([undo, redo]).toEqual([null, null]);
  });

  test('has what else was done, whatever became of it since, with why it is not taken back', async () => {
    const { place, folder, ids } = await beginSequence(root());
    const { id } = await takeSnapshot(folder, 'rewind');
    const kept = await keepSnapshot(folder, ids.A, { name: 'Mine', note: null });
    await applyPrune(folder, { by: 'choice', ids: [id, kept.id] });
    const trashed = (await readHistory(folder)).entries.find(({ kind }) => kind === 'prune');
    expect(trashed).toMatchObject({ snapshots: [id, kept.id], wayBack: { can: true, by: 'put-back' } });
    const trashName = trashed?.id.replace('trash/', '') ?? '';
    await putBack(folder, [{ trashName, ids: [id] }]);
    await emptyTrash(folder);
    const file = join(place.dir, 'snapshots/rewind/20200101T000000Z.json');
    await writeFile(file, (await readFile(join(place.dir, 'snapshots', `${id}.json`), 'utf8')).slice(0, -9));
    const to = `${place.dir}-whole.json`;
    await salvageSnapshot(folder, 'rewind/20200101T000000Z', { to, format: 'json' });
    const { entries } = await readHistory(await open(place));
    const why = ({ wayBack }: HistoryEntry) => (wayBack.can ? wayBack.by : wayBack.why);
    expect(entries.map((entry) => [entry.kind, why(entry)])).toEqual([
      ['salvage', 'salvaged'],
      ['empty-trash', 'deleted'],
      ['put-back', 'put-back'],
      ['prune', 'not-in-trash'],
      ['keep', 'not-kept'],
      // Two were taken before.
      ...Array.from({ length: 3 }, () => ['take', 'taken']),
    ]);
    expect(entries.find(({ kind }) => kind === 'take')).toMatchObject({ target: id, isThere: true });
    expect(entries.find(({ kind }) => kind === 'salvage')).toMatchObject({ fileName: basename(to) });
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
    await rm(join(place.dir, 'snapback/actions.jsonl'));
    expect((await readHistory(folder)).entries).toEqual([]);
  });

  test('marks what lies between a restore and its target, until that restore is undone', async () => {
    const { place, folder, ids } = await beginSequence(root());
    for (const what of ['A', 'B'] as const) await act(what, place, folder, ids);
    const marks = async () =>
      (await readHistory(folder)).entries.flatMap((entry) =>
        'replacedBy' in entry ? [[entry.kind, entry.replacedBy !== null]] : [],
      );
    expect(await marks()).toEqual([
      ['restore', false],
      ['restore', true],
    ]);
    await walk(folder, 'back');
    expect(await marks()).toEqual([
      ['undo', false],
      ['restore', false],
      ['restore', false],
    ]);
  });

  test('of a log that gives an id again counts what was written since, unless an event may have taken the place of another', async () => {
    const { place, id } = await rewindLately(root(), 'deletes');
    const plain =
      'CREATE TABLE plain (id INTEGER PRIMARY KEY, branch_id, ts, kind, payload_json, superseded_by, hidden)';
    run(place, `${plain}; INSERT INTO plain SELECT * FROM event_log; DROP TABLE event_log;`);
    run(place, 'ALTER TABLE plain RENAME TO event_log');
    const folder = await open(place);
    const request = restoring(id);
    await applyRestore(folder, { ...request, acceptOtherTimeline: true, acceptDrift: true }, NOW);
    const wayBack = async () => (await readHistory(folder)).entries[0]?.wayBack;
    const write =
      "INSERT INTO event_log (ts, kind, payload_json) VALUES ('2999-01-01T00:00:00Z', 'message', '{}')";
    expect(await wayBack()).toEqual({ can: true, by: 'undo', since: 0 });
    run(place, write);
    expect(await wayBack()).toEqual({ can: true, by: 'undo', since: 1 });
    run(place, 'DELETE FROM event_log WHERE id >= (SELECT max(id) FROM event_log) - 1');
    run(place, `${write}; ${write};`);
    expect(await wayBack()).toEqual({ can: true, by: 'undo', since: null });
  });

  test('is told without the database, where only what was written since is unknown', async () => {
    const { place, folder, ids } = await beginSequence(root());
    await act('A', place, folder, ids);
    await rm(place.databaseFile);
    const without = await openDataFolder(place.dir, { withoutDatabase: true });
    expect(inShort((await readHistory(without)).entries, ids)).toEqual(['* restore A done: undo null']);
  });

  test('leaves out what was restored in another database of the same folder', async () => {
    const { place, folder, ids } = await beginSequence(root());
    await act('A', place, folder, ids);
    makeDatabase(join(place.dir, 'other.db'), 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);');
    const other = await openDataFolder(place.dir, { database: 'other.db' });
    expect(inShort((await readHistory(other)).entries, ids)).toEqual([]);
  });
});

describe.concurrent('an entry of the history', () => {
  test('is refused by Undo if it is not what comes next, with the reason, and nothing changes', async () => {
    const { place, folder, ids } = await beginSequence(root());
    for (const what of ['A', 'B'] as const) await act(what, place, folder, ids);
    const before = readState(place.databaseFile);
    const [, older] = (await readHistory(folder)).entries;
    const error = await errorOf(planUndo(folder, { ...UNDO, of: older?.id ?? '' }));
    expect(error).toMatchObject({
      code: 'nothing-to-undo',
      message: expect.stringContaining('undo that first'),
    });
    expect(await codeOf(applyUndo(folder, { ...UNDO, of: older?.id ?? '' }, NOW))).toBe('nothing-to-undo');
    expect(await codeOf(applyUndo(folder, { ...UNDO, of: 'restore/unknown' }, NOW))).toBe('nothing-to-undo');
    expect(await codeOf(applyUndo(folder, { ...UNDO, of: '../../etc' }, NOW))).toBe('nothing-to-undo');
    expect(readState(place.databaseFile)).toEqual(before);
  });

  test('is taken back exactly as planned, or refused where the database has changed since', async () => {
    const { place, folder, ids } = await beginSequence(root());
    const states = [readState(place.databaseFile)];
    for (const what of ['A', 'B'] as const) {
      await act(what, place, folder, ids);
      states.push(readState(place.databaseFile));
    }
    await walk(folder, 'back');
    expect(readState(place.databaseFile)).toEqual(states[1]);
    const { undo } = await readHistory(folder);
    const of = undo ?? '';
    const { planId } = await planUndo(folder, { ...UNDO, of });
    run(place, "UPDATE memories SET text = 'meanwhile'");
    expect(await codeOf(applyUndo(folder, { ...UNDO, of }, { ...NOW, planId }))).toBe('plan-stale');
    await applyUndo(folder, { ...UNDO, of }, NOW);
    expect(readState(place.databaseFile)).toEqual(states[0]);
  });

  test('of the tables alone is taken back alone, and what was written to the log since is counted', async () => {
    const { place, folder, ids } = await beginSequence(root());
    const request = { ...defaultRestoreOptions, mode: 'projections' as const, snapshotId: ids.A };
    const before = readState(place.databaseFile);
    await applyRestore(folder, { ...request, action: 'restore' }, NOW);
    expect(inShort((await readHistory(folder)).entries, ids)).toEqual(['* restore A done: undo 0']);
    await act('host writes', place, folder, ids);
    expect(inShort((await readHistory(folder)).entries, ids)).toEqual(['* restore A done: undo 1']);
    await walk(folder, 'back');
    expect(readState(place.databaseFile).tables.memories).toEqual(before.tables.memories);
  });
});
