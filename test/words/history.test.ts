import { describe, expect, test } from 'vitest';
import type { HistoryEntry, RestoreEntry } from '../../src/model/history.ts';
import type { RestoredPart, RestoreReceipt, Returned } from '../../src/model/receipt.ts';
import {
  endedWords,
  entryStory,
  figuresWords,
  isAllUndone,
  receiptText,
  standingWords,
  stepOf,
  takeBackWords,
} from '../../words/history.ts';
import { storyText } from '../../words/story.ts';
import { receipt } from '../support/plan.ts';

const now = new Date(2026, 10, 25, 15, 0);
const rules = {
  nouns: [
    { table: 'memories', one: 'memory', many: 'memories' },
    { table: 'scenes', one: 'scene', many: 'scenes' },
  ],
};
const takenAt = new Date(2026, 10, 25, 14, 3).toISOString();

const restore: RestoreEntry = {
  ...{ kind: 'restore', id: 'restore/a', at: takenAt, target: 'rewind/a', targetTakenAt: takenAt, of: null },
  ...{ mode: 'full', ended: 'done', code: null, standing: 'held', receipt },
  replacedBy: null,
  wayBack: { can: true, by: 'undo', since: 0 },
};

const named = (...names: readonly string[]) =>
  names.map((chatName, at) => ({ chat: `c${at}`, chatName, messages: 5 }));
const back = (returned: Returned, given: Partial<RestoreReceipt> = {}): RestoreEntry => ({
  ...restore,
  receipt: { ...receipt, returned, ...given },
});
const part = (given: RestoredPart): RestoreEntry => ({
  ...restore,
  receipt: { ...receipt, isPart: true, part: given },
});
const rows = (table: string, back: number, gone = 0) => ({ table, role: 'projected', back, gone }) as const;
const name = (entry: HistoryEntry, all: readonly HistoryEntry[] = []) =>
  storyText(entryStory(entry, all, { now, rules }));

describe('an entry is named', () => {
  test.each<[string, RestoreEntry]>([
    [
      'Brought back Lighthouse, 20 messages',
      back({ messages: 20, events: 22, chats: 1, named: named('Lighthouse') }),
    ],
    [
      'Brought back Lighthouse, 1 event',
      back({ messages: 0, events: 1, chats: 1, named: named('Lighthouse') }),
    ],
    [
      'Brought back A and B, 10 messages',
      back({ messages: 10, events: 10, chats: 2, named: named('A', 'B') }),
    ],
    [
      'Brought back A, B and C, 15 messages',
      back({ messages: 15, events: 15, chats: 3, named: named('A', 'B', 'C') }),
    ],
    [
      'Brought back A, B and 7 other chats, 45 messages',
      back({ messages: 45, events: 45, chats: 9, named: named('A', 'B', 'C', 'D') }),
    ],
    [
      'Brought back 3 events',
      back({ messages: 0, events: 3, chats: 1, named: [{ chat: null, chatName: null, messages: 0 }] }),
    ],
    [
      'Brought back Lighthouse, 2 messages, keeping what was newer',
      back(
        { messages: 2, events: 2, chats: 1, named: named('Lighthouse') },
        { replay: { fromEvent: 1n, toEvent: 2n } },
      ),
    ],
    ['Restore to today 14:03', back({ messages: 0, events: 0, chats: 0, named: [] })],
    ['Restore to today 14:03', { ...restore, receipt: null }],
    ['Restore of a part, as of today 14:03', { ...restore, receipt: { ...receipt, isPart: true } }],
    ['Brought back Lighthouse, as of today 14:03', part({ by: 'chat', chat: 'c1', chatName: 'Lighthouse' })],
    ['Brought back the table memories, as of today 14:03', part({ by: 'tables', tables: ['memories'] })],
    [
      'Brought back the tables memories and scenes, as of today 14:03',
      part({ by: 'tables', tables: ['memories', 'scenes'] }),
    ],
    [
      'Brought back the tables a, b, c and 2 others, as of today 14:03',
      part({ by: 'tables', tables: ['a', 'b', 'c', 'd', 'e'] }),
    ],
    ['Brought back 3 memories, as of today 14:03', part({ by: 'rows', rows: [rows('memories', 3, 1)] })],
    [
      'Brought back 3 memories, 2 events, 1 entry in inbox and 2 other entries, as of today 14:03',
      part({
        by: 'rows',
        rows: [
          ...[rows('inbox', 1), rows('scenes', 1), rows('memories', 3), rows('moods', 1)],
          { ...rows('event_log', 2), role: 'log' },
        ],
      }),
    ],
    ['Removed 1 scene, as of today 14:03', part({ by: 'rows', rows: [rows('scenes', 0, 1)] })],
    ['Restore to rewind/a', { ...restore, targetTakenAt: null }],
    ['Derived data rebuilt as of today 14:03', { ...restore, mode: 'projections' }],
  ])('%s', (words, entry) => {
    expect(name(entry)).toBe(words);
  });

  test('by the restore that it took back or made again, as far as that is known', () => {
    const root = back({ messages: 20, events: 20, chats: 1, named: named('Lighthouse') });
    const undo: RestoreEntry = { ...restore, kind: 'undo', id: 'restore/b', of: root.id };
    expect(name(undo, [undo, root])).toBe('Undo of “Brought back Lighthouse, 20 messages”');
    expect(name({ ...undo, kind: 'redo' }, [root])).toBe('Redo of “Brought back Lighthouse, 20 messages”');
    expect(name({ ...undo, of: null }, [root])).toBe('Undo of an earlier restore');
  });

  test('by what was moved or kept', () => {
    const common = {
      at: takenAt,
      by: 'person',
      wayBack: { can: false, why: 'kept', because: 'It stays.' },
    } as const;
    const kept = {
      ...common,
      kind: 'keep',
      id: '@kept/a',
      target: 'rewind/a',
      targetTakenAt: takenAt,
    } as const;
    expect(name({ ...kept, name: null })).toBe('Kept the snapshot of today 14:03');
    expect(name({ ...kept, name: 'Mine' })).toBe('Kept “Mine”');
    const ofFile = { ...kept, target: '@file/chat.db.bak', targetTakenAt: null, name: null };
    expect(name(ofFile)).toBe('Kept “chat.db.bak”');
    const pruned = {
      ...common,
      kind: 'prune',
      id: 'trash/a',
      snapshots: ['rewind/a'],
      bytes: 2_000,
    } as const;
    expect(name(pruned)).toBe('Moved 1 snapshot to the trash');
    expect(figuresWords(pruned)).toBe('2 kB in the trash.');
    expect(takeBackWords(pruned)).toBe('It stays.');
    expect([standingWords(pruned), standingWords({ ...pruned, by: 'itself' })]).toEqual(['', 'Automatic']);
  });

  const other = { id: 'a', at: takenAt, wayBack: { can: false, why: 'taken', because: '' } } as const;
  const taken = { ...other, kind: 'take', by: 'person', target: 'rewind/a', isThere: true } as const;
  const emptied = { ...other, kind: 'empty-trash', files: 3, bytes: 2_000, to: 'deleted' } as const;
  test.each<[string, string, HistoryEntry]>([
    ['Took a snapshot', '', taken],
    ['Took a checkpoint', 'It is not there any more.', { ...taken, target: 'periodic/a', isThere: false }],
    ['Put 2 snapshots back from the trash', '', { ...other, kind: 'put-back', snapshots: ['a/b', 'a/c'] }],
    ['Deleted 3 snapshots for good', '2 kB.', emptied],
    ['Moved 3 snapshots to the system’s trash', '2 kB.', { ...emptied, to: 'system-trash' }],
    [
      'Saved what is whole of the snapshot of today 14:03 as “whole.json”',
      '',
      { ...other, kind: 'salvage', target: 'a/b', targetTakenAt: takenAt, fileName: 'whole.json' },
    ],
  ])('%s %s', (words, figures, entry) => {
    expect([name(entry), figuresWords(entry)]).toEqual([words, figures]);
  });
});

test('the figures of a receipt are summed up, and nothing that is zero is said', () => {
  expect(figuresWords(restore)).toBe('1,234 entries came back, 3 changed, 1 removed; 2 tables verified.');
  expect(figuresWords({ ...restore, receipt: { ...receipt, tables: [] } })).toBe(
    'Nothing differed; 0 tables verified.',
  );
  expect(figuresWords({ ...restore, receipt: null })).toBe('');
});

test('it is said how an entry ended only where that is not simply done', () => {
  const ended = (given: Partial<RestoreEntry>) => endedWords({ ...restore, ...given });
  expect(ended({})).toBe('');
  expect(ended({ ended: 'found-done' })).toBe('Interrupted, and complete.');
  expect(ended({ ended: 'not-made', code: 'core-stopped' })).toBe('Interrupted: nothing had changed.');
  expect(ended({ ended: 'not-made', code: 'cancelled' })).toBe('Cancelled: nothing was changed.');
  expect(ended({ ended: 'not-made', code: 'disk-full' })).toBe('Failed: nothing was changed.');
});

test('Undo is called exact only if nothing was written since', () => {
  const words = (by: 'undo' | 'redo', since: number | null) =>
    takeBackWords({ ...restore, wayBack: { can: true, by, since } });
  expect(words('undo', 0)).toBe('Undo takes back only this: no event was written since.');
  expect(words('redo', 0)).toBe('Redo makes it again: no event was written since.');
  expect(words('undo', 1)).toBe(
    'Undo is no longer exact: 1 event was written since, and would be removed too.',
  );
  expect(words('redo', 3)).toBe(
    'Redo is no longer exact: 3 events were written since, and would be removed too.',
  );
  expect(words('undo', null)).toMatch(/^Undo is possible\. What was written since can’t be counted/);
});

test('whether an entry is what the chats are like is said of restores that were made', () => {
  const standing = (given: Partial<RestoreEntry>) => standingWords({ ...restore, ...given });
  expect(standing({})).toBe('Your chats are like this now');
  expect(standing({ standing: 'past' })).toBe('No longer in effect');
  expect(standing({ standing: 'past', kind: 'undo' })).toBe('');
  expect(standing({ standing: 'past', ended: 'not-made' })).toBe('');
  expect(standing({ standing: 'in-effect' })).toBe('');
  expect(standing({ standing: 'in-effect', replacedBy: 'restore/b' })).toBe('Replaced by a later restore');
});

test('everything counts as undone only if something can be made again', () => {
  const history = { entries: [], held: null, undo: null, redo: null };
  expect([isAllUndone(history), isAllUndone({ ...history, redo: 'restore/b' })]).toEqual([false, true]);
  expect(isAllUndone({ ...history, held: 'restore/a', undo: 'restore/a', redo: 'restore/b' })).toBe(false);
});

test('an undo and a redo ask about the restore that is really meant', () => {
  const root = back({ messages: 20, events: 20, chats: 1, named: named('Lighthouse') });
  const undone: RestoreEntry = {
    ...{ ...restore, kind: 'undo', id: 'restore/b', of: root.id, target: root.id },
    wayBack: { can: true, by: 'redo', since: 0 },
  };
  const asked = (entry: HistoryEntry) => {
    const step = stepOf(entry, [undone, root], { now, rules });
    return step === null ? null : [step.of, storyText(step.name), step.from.state, step.from.snapshotId];
  };
  const name = 'Brought back Lighthouse, 20 messages';
  expect(asked(root)).toEqual(['restore/a', name, 'restored', 'rewind/a']);
  expect(asked(undone)).toEqual(['restore/b', name, 'undone', 'rewind/a']);
  expect(asked({ ...root, wayBack: { can: false, why: 'past', because: '' } })).toBe(null);
});

test('a receipt in words has its name, time, figures, tables and checks', () => {
  const checks = [{ check: 'content-hash', subject: 'a', result: 'ok', detail: null }] as const;
  const entry = { ...restore, receipt: { ...receipt, checks, checkpointId: 'periodic/a' } };
  const text = receiptText(entry, [entry], { now, rules });
  expect(text.slice(0, 3)).toEqual([
    'Restore to today 14:03',
    expect.stringMatching(/^2026-11-25 \d\d:03:00 UTC, restore\/a$/),
    '1,234 entries came back, 3 changed, 1 removed; 2 tables verified.',
  ]);
  expect(text).toContain('From: rewind/a');
  expect(text).toContain('Checkpoint: periodic/a');
  expect(text).toContain('a: 9 rows; 1,200 came back, 2 changed, 0 removed');
  expect(text.at(-1)).toBe('ok  All rows match');
});
