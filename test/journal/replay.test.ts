import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/journal/entry.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import { receipt } from '../support/plan.ts';

const at = '2026-01-01T00:00:00.000Z';
const copyOf = (planId: string) => `restore/of ${planId}`;

function prepare(planId: string, checkpointDraft: string | null = `${planId}.part`): JournalEntry {
  const safetyCopyId = copyOf(planId);
  return {
    type: 'prepared',
    planId,
    action: 'restore',
    snapshotId: 'rewind/a',
    safetyCopyId,
    checkpointDraft,
    by: null,
    at,
  };
}

function commit(
  planId: string,
  checkpointId: string | null = null,
  mode: 'full' | 'projections' = 'full',
): JournalEntry {
  const made = { ...receipt, planId, mode, finishedAt: at, safetyCopyId: copyOf(planId), checkpointId };
  return { type: 'committed', receipt: made, at };
}

const recover = (planId: string): JournalEntry => ({
  type: 'recovered',
  planId,
  safetyCopyId: copyOf(planId),
  at,
});
const abort = (planId: string): JournalEntry => ({ type: 'aborted', planId, code: 'core-stopped', at });
const publish = (planId: string, checkpointId: string | null = `periodic/of ${planId}`): JournalEntry => ({
  type: 'checkpoint-published',
  planId,
  checkpointId,
  at,
});

/** The parts by plan, so that they can be read at a glance. */
function told(...entries: readonly JournalEntry[]) {
  const { open, committed, undecided } = replayJournal(entries);
  return {
    open: open.map((one) => `${one.entry.planId}${one.committed ? ' committed' : ''}`),
    committed: committed.map(({ planId, receipt }) => `${planId}${receipt === null ? '' : ' with receipt'}`),
    undecided: [...undecided],
  };
}

describe('a restore that was begun', () => {
  test.each<[string, readonly JournalEntry[], ReturnType<typeof told>]>([
    ['is open and undecided', [prepare('a')], { open: ['a'], committed: [], undecided: [copyOf('a')] }],
    ['is over when it was aborted', [prepare('a'), abort('a')], { open: [], committed: [], undecided: [] }],
    [
      'lacks only its checkpoint when it was committed',
      [prepare('a'), commit('a')],
      { open: ['a committed'], committed: ['a with receipt'], undecided: [] },
    ],
    [
      'lacks nothing when it was committed and has no checkpoint',
      [prepare('a', null), commit('a')],
      { open: [], committed: ['a with receipt'], undecided: [] },
    ],
    [
      'lacks its checkpoint when a later start found it committed',
      [prepare('a'), recover('a')],
      { open: ['a committed'], committed: ['a'], undecided: [] },
    ],
    [
      'is done when its checkpoint is published',
      [prepare('a'), recover('a'), publish('a')],
      { open: [], committed: ['a'], undecided: [] },
    ],
    [
      'was committed when its checkpoint is published, though no line says so',
      [prepare('a'), publish('a')],
      { open: [], committed: ['a'], undecided: [] },
    ],
    [
      'was committed the second time when a checkpoint is published after that was begun',
      [prepare('a'), commit('a'), publish('a'), prepare('a'), publish('a')],
      { open: [], committed: ['a with receipt', 'a'], undecided: [] },
    ],
    [
      'keeps its checkpoint to be published when a later one of the tables alone was committed',
      [prepare('a'), commit('a'), prepare('b', null), commit('b', null, 'projections')],
      { open: ['a committed'], committed: ['a with receipt', 'b with receipt'], undecided: [] },
    ],
    [
      'has no checkpoint to be published any more when a later full one was committed',
      [prepare('a'), commit('a'), prepare('b'), publish('b')],
      { open: [], committed: ['a with receipt', 'b'], undecided: [] },
    ],
    [
      'stays open when one that was begun before it is found committed',
      [prepare('a'), prepare('b'), recover('a')],
      { open: ['a committed', 'b'], committed: ['a'], undecided: [copyOf('b')] },
    ],
    [
      'is older than one that was begun after it, whenever it is found committed',
      [prepare('a'), prepare('b', null), commit('b', null, 'projections'), recover('a')],
      { open: ['a committed'], committed: ['a', 'b with receipt'], undecided: [] },
    ],
    [
      'is open again when it is tried again',
      [prepare('a'), abort('a'), prepare('a')],
      { open: ['a'], committed: [], undecided: [copyOf('a')] },
    ],
    [
      'has nothing left to do when a later one was committed, but remains undecided',
      [prepare('a'), prepare('b'), commit('b'), publish('b')],
      { open: [], committed: ['b with receipt'], undecided: [copyOf('a')] },
    ],
    [
      'keeps its order among several',
      [prepare('b'), prepare('a'), abort('c')],
      { open: ['b', 'a'], committed: [], undecided: [copyOf('b'), copyOf('a')] },
    ],
  ])('%s', (_, entries, expected) => {
    expect(told(...entries)).toEqual(expected);
  });
});

test('committed restores are listed oldest first, even if the beginning of the journal is missing', () => {
  const entries = [commit('a'), prepare('b'), recover('b'), prepare('a'), commit('a')];
  expect(told(...entries).committed).toEqual(['a with receipt', 'b', 'a with receipt']);
});

test('a restore is matched with the checkpoint published for it, by its receipt or by a later start', () => {
  const checkpoints = (...entries: readonly JournalEntry[]) =>
    replayJournal(entries).committed.map(({ planId, checkpointId }) => [planId, checkpointId]);
  const byReceipt = commit('a', 'periodic/of a');
  expect(checkpoints(prepare('a'), byReceipt)).toEqual([['a', 'periodic/of a']]);
  expect(replayJournal([prepare('a'), byReceipt]).open).toEqual([]);
  expect(checkpoints(prepare('a'), recover('a'), publish('a'))).toEqual([['a', 'periodic/of a']]);
  expect(checkpoints(prepare('a'), recover('a'), publish('a', null))).toEqual([['a', null]]);
  expect(checkpoints(prepare('a'), byReceipt, publish('a', null))).toEqual([['a', 'periodic/of a']]);
  expect(checkpoints(byReceipt, prepare('b'), recover('b'), prepare('a'), commit('a'))).toEqual([
    ['a', 'periodic/of a'],
    ['b', null],
    ['a', null],
  ]);
});

test('a restore is known to be full from its receipt, its draft or its checkpoint', () => {
  const full = (...entries: readonly JournalEntry[]) => replayJournal(entries).committed.at(-1)?.full;
  expect(full(commit('a'))).toBe(true);
  expect(full(commit('a', null, 'projections'))).toBe(false);
  expect(full(prepare('a'), recover('a'))).toBe(true);
  expect(full(prepare('a', null), recover('a'))).toBe(null);
  expect(full(recover('a'), publish('a'))).toBe(true);
  expect(full(prepare('a'), publish('a'))).toBe(true);
});

test('the last published checkpoint is known even without the restore that it belongs to', () => {
  expect(replayJournal([prepare('a')]).lastCheckpoint).toBe(null);
  expect(replayJournal([publish('a'), publish('b')]).lastCheckpoint).toBe('periodic/of b');
});

test('the safety copies of restores that were given up are known', () => {
  const { aborted } = replayJournal([prepare('a'), abort('a'), prepare('b'), commit('b'), abort('c')]);
  expect([...aborted]).toEqual([copyOf('a')]);
});

test('a safety copy of a restore that is tried again no longer counts as given up', () => {
  const { aborted, undecided } = replayJournal([prepare('a'), abort('a'), prepare('a')]);
  expect([[...aborted], [...undecided]]).toEqual([[], [copyOf('a')]]);
});

test('an open restore whose tables a later one has overwritten is recognized, even if that was of the tables alone', () => {
  const overwritten = (...entries: readonly JournalEntry[]) =>
    replayJournal(entries).open.map((one) => one.overwritten);
  expect(overwritten(prepare('a'), prepare('b', null), commit('b', null, 'projections'))).toEqual([true]);
  expect(overwritten(prepare('a'), prepare('b', null), recover('b'))).toEqual([true]);
  expect(overwritten(prepare('b', null), prepare('a'), recover('b'))).toEqual([false]);
});

test('an empty journal differs from one that says that nothing is left', () => {
  expect(replayJournal([]).empty).toBe(true);
  expect(replayJournal([abort('a')]).empty).toBe(false);
});
