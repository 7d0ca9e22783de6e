import { describe, expect, test } from 'vitest';
import type { NewerEvents } from '../../src/model/diff.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import {
  blockedWords,
  clausesOf,
  detailLines,
  leadWords,
  lossWords,
  remarkLines,
  spaceWords,
  spokenWords,
} from '../../words/plan.ts';
import { storyText } from '../../words/story.ts';

const now = new Date('2026-11-23T14:00:00Z');

function group(chat: string | null, events: number, change: Partial<NewerEvents> = {}): NewerEvents {
  const mark = { id: 1n, ts: null, kind: 'message', speaker: 'Robin', text: 'Hello.' };
  const rest = { first: mark, last: mark, rewoundChat: false, rewindRecords: 0, spoken: events, hidden: 0 };
  return { chat, chatName: chat, events, ...rest, ...change };
}

const plan: RestorePlan = {
  planId: '0123456789abcdef',
  action: 'restore',
  snapshot: {
    id: 'rewind/20261123T130000Z',
    takenAt: '2026-11-23T13:32:00Z',
    sizeBytes: 1,
    lastEventId: 9n,
    sha256: '',
  },
  options: {
    mode: 'full',
    acceptDrift: false,
    acceptOtherTimeline: false,
    clearTables: [],
    rewrite: 'differing',
  },
  tables: [
    {
      ...{ name: 'event_log', role: 'log', state: 'compared', action: 'write' },
      ...{ snapshotRows: 9, liveRows: 12, added: 0, removed: 3, changed: 37, unchanged: 0 },
    },
  ],
  notRestored: [],
  bystanders: ['settings'],
  newerEvents: [],
  returningEvents: [],
  newerEventsLost: 0,
  lineage: 'same',
  schemaDrift: [],
  guessedBlobs: [],
  triggers: [],
  searchIndexes: [],
  notKeptUp: [],
  foreignKeyViolations: 0,
  foreignKeyViolationsAfter: null,
  orphans: [],
  damage: [],
  inUse: { state: 'no' },
  safetyCopy: { folder: '/data/snapshots/restore', aboutBytes: 1 },
  freshCheckpoint: true,
  hostReplay: null,
  space: [{ volume: '/', neededBytes: 8_050_000, freeBytes: 82_000_000_000 }],
  refusals: [],
};

describe('what a restore would take away', () => {
  const lose = (newerEvents: readonly NewerEvents[], returningEvents: readonly NewerEvents[] = []) =>
    lossWords({ ...plan, newerEvents, returningEvents });

  test('another chat than the rewound one is named as such, of several how many', () => {
    const rewound = [group('Lighthouse', 37)];
    expect(lose([group('Harbour', 3)], rewound)).toBe(
      'This also removes 3 newer messages in another chat than the one that was rewound.',
    );
    const since = group('Lighthouse', 2, { rewoundChat: true });
    expect(lose([group('Harbour', 3), group('Orchard', 1), since], rewound)).toBe(
      'This also removes 6 newer messages, 4 of them in 2 other chats than the one that was rewound.',
    );
    expect(lose([since], rewound)).toBe(
      'This also removes 2 newer messages that were written since this snapshot.',
    );
  });

  test('where nothing was rewound, no rewind is spoken of', () => {
    expect(lose([group('Lighthouse', 62), group('Harbour', 1)])).toBe(
      'This also removes 63 newer messages that were written since this snapshot.',
    );
    expect(lose([group(null, 1, { spoken: 0 })], [group('Lighthouse', 2)])).toBe(
      'This also removes 1 newer event that was written since this snapshot.',
    );
  });

  test('the record of a rewind is nobody’s loss', () => {
    expect(lose([group('Lighthouse', 1, { rewindRecords: 1, spoken: 0, rewoundChat: true })])).toBeNull();
  });

  test('going back to a rewound state is called a rewind, not a return', () => {
    const back = { ...plan, returningEvents: [group('Lighthouse', 38, { rewindRecords: 1, hidden: 37 })] };
    expect(clausesOf(back).map(({ name, story }) => [name, storyText(story)])).toEqual([
      ['Rewound again', '37 events of Lighthouse'],
    ]);
    expect(spokenWords(back)).toBe('Rewound again: 37 events of Lighthouse.');
  });
});

describe('what else the confirmation says', () => {
  test('drift, guesses, damage, broken keys, stale indexes and triggers set aside are shown, the ordinary folds away', () => {
    const odd: RestorePlan = {
      ...plan,
      schemaDrift: [{ kind: 'column-missing-live', table: 'you', column: 'pronouns', loses: 1 }],
      guessedBlobs: [
        { table: 'bots', column: 'avatar', values: 1, takenAs: 'bytes', because: 'column' },
        { table: 'bots', column: 'note', values: 2, takenAs: 'text', because: 'nothing' },
      ],
      damage: ['row 7 missing from index'],
      foreignKeyViolations: 2,
      searchIndexes: [
        { name: 'stale_fts', before: 'stale', handling: 'rebuilt' },
        { name: 'good_fts', before: 'ok', handling: 'follows' },
        { name: 'lone_fts', before: 'ok', handling: 'left' },
        { name: 'odd_fts', before: 'unchecked', handling: 'left' },
      ],
      notKeptUp: [
        { name: 'totals', by: [{ trigger: 'up', table: 'memories' }] },
        { name: 'notes_fts', by: [] },
      ],
      triggers: [
        { name: 'audit', table: 'scenes', handling: 'set-aside' },
        { name: 'fts_ai', table: 'memories', handling: 'kept' },
      ],
    };
    expect(remarkLines(odd)).toEqual([
      'The database has no column you.pronouns today: 1 value would have no place.',
      '1 value in bots.avatar looks like binary data written as text, and is taken as binary data, as others there today.',
      '2 values in bots.note look like binary data written as text, and are taken as text; nothing tells which they were.',
      'Damage that is there already and must not grow: row 7 missing from index',
      'The database already breaks 2 foreign keys; there must not be more afterwards.',
      'The search index stale_fts is out of date; it is built anew.',
      'The search index lone_fts can’t be brought along: until the chat app rebuilds it, a search may miss what comes back and find what is gone.',
      'The search index odd_fts can’t be opened here: until the chat app rebuilds it, a search may miss what comes back and find what is gone.',
      'totals stays as it is and may be out of step afterwards: the chat app keeps it up by the trigger up of memories.',
      'notes_fts stays as it is; if the chat app keeps it in step with what changes here, it is out of step afterwards.',
      'Set aside meanwhile and put back word for word: the trigger audit.',
    ]);
    const orphans = [
      { table: 'drafts', parent: 'chats', rows: 1, comesBack: false },
      { table: 'scenes', parent: 'people', rows: 2, comesBack: true },
    ];
    expect(remarkLines({ ...odd, orphans })).toContain(
      '1 row of drafts loses what it refers to in chats. 2 rows of scenes come back without what they refer to in people.',
    );
    expect(detailLines(odd)).toEqual([
      'Left alone: settings.',
      'The search index good_fts is kept right and checked.',
      'Plan 0123456789ab',
    ]);
    expect(remarkLines(plan)).toEqual([]);
  });

  test('space is named by volume only where there are several', () => {
    expect(spaceWords(plan)).toBe('about 8.05 MB needed, 82 GB free');
    const two = [...plan.space, { volume: '/data', neededBytes: 1_000, freeBytes: 2_000 }];
    expect(spaceWords({ ...plan, space: two })).toContain('; about 1 kB needed on /data, 2 kB free');
  });

  test('an undo says which state it leads back to', () => {
    expect(leadWords({ ...plan, action: 'undo' }, now)).toBe(
      'The event log and 0 tables become again what they were 28 min ago, right before they were replaced.',
    );
  });

  test('a grey button says why it is grey', () => {
    const yes = { state: 'yes', by: [{ pid: 7, name: 'Lighthouse' }] } as const;
    const refuse = (code: 'schema-drift' | 'disk-full') => ({
      ...plan,
      refusals: [{ code, message: '', detail: {} }],
    });
    expect(blockedWords(plan, { state: 'no' }, false)).toBeNull();
    expect(blockedWords(plan, yes, true)).toBeNull();
    expect(blockedWords(plan, yes, false)).toMatch(/^Close the chat app/);
    expect(blockedWords(refuse('schema-drift'), { state: 'no' }, false)).toMatch(/what you accept/);
    expect(blockedWords(refuse('disk-full'), { state: 'no' }, true)).toMatch(/can’t be restored/);
    expect(blockedWords({ ...plan, tables: [] }, { state: 'no' }, false)).toMatch(/nothing to restore/);
  });
});
