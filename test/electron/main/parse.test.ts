import { describe, expect, test } from 'vitest';
import { parseCancel, parseDrop, parseRequest } from '../../../electron/main/parse.ts';

const message = (name: string, args: unknown) => ({ requestId: 'r1', name, args });
const folderId = 'f1';
const planId = 'a'.repeat(64);
const noConsents = { acceptDrift: false, acceptOtherTimeline: false };
const options = { mode: 'full', keepNewer: false, ...noConsents, clearTables: [] };

describe('what the window may ask', () => {
  test.each([
    ['start.facts', {}],
    ['folder.facts', { folderId }],
    ['restore.plan', { folderId, snapshotId: 'rewind/x', options }],
    ...[
      { by: 'chat', chat: 'é', withGuessed: true },
      { by: 'tables', tables: ['chats'] },
      { by: 'rows', rows: [{ table: 'chats', key: [1n] }], related: 'operation', withGuessed: true },
      { by: 'rows', rows: [{ table: 'chats', key: [2n ** 62n, 'a', null, Infinity, new Uint8Array([1])] }] },
    ].map((selection): [string, unknown] => [
      'restore.plan',
      { folderId, snapshotId: 'rewind/x', options: { ...options, selection } },
    ]),
    ['backup.choose', { folderId }],
    ['backup.close', { folderId, snapshotId: '@file/chat.db.bak' }],
    ['plan.rehearse', { folderId, planId }],
    ['restore.copy', { folderId, snapshotId: 'rewind/x', options, planId: null }],
    ...['restore/x', null].map((safetyCopy): [string, unknown] => [
      'restore.copy',
      { folderId, snapshotId: 'rewind/x', options, planId: null, startFrom: { safetyCopy } },
    ]),
    ['plan.apply', { folderId, planId, whileOpen: false, ...noConsents, acceptDrift: true }],
    ['search.run', { folderId, phrase: 'é', kind: null, words: true }],
    ['row.history', { folderId, table: 'chats', key: [1n, 'a', null, 1.5, new Uint8Array([1])] }],
    ['prune.plan', { folderId, policy: { by: 'choice', ids: ['rewind/x'] } }],
  ])('%s passes unchanged', (name, args) => {
    expect(parseRequest(message(name, args))).toEqual({ requestId: 'r1', request: { name, args } });
  });

  test.each([
    ['no object', null],
    ['a text', 'start.facts'],
    ['no request id', { name: 'start.facts', args: {} }],
    ['something beside it', { ...message('start.facts', {}), path: '/' }],
    ['an unknown name', message('no.such', {})],
    ['an inherited name', message('toString', {})],
    [
      'a name for the core only',
      message('private.open', { folderId, dir: '/', database: null, cacheDir: '/' }),
    ],
    ['a path beside the id', message('folder.facts', { folderId, dir: '/etc' })],
    ['the path of a backup', message('backup.choose', { folderId, path: '/etc/passwd' })],
    ['a number for an id', message('folder.facts', { folderId: 7 })],
    ['an endless id', message('folder.facts', { folderId: 'x'.repeat(65) })],
    ['a short plan id', message('plan.apply', { folderId, planId: 'abc', whileOpen: false, ...noConsents })],
    ['no word about a consent', message('plan.apply', { folderId, planId, whileOpen: true })],
    [
      'a word about one consent only',
      message('plan.apply', { folderId, planId, whileOpen: true, acceptDrift: true }),
    ],
    [
      'consent that is not a boolean',
      message('plan.apply', { folderId, planId, whileOpen: 'yes', ...noConsents }),
    ],
    [
      'an unknown mode',
      message('restore.plan', { folderId, snapshotId: 'a/b', options: { ...options, mode: 'x' } }),
    ],
    ['a missing option', message('restore.plan', { folderId, snapshotId: 'a/b', options: { mode: 'full' } })],
    ...[
      { by: 'tables', tables: [] },
      { by: 'rows', rows: [] },
      { by: 'rows', rows: [{ table: 'chats', key: [1n] }], related: 'all' },
      { by: 'rows', rows: [{ table: 'chats', key: [{}] }] },
      { by: 'rows', rows: [{ table: 'chats', key: [1n], path: '/' }] },
      { by: 'chat', chat: 'c1' },
      { by: 'chat', chat: 'c1', withGuessed: true, tables: ['chats'] },
      { by: 'file', file: '/etc/passwd' },
      { tables: ['chats'] },
    ].map((selection): [string, unknown] => [
      `the selection ${JSON.stringify(selection, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))}`,
      message('restore.plan', { folderId, snapshotId: 'a/b', options: { ...options, selection } }),
    ]),
    [
      'a place for a copy',
      message('restore.copy', { folderId, snapshotId: 'a/b', options, planId, to: '/tmp/x.db' }),
    ],
    ...['/etc/passwd', { path: '/etc/passwd' }].map((startFrom): [string, unknown] => [
      `the start of a copy by its path, ${JSON.stringify(startFrom)}`,
      message('restore.copy', { folderId, snapshotId: 'a/b', options, planId: null, startFrom }),
    ]),
    ['a copy by its path', message('copy.reveal', { copyId: 'c1', path: '/' })],
    [
      'a fraction of a day',
      message('prune.plan', { folderId, policy: { by: 'age', kind: 'rewind', olderThanDays: 0.5 } }),
    ],
    [
      'less than none',
      message('prune.plan', { folderId, policy: { by: 'count', kind: 'periodic', keep: -1 } }),
    ],
    [
      'two policies in one',
      message('prune.plan', { folderId, policy: { by: 'count', kind: 'a', keep: 1, ids: [] } }),
    ],
    ['the kind of another request', message('snapshot.take', { folderId, kind: 'restore' })],
  ])('%s is refused', (_, value) => {
    expect(() => parseRequest(value)).toThrow(TypeError);
  });

  test('a drop needs a path, a cancel an id', () => {
    for (const beside of [null, folderId]) {
      const drop = { requestId: 'r1', path: '/x', beside };
      expect(parseDrop(drop)).toEqual(drop);
    }
    const wrong = [{ path: '', beside: null }, { beside: null }, { path: '/x' }, { path: '/x', beside: 7 }];
    for (const value of [null, ...wrong.map((one) => ({ requestId: 'r1', ...one }))])
      expect(() => parseDrop(value)).toThrow(TypeError);
    expect(parseCancel('r1')).toBe('r1');
    for (const value of [null, 7, '', { id: 'r1' }]) expect(() => parseCancel(value)).toThrow(TypeError);
  });
});
