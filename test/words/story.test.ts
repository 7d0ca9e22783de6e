import { describe, expect, test } from 'vitest';
import type { NewerEvents, TableDiff } from '../../src/model/diff.ts';
import { storyText, type Told, tellRestore } from '../../words/story.ts';
import { defaultRules } from '../support/rules.ts';

function table(name: string, change: Partial<TableDiff>): TableDiff {
  const zero = { snapshotRows: 0, liveRows: 0, added: 0, removed: 0, changed: 0, unchanged: 0 };
  return { name, role: name === 'event_log' ? 'log' : 'projected', state: 'compared', ...zero, ...change };
}

function group(chatName: string | null, events: number, change: Partial<NewerEvents> = {}): NewerEvents {
  const mark = { id: 1n, ts: null, kind: 'message', speaker: 'Robin', text: 'Hello.' };
  return {
    chat: chatName?.toLowerCase() ?? null,
    chatName,
    events,
    first: mark,
    last: mark,
    rewoundChat: false,
    rewindRecords: 0,
    rewoundAt: null,
    spoken: events,
    spokenHidden: 0,
    hidden: 0,
    ...change,
  };
}

function tell(told: Partial<Told>): string {
  return storyText(tellRestore({ tables: [], newerEvents: [], returningEvents: [], ...told }, defaultRules));
}

describe('the sentence about a restore', () => {
  test('after a rewind says what comes back, changes and disappears, each with its number', () => {
    const tables = [
      table('event_log', { changed: 37, removed: 4 }),
      table('memories', { added: 11 }),
      table('edges', { changed: 6 }),
      table('scenes', { added: 1 }),
    ];
    const rewind = group('Lighthouse', 1, { rewoundChat: true, rewindRecords: 1, spoken: 0 });
    expect(
      tell({
        tables,
        returningEvents: [group('Lighthouse', 37, { spoken: 20 })],
        newerEvents: [group('Harbour', 3), rewind],
      }),
    ).toBe(
      'Restoring brings back 20 messages in Lighthouse, 11 memories and 1 scene, changes 6 other details, and removes 3 newer messages in Harbour.',
    );
  });

  test('does not recommend a rewound state as one that brings the rewound events back', () => {
    const tables = [table('event_log', { changed: 37, added: 4 }), table('memories', { removed: 11 })];
    const rewound = group('Lighthouse', 38, { rewindRecords: 1, spoken: 30, spokenHidden: 30, hidden: 37 });
    expect(tell({ tables, returningEvents: [rewound, group('Harbour', 3)] })).toBe(
      'Restoring brings back 3 messages in Harbour, hides again 30 messages in Lighthouse, and removes 11 memories.',
    );
    // Not every host records a rewind.
    expect(tell({ returningEvents: [group('Lighthouse', 9, { spokenHidden: 7, hidden: 7 })] })).toBe(
      'Restoring brings back 2 messages in Lighthouse, and hides again 7 messages in Lighthouse.',
    );
    const record = group('Lighthouse', 1, { rewindRecords: 1, spoken: 0 });
    expect(tell({ returningEvents: [record] })).toBe('Restoring brings back 1 event in Lighthouse.');
  });

  test('claims nothing if nothing differs', () => {
    expect(tell({ tables: [table('memories', { unchanged: 9 })] })).toBe('Identical to now.');
  });

  test('never calls a change of the log alone identical', () => {
    expect(tell({ tables: [table('event_log', { changed: 2 })] })).toBe('Restoring changes 2 details.');
  });

  test('calls rows what the profile calls them, else entries', () => {
    const nouns = [{ table: 'inbox', one: 'letter', many: 'letters' }];
    const told = { tables: [table('inbox', { added: 2 }), table('memories', { added: 1 })] };
    const empty = { newerEvents: [], returningEvents: [] };
    expect(storyText(tellRestore({ ...told, ...empty }, { ...defaultRules, nouns }))).toBe(
      'Restoring brings back 2 letters and 1 entry in memories.',
    );
  });

  test('does not mention tables that would be left alone', () => {
    const left = (['not-in-snapshot', 'empty-then', 'missing-live'] as const).map((state) =>
      table('memories', { state, added: 5, removed: 5 }),
    );
    expect(tell({ tables: left })).toBe('Identical to now.');
    const held = table('inbox', { state: 'missing-live', snapshotRows: 3 });
    expect(tell({ tables: [held] })).toMatch(/^Identical to now, as far as/);
  });

  test('sums up many tables, and loses none from the sum', () => {
    const tables = ['a', 'b', 'c', 'd', 'e'].map((name, at) => table(name, { added: 10 - at }));
    expect(tell({ tables })).toBe(
      'Restoring brings back 10 entries in a, 9 entries in b, 8 entries in c and 13 entries in 2 other tables.',
    );
  });

  test('sums up many chats, the busiest by name; what is not a message is counted beside them', () => {
    const groups = ['A', 'B', 'C', 'D', 'E'].map((name, at) => group(name, 10 - at));
    const last = group('F', 1, { spoken: 0 });
    expect(tell({ newerEvents: groups })).toBe(
      'Restoring removes 10 newer messages in A, 9 newer messages in B, 8 newer messages in C and 13 newer messages in 2 other chats.',
    );
    expect(tell({ newerEvents: [...groups, last] })).toContain(
      '13 newer messages and 1 other event in 3 other chats',
    );
    expect(tell({ returningEvents: groups.slice(0, 4) })).toContain('8 messages in C and 7 messages in D');
  });

  test('calls events without words events, not messages; events without a chat name none', () => {
    const mute = { id: 1n, ts: null, kind: 'mood', speaker: null, text: null };
    const chatless = group(null, 2, { first: mute, last: mute, spoken: 0 });
    expect(tell({ newerEvents: [chatless] })).toBe('Restoring removes 2 newer events.');
    expect(tell({ newerEvents: [group('Harbour', 3), chatless] })).toBe(
      'Restoring removes 3 newer messages in Harbour and 2 newer events in no chat.',
    );
  });
});
