import { describe, expect, test, vi } from 'vitest';
import type { NewerEvents } from '../../src/model/diff.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import {
  blockedWords,
  clausesOf,
  confirmWords,
  leadWords,
  lossStory,
  timelineConsent,
  timelineWords,
} from '../../words/plan.ts';
import { detailLines, remarkLines, spaceWords } from '../../words/plan-notes.ts';
import { storyText } from '../../words/story.ts';
import { group, plan } from '../support/plan.ts';
import { defaultRules } from '../support/rules.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');

describe('what a restore would take away', () => {
  const lose = (newerEvents: readonly NewerEvents[]) => {
    const story = lossStory({ ...plan, newerEvents });
    return story === null ? null : storyText(story);
  };

  test('is counted in messages and named by chat, the largest first', () => {
    expect(lose([group('Harbour', 3)])).toBe('3 messages written in Harbour since then will be removed.');
    expect(lose([group('Orchard', 1), group('Harbour', 3)])).toBe(
      '4 messages written in Harbour and Orchard since then will be removed.',
    );
    const many = ['A', 'B', 'C', 'D', 'E'].map((name, at) => group(name, 9 - at));
    expect(lose(many)).toBe('35 messages written in A, B, C and 2 other chats since then will be removed.');
    expect(lose([group(null, 1, { spoken: 0 })])).toBe('1 event written since then will be removed.');
  });

  test('details that are not messages are counted beside the messages, not among them', () => {
    expect(lose([group('Harbour', 5, { spoken: 3 })])).toBe(
      '3 messages and 2 other events written in Harbour since then will be removed.',
    );
  });

  test('a name has at most 40 letters, and a chat without a name is still mentioned', () => {
    expect(lose([group('x'.repeat(41), 1)])).toContain(`in ${'x'.repeat(39)}… since`);
    expect(lose([group('', 1)])).toContain('in a chat without a name since');
  });

  test('the record of a rewind does not count as a loss', () => {
    expect(lose([group('Lighthouse', 1, { rewindRecords: 1, spoken: 0, rewoundChat: true })])).toBeNull();
  });

  test('going back to a rewound state hides messages again and is not called a return', () => {
    const rewound = group('Lighthouse', 38, { rewindRecords: 1, spoken: 20, spokenHidden: 20, hidden: 37 });
    const back = { ...plan, returningEvents: [rewound] };
    expect(clausesOf(back, defaultRules).map(({ name, story }) => [name, storyText(story)])).toEqual([
      ['Hidden again', '20 messages in Lighthouse'],
    ]);
  });
});

describe('the button that confirms it', () => {
  const restore = { action: 'restore', snapshotId: plan.snapshot.id } as const;
  const from = { snapshotId: plan.snapshot.id, snapshotTakenAt: plan.snapshot.takenAt };
  const undo = { action: 'undo', from: { ...from, state: 'restored' } } as const;
  const redo = { action: 'undo', from: { ...from, state: 'undone' } } as const;
  const returning = (change: Partial<NewerEvents> = {}) => ({
    ...plan,
    returningEvents: [group('Lighthouse', 37, { spoken: 20, ...change })],
  });

  test('names what is removed before what comes back, in messages', () => {
    expect(confirmWords(restore, returning())).toBe('Bring back 20 messages');
    const losing = { ...returning(), newerEventsLost: 3, newerEvents: [group('Harbour', 3)] };
    expect(confirmWords(restore, losing)).toBe('Bring back 20 messages and remove 3 newer messages');
    expect(confirmWords(undo, returning({ hidden: 37, spokenHidden: 20 }))).toBe(
      'Undo (hides 20 messages again)',
    );
    expect(confirmWords(redo, returning())).toBe('Redo (brings 20 messages back)');
  });

  test('counts details if no messages are affected', () => {
    expect(confirmWords(restore, plan)).toBe('Restore 40 details');
    expect(confirmWords(undo, plan)).toBe('Undo (changes 40 details)');
  });
});

describe('the rest of the confirmation', () => {
  test('drift, guesses, damage, broken keys, stale indexes and disabled triggers are shown, ordinary points are folded away', () => {
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
        { name: 'totals', columns: ['messages'], by: [{ trigger: 'up', table: 'memories' }] },
        { name: 'notes_fts', columns: [], by: [] },
      ],
      triggers: [
        { name: 'audit', table: 'scenes', handling: 'set-aside' },
        { name: 'fts_ai', table: 'memories', handling: 'kept' },
      ],
    };
    expect(remarkLines(odd)).toEqual([
      'The database has no column you.pronouns today: 1 value can’t be restored.',
      '1 value in bots.avatar looks like binary data written as text and is restored as binary data, as others there today.',
      '2 values in bots.note look like binary data written as text and are restored as text, though there is no way to tell which it was.',
      'Existing damage, which must not get worse: row 7 missing from index',
      '2 links between tables are already broken; no more may break.',
      'The search index stale_fts is out of date and is rebuilt.',
      'The search index lone_fts can’t be updated here. Until the chat app rebuilds it, a search may miss what comes back and find what is gone.',
      'The search index odd_fts can’t be opened here. Until the chat app rebuilds it, a search may miss what comes back and find what is gone.',
      'totals stays as it is and may be out of date afterwards: the chat app updates its messages with the trigger up of memories.',
      'notes_fts stays as it is. If the chat app keeps it up to date itself, it is out of date afterwards.',
      'Temporarily removed, then recreated unchanged: the trigger audit.',
    ]);
    const orphans = [
      { table: 'drafts', parent: 'chats', rows: 1, comesBack: false },
      { table: 'scenes', parent: 'people', rows: 2, comesBack: true },
    ];
    expect(remarkLines({ ...odd, orphans })).toContain(
      '1 entry in drafts points to chats that no longer exist. 2 entries in scenes come back and point to people that no longer exist.',
    );
    expect(detailLines(odd)).toEqual([
      'Left alone: settings.',
      'The search index good_fts is updated and verified.',
      'Plan 0123456789ab',
    ]);
    expect(remarkLines(plan)).toEqual([]);
  });

  test('space is shown by volume only if there are several', () => {
    expect(spaceWords(plan)).toBe('about 8.05 MB needed, 82 GB free');
    const two = [...plan.space, { volume: '/data', neededBytes: 1_000, freeBytes: 2_000 }];
    expect(spaceWords({ ...plan, space: two })).toContain('; about 1 kB needed on /data, 2 kB free');
  });

  test('an undo says to which state it leads back', () => {
    expect(leadWords({ ...plan, action: 'undo' }, now)).toBe(
      'Your chats go back to 14:32, just before they were replaced.',
    );
    expect(leadWords(plan, now)).toBe('Your chats go back to 14:32, just before the rewind.');
    expect(leadWords({ ...plan, options: { ...plan.options, mode: 'projections' } }, now)).toBe(
      'Only derived data is rebuilt, as it was at 14:32, just before the rewind. Your messages stay as they are.',
    );
  });

  test('another timeline is mentioned, and needs consent as long as newer messages are lost', () => {
    const other: RestorePlan = {
      ...plan,
      lineage: 'other',
      newerEvents: [group('Harbour', 3)],
      newerEventsLost: 3,
    };
    const refused = { ...other, refusals: [{ code: 'other-timeline', message: '', detail: {} }] } as const;
    const words = 'This snapshot and your database went separate ways. Restoring removes 3 newer messages.';
    expect(timelineWords(refused)).toBe(words);
    expect(blockedWords(refused, { state: 'no' }, false)).toMatch(/^Confirm/);
    const accepted = { ...other, options: { ...plan.options, acceptOtherTimeline: true } };
    expect(timelineWords(accepted)).toBe(words);
    expect(timelineWords({ ...refused, action: 'undo' })).toContain('leads back to and your database');
    expect(timelineConsent(refused)).toBe('Remove everything newer');
    const part = { ...plan.options, selection: { by: 'tables', tables: ['memories'] } } as const;
    expect(timelineConsent({ ...refused, options: part })).toBe('Remove them');
    // An undo right after its restore, and nothing that is newer.
    expect(timelineWords(other)).toBeNull();
    expect(timelineWords({ ...accepted, newerEventsLost: 0, newerEvents: [] })).toBeNull();
    const options = { ...plan.options, mode: 'projections' } as const;
    expect(remarkLines({ ...other, options })).toEqual([expect.stringContaining('went separate ways')]);
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
    expect(blockedWords(refuse('schema-drift'), { state: 'no' }, false)).toMatch(/^Confirm/);
    expect(blockedWords(refuse('disk-full'), { state: 'no' }, true)).toBe(
      'Restoring isn’t possible: the disk is full.',
    );
    expect(blockedWords({ ...plan, tables: [] }, { state: 'no' }, false)).toMatch(/nothing to restore/);
  });
});
