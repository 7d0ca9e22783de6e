import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/model/errors.ts';
import { explain, type Face } from '../../words/errors.ts';
import type { Failure } from '../../words/failure.ts';
import { titleWords } from '../../words/snapshots.ts';

const faces = ['window', 'cli'] as const;

describe.each(faces)('words for failures, for the %s', (face) => {
  test.each(ERROR_CODES)('%s says what happened, what is unharmed, and what to do', (code) => {
    const words = explain({ code, message: 'The core’s own sentence.', detail: {} }, face);
    for (const part of Object.values(words)) {
      expect(part).toMatch(/^\S.*\S$/s);
      expect(part).not.toMatch(/undefined|null|\[object/);
    }
    for (const sentence of [words.happened, words.unharmed, words.next]) expect(sentence).toMatch(/\.$/);
    expect(words.title).not.toMatch(/\.$/);
  });
});

test.each(ERROR_CODES)('%s names a flag only on the command line', (code) => {
  expect(explain({ code, message: 'It failed.', detail: {} }, 'window').next).not.toMatch(
    /--|snapback [a-z]/,
  );
});

test.each([
  ['database-in-use', '--while-open'],
  ['schema-drift', '--accept-drift'],
  ['leaves-orphans', '--accept-drift'],
  ['database-ambiguous', '--db'],
  ['database-missing', '--data'],
  ['snapshot-without-log', '--mode projections'],
  ['snapshot-missing', 'snapback list'],
  ['snapshot-damaged', 'snapback salvage'],
  ['plan-stale', '--yes'],
  ['conflicts-open', '--choices'],
  ['merge-refused', '--to'],
] as const)('on the command line, %s names what helps: %s', (code, flag) => {
  expect(explain({ code, message: 'It failed.', detail: {} }, 'cli').next).toContain(flag);
});

test.each(faces.flatMap((face) => ERROR_CODES.map((code) => [code, face] as const)))(
  '%s of COMMIT itself claims neither that anything was changed nor that it was not, for the %s',
  (code, face) => {
    const message = 'The disk failed. It is not known whether the restore was made.';
    const words = explain({ code, message, detail: { undecided: true } }, face);
    expect(words.happened).toBe(message);
    expect(Object.values(words).join(' ')).not.toMatch(/rolled back|nothing was|not touched|try again/i);
    expect(words.next).toMatch(face === 'cli' ? /snapback history/ : /Open the folder again/);
  },
);

test('a damaged snapshot leads to what is whole of it, unless nothing is', () => {
  const nextOf = (detail: Failure['detail'], face: Face) =>
    explain({ code: 'snapshot-damaged', message: 'It is damaged.', detail }, face).next;
  expect(nextOf({}, 'window')).toContain('“Save what is whole…”');
  for (const face of faces) expect(nextOf({ nothingWhole: true }, face)).not.toMatch(/salvage|whole/);
});

test('whoever only missed the answer of a command is not told to run it again', () => {
  const failure = {
    code: 'io-failed',
    message: 'It was carried out.',
    detail: { answerLost: true },
  } as const;
  expect(explain(failure, 'cli').next).not.toContain('try again');
});

describe('which snapshot it is about', () => {
  const now = new Date('2026-03-01T08:30:00Z');
  const id = 'periodic/20260301T082105Z';
  const title = titleWords({ kind: 'periodic', takenAt: '2026-03-01T08:21:05Z' }, now, 'seconds');
  const FAILURES = [
    ['snapshot-needed', { id, reason: 'needed-by-undo' }, 'Undo of the last restore depends on ….'],
    ['snapshot-needed', { id, reason: 'needed-at-next-start' }, 'The chat app loads … at its next start.'],
    ['snapshot-missing', { id }, 'There is no snapshot … here.'],
    ['merge-refused', { why: 'base-unreadable', base: id }, '… may show how your chats were just after'],
  ] as const;

  test.each(FAILURES)(
    '%s, %j: by kind and time in the window, by name on the command line',
    (code, detail, words) => {
      const say = (face: Face) => explain({ code, message: 'It failed.', detail }, face, now).happened;
      expect(title).toMatch(/^Checkpoint, today .*05$/);
      expect(say('window')).toContain(words.replace('…', `“${title}”`));
      expect(say('cli')).toContain(words.replace('…', `“${id}”`));
    },
  );

  test.each(['periodic/by-hand', 'rewind/20261399T000000Z'])(
    'by name where that tells no time: %s',
    (name) => {
      const failure = { code: 'snapshot-missing', message: 'It failed.', detail: { id: name } } as const;
      expect(explain(failure, 'window', now).happened).toBe(`There is no snapshot “${name}” here.`);
    },
  );
});

describe('the facts of a failure', () => {
  const say = (code: (typeof ERROR_CODES)[number], detail: Record<string, string | number | null>) =>
    explain({ code, message: 'Writing a file failed.', detail }, 'window').happened;

  test('are named within the sentence', () => {
    expect(say('database-ambiguous', { path: '/data', found: 'a.db, b.db' })).toContain('a.db, b.db');
    expect(say('io-failed', { path: '/data/x.json' })).toBe('Writing a file failed (/data/x.json).');
    expect(say('database-missing', { path: '/data', table: 'event_log', databasesWithoutIt: null })).toBe(
      'No chat database in /data.',
    );
  });

  test('never include the name of one of our drafts', () => {
    expect(say('io-failed', { path: '/data/snapshots/rewind/.snapback-7-ab.part' })).toBe(
      'Writing a file failed (/data/snapshots/rewind).',
    );
  });
});
