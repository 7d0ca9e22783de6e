import { describe, expect, test, vi } from 'vitest';
import type { Refusal, RestorePlan } from '../../src/model/restore.ts';
import {
  canGoIntoFile,
  copiedPart,
  heldByFile,
  intoFileWords,
  needsConsent,
  notInFile,
} from '../../words/into-file.ts';
import type { ChosenPart } from '../../words/part.ts';
import { storyText } from '../../words/story.ts';
import { group, plan } from '../support/plan.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');
const chat: ChosenPart = {
  ...{ as: 'chat', name: 'Lighthouse' },
  selection: { by: 'chat', chat: 'c1', withGuessed: false },
};
const table: ChosenPart = { as: 'tables', selection: { by: 'tables', tables: ['memories'] } };
const refusing = (code: Refusal['code']): RestorePlan => ({
  ...plan,
  refusals: [{ code, message: '', detail: {} }],
});

describe('a restore into a new file', () => {
  test('says what the file holds, and what of now', () => {
    expect(storyText(heldByFile(null, plan, now))).toBe('holds your chats as they were at 14:32.');
    expect(storyText(heldByFile(chat, plan, now))).toBe(
      'holds Lighthouse as it was at 14:32, and everything else as it is now.',
    );
    expect(storyText(heldByFile(table, plan, now))).toBe(
      'holds what you chose as it was at 14:32, and everything else as it is now.',
    );
    const derived = { ...plan, options: { ...plan.options, mode: 'projections' as const } };
    expect(storyText(heldByFile(null, derived, now))).toBe(
      'holds derived data as it was at 14:32, and your messages as they are now.',
    );
  });

  test('says that a whole one lacks what was written since, whether a restore in place would keep that or not', () => {
    const written = [group('Harbour', 3)];
    const kept = { ...plan, replay: { fromEvent: 1n, toEvent: 3n, events: written } };
    for (const one of [kept, { ...plan, newerEvents: written }])
      expect(notInFile(null, one)).toBe('3 newer messages are not in it.');
    expect(notInFile(chat, kept)).toBeNull();
    expect(notInFile(null, plan)).toBeNull();
  });

  test('takes the whole snapshot where a part cannot be restored by itself, and its button says so', () => {
    expect(copiedPart(chat, plan)).toBe(chat);
    expect(intoFileWords(chat, plan)).toBe('Into a new file…');
    const refused = refusing('selection-refused');
    expect(copiedPart(chat, refused)).toBeNull();
    expect(intoFileWords(chat, refused)).toBe('Whole snapshot into a new file…');
    expect(intoFileWords(null, refusing('database-read-only'))).toBe('Into a new file…');
  });

  test('is offered wherever only the database is in the way', () => {
    const ofTheDatabase = [
      'other-timeline',
      'database-in-use',
      'database-read-only',
      'viewing-a-copy',
    ] as const;
    for (const code of [...ofTheDatabase, 'event-ids-unsupported'] as const)
      expect(canGoIntoFile(refusing(code))).toBe(true);
    for (const code of ['database-damaged', 'snapshot-salvaged'] as const)
      expect(canGoIntoFile(refusing(code))).toBe(false);
  });

  test('needs the consents to a loss of values, and none to what only the database would lose', () => {
    expect(needsConsent(refusing('schema-drift'))).toBe(true);
    expect(needsConsent(refusing('leaves-orphans'))).toBe(true);
    for (const code of ['other-timeline', 'database-in-use', 'newer-not-kept'] as const)
      expect(needsConsent(refusing(code))).toBe(false);
  });
});
