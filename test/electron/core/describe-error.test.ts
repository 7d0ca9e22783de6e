import { expect, test } from 'vitest';
import { describeError } from '../../../electron/core/describe-error.ts';
import { SnapbackError } from '../../../src/index.ts';

test('only the last name of an absolute path in an error reaches the window, in the details and in the message', () => {
  const detail = {
    path: '/home/ann/chats',
    database: '/home/ann/chats/chat.db',
    root: '/',
    id: 'rewind/20260101T000000Z',
    sqlite: 'SQLITE_FULL',
    bytes: 7,
    why: null,
  };
  const message = '/home/ann/chats/chat.db in /home/ann/chats is full; 3 and/or 4 are left.';
  expect(describeError(new SnapbackError('disk-full', message, detail))).toEqual({
    code: 'disk-full',
    message: 'chat.db in chats is full; 3 and/or 4 are left.',
    detail: { ...detail, path: 'chats', database: 'chat.db' },
  });
});
