import { expect, test } from 'vitest';
import {
  alsoDiffers,
  boundaryWords,
  byRecordWords,
  chatCounts,
  chatTitle,
  foldWords,
  isPerson,
  kindTitle,
  messageTime,
  payloadWords,
  stateWordsOf,
} from '../../words/conversation.ts';
import { defaultRules as rules } from '../support/rules.ts';

const now = new Date(2026, 10, 25, 14, 30);
const at = (hour: number, minute: number, day = 25) => new Date(2026, 10, day, hour, minute).toISOString();
const run = { from: 0, length: 20, state: 'lost', messages: 20, rewind: null, fold: null } as const;

test('a boundary says what is known of the rewind, and no more', () => {
  const rewound = (ts: string | null) => boundaryWords({ ...run, rewind: { event: 1n, ts } }, now);
  expect(rewound(at(14, 3))).toBe('Rewound here at 14:03 · 20 messages');
  expect(rewound(at(22, 47, 24))).toBe('Rewound here yesterday 22:47 · 20 messages');
  expect(rewound(null)).toBe('Rewound here · 20 messages');
  expect(boundaryWords({ ...run, messages: 1 }, now)).toBe('Missing from here on · 1 message');
  expect(boundaryWords({ ...run, length: 3, messages: 0 }, now)).toBe(
    'Missing from here on · 3 other events',
  );
  expect(boundaryWords({ ...run, state: 'newer', messages: 3 }, now)).toBe('Written since · 3 messages');
});

test('messages that only the record of a rewind took are called rewound, not lost', () => {
  const chat = { no: 0, chat: 'c1', name: null, branch: null, kept: 6, lost: 4, newer: 0 };
  const summary = { ...chat, places: 10, unread: 0 };
  expect(chatCounts(summary, { isCompared: true, lostByRecord: true })).toBe('4 rewound · 6 kept');
  expect(stateWordsOf({ lostByRecord: true }).lost).toBe('rewound');
  expect(stateWordsOf({ lostByRecord: false }).lost).toBe('lost');
  expect(byRecordWords({ lostByRecord: true })).toMatch(
    /“rewound” are still in the log.*If your chat app doesn’t show them/,
  );
  expect(byRecordWords({ lostByRecord: false })).toBe('');
});

test('a chat is named and counted as people would', () => {
  const chat = { no: 0, chat: 'c1', name: 'Lighthouse', branch: null, kept: 1204, lost: 20, newer: 0 };
  const summary = { ...chat, places: 1224, unread: 0 };
  const compared = { isCompared: true, lostByRecord: false };
  expect(chatCounts(summary, compared)).toBe('20 lost · 1,204 kept');
  expect(chatCounts({ ...summary, lost: 0, newer: 3 }, compared)).toBe('3 written since · 1,204 kept');
  expect(chatCounts({ ...summary, lost: 0 }, compared)).toBe('1,204 messages, unchanged');
  expect(chatCounts({ ...summary, lost: 0 }, { ...compared, isCompared: false })).toBe('1,204 messages');
  expect(chatTitle(chat)).toBe('Lighthouse');
  expect(chatTitle({ ...chat, branch: '2' })).toBe('Lighthouse, branch 2');
  expect(chatTitle({ ...chat, name: ' ', chat: '' })).toBe('A chat without a name');
  expect(chatTitle({ ...chat, name: null, chat: null })).toBe('In no chat');
  expect(foldWords(1204, 'first', { isCompared: true })).toBe('1,204 earlier messages, unchanged');
  expect(foldWords(1204, 'first', { isCompared: false })).toBe('1,204 earlier messages');
  expect(foldWords(1, 'middle', { isCompared: true })).toBe('1 unchanged message');
});

test.each([
  [at(14, 3), '14:03'],
  [String(new Date(2026, 10, 25, 14, 3).getTime()), '14:03'],
  [String(new Date(2026, 10, 25, 14, 3).getTime() / 1000), '14:03'],
  ['2026-11-25T99:00', '2026-11-25T99:00'],
  ['in the third watch', 'in the third watch'],
  [null, ''],
])('the time %s is written as %s', (ts, short) => {
  expect(messageTime(ts, now).short).toBe(short);
});

test('an event that says nothing is told by its kind and what it holds, names of things last', () => {
  expect(kindTitle('memory_kept')).toBe('memory kept');
  expect(kindTitle('message.partUpdated')).toBe('message part updated');
  expect(payloadWords('{"chat_id": "c", "memory": "It rained.", "n": 3}')).toBe(
    'memory: It rained. · n: 3 · chat id: c',
  );
  expect(payloadWords('no JSON')).toBe('no JSON');
  expect(payloadWords('[1, 2]')).toBe('[1, 2]');
  const deep = `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(payloadWords(deep)).toMatch(/^\{"a": \[+$/);
});

test('the person is told by name or by role', () => {
  expect(isPerson('Robin', ['Robin'])).toBe(true);
  expect(isPerson('User', [])).toBe(true);
  expect(isPerson('Mara', ['Robin'])).toBe(false);
  expect(isPerson(null, [])).toBe(false);
});

test('what else differs is counted by table, and never explained', () => {
  const table = {
    role: 'projected',
    state: 'compared',
    snapshotRows: 0,
    liveRows: 0,
    added: 0,
    removed: 0,
    changed: 0,
    unchanged: 0,
  } as const;
  expect(
    alsoDiffers(
      [
        { ...table, name: 'memories', added: 11 },
        { ...table, name: 'scenes', removed: 1 },
      ],
      rules,
      { beside: [] },
    ),
  ).toBe('Also differs: 11 memories and 1 scene.');
  expect(alsoDiffers([{ ...table, name: 'memories' }], rules, { beside: [] })).toBe('');
  const memories = [{ ...table, name: 'memories', added: 11 }];
  const beside = (rows: number) => alsoDiffers(memories, rules, { beside: [{ table: 'memories', rows }] });
  expect([beside(4), beside(11), beside(12)]).toEqual(['Also differs: 7 memories.', '', '']);
});
