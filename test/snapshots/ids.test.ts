import { describe, expect, test } from 'vitest';
import { compareNames, parseSnapshotId, snapshotTime } from '../../src/snapshots/names.ts';
import { openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { codeOf, makeChat, makeRoot } from '../support/place.ts';

const root = makeRoot();

describe('an id', () => {
  test.each([
    ['periodic/20260101T000000Z', 'periodic', '20260101T000000Z'],
    ['rewind/20260101T000000Z_001', 'rewind', '20260101T000000Z_001'],
    ['my-kind_2/before the storm', 'my-kind_2', 'before the storm'],
    ['periodic/__proto__', 'periodic', '__proto__'],
    ['periodic/x.json', 'periodic', 'x.json'],
    ['Manual/x', 'Manual', 'x'],
    ['v1.2 über/x', 'v1.2 über', 'x'],
    ['__proto__/x', '__proto__', 'x'],
    ['@trash/20260101T000000Z/rewind/x', '@trash/20260101T000000Z/rewind', 'x'],
    ['@trash/20260101T000000Z_001/@kept/x', '@trash/20260101T000000Z_001/@kept', 'x'],
  ])('%s names a kind and a file', (id, kind, name) => {
    expect(parseSnapshotId(id)).toEqual({ kind, name });
  });

  test.each(['', 'periodic', '/', 'periodic/', '/20260101T000000Z'])('%j is wrong usage', async (id) => {
    expect(await codeOf(() => parseSnapshotId(id))).toBe('usage');
  });

  test.each([
    '../x',
    'periodic/../x',
    'periodic/..',
    'periodic/.hidden',
    '../../etc/passwd',
    '.hidden/x',
    ' blank/x',
    '-x/x',
    'a\ud800/x',
    `${'k'.repeat(65)}/x`,
    'periodic/a/b',
    'periodic/a\\b',
    'periodic/a\0b',
    'periodic/a\nb',
    'periodic/a\u0085b',
    'periodic/\ud800',
    `periodic/${'x'.repeat(251)}`,
    `periodic/${'é'.repeat(126)}`,
    'per\0iodic/x',
    'constructor\\/x',
    '@trash/x',
    '@trash/rewind/x',
    '@trash/../rewind/x',
    '@trash/2026/rewind/x',
    '@trash/20260101T000000Z/x',
    '@trash/20260101T000000Z/../x',
    '@trash/20260101T000000Z/rewind/../x',
    '@trash/20260101T000000Z/rewind/y/x',
    '@trash/20260101T000000Z/.hidden/x',
    '@trash/20260101T000000Z/@trash/x',
    '@trash/20260101T000000Z/@file/x',
    '@trash/20260101T000000Z/rewind/.x',
  ])('%j is refused before it touches a path', async (id) => {
    const folder = await makeChat(root());
    expect(await codeOf(() => parseSnapshotId(id))).toBe('snapshot-unsafe');
    expect(await codeOf(openSnapshotFile(folder, id))).toBe('snapshot-unsafe');
  });

  test('an absolute path is not an id', async () => {
    expect(await codeOf(() => parseSnapshotId('/etc/passwd'))).toBe('usage');
  });
});

test.each([
  ['20260229T000000Z', null],
  ['20240229T235959Z', '2024-02-29T23:59:59.000Z'],
  ['20260101T000000Z_007', '2026-01-01T00:00:00.000Z'],
  ['20261301T000000Z', null],
  ['20260101T240000Z', null],
  ['20260101T000060Z', null],
  ['20260101T000000Z_7', null],
  ['20260101T000000', null],
  ['x20260101T000000Z', null],
  ['backup', null],
])('the time in the name %s is %s', (name, time) => {
  expect(snapshotTime(name)?.toISOString() ?? null).toBe(time);
});

test('names are ordered as Python orders them: by code point, with their .json', () => {
  const names = [
    '\u{1f600}',
    '\uffee',
    'zzz',
    '20260101T000000Z_001',
    '20260101T000000Z',
    '20260101T000000Z-x',
  ];
  expect([...names].sort(compareNames)).toEqual([
    '20260101T000000Z-x',
    '20260101T000000Z',
    '20260101T000000Z_001',
    'zzz',
    '\uffee',
    '\u{1f600}',
  ]);
});
