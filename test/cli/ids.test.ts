import { describe, expect, test } from 'vitest';
import { findMeant, isWholeId } from '../../src/cli/ids.ts';

const listed = [
  ['periodic/20261120T000000Z', '2026-11-20T00:00:00Z'],
  ['restore/20261121T000000Z', '2026-11-21T00:00:00Z'],
  ['rewind/20261119T000000Z', '2026-11-19T00:00:00Z'],
  ['rewind/20261120T000000Z', '2026-11-20T00:00:00Z'],
  ['@kept/20261119T000000Z', '2026-11-19T00:00:00Z'],
].map(([id = '', takenAt = '']) => listedAs(id, takenAt));

function listedAs(id: string, takenAt: string) {
  return {
    id,
    kind: id.slice(0, id.indexOf('/')),
    takenAt,
    file: `/d/snapshots/${id}.json`,
    healthDetail: null,
  };
}

describe('a snapshot given by the user', () => {
  test.each([
    ['its id', 'rewind/20261119T000000Z', 'rewind/20261119T000000Z'],
    ['its file', 'rewind/20261119T000000Z.json', 'rewind/20261119T000000Z'],
    ['the path of its file', '/data/snapshots/rewind/20261119T000000Z.json', 'rewind/20261119T000000Z'],
    ['a name that only one kind has', '20261121T000000Z', 'restore/20261121T000000Z'],
    ['that name with its ending', '20261121T000000Z.json', 'restore/20261121T000000Z'],
    ['the path of a kept one', '/data/snapback/kept/20261119T000000Z.json', '@kept/20261119T000000Z'],
    ['a name that a kept one shares', '20261119T000000Z', 'rewind/20261119T000000Z'],
    ['the newest of all', 'latest', 'restore/20261121T000000Z'],
    ['the newest of a kind', 'latest-rewind', 'rewind/20261120T000000Z'],
  ])('is found by %s', (_, given, id) => {
    expect(findMeant(given, listed)).toBe(id);
  });

  test('is not guessed if several have the name: they are listed', () => {
    expect(() => findMeant('20261120T000000Z', listed)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringContaining('periodic/20261120T000000Z, rewind/20261120T000000Z'),
      }),
    );
  });

  test.each(['20260101T000000Z', 'latest-other'])('is missing if nothing is called “%s”', (given) => {
    expect(() => findMeant(given, listed)).toThrow(expect.objectContaining({ code: 'snapshot-missing' }));
  });

  test('is found even if its id ends like a file name', () => {
    const odd = listedAs('rewind/a.json', '2026-11-19T00:00:00Z');
    expect(findMeant('rewind/a.json', [...listed, odd])).toBe('rewind/a.json');
  });

  test.each(['latest', 'latest-rewind'])('called “%s” has a time in its name', (given) => {
    const odd = ['rewind/foo', 'rewind/20269999T000000Z', 'rewind/._20261122T000000Z'];
    const strange = odd.map((id) => listedAs(id, '2026-11-25T00:00:00Z'));
    expect(findMeant(given, [...strange, ...listed])).toBe(findMeant(given, listed));
    expect(() => findMeant('latest', strange)).toThrow(expect.objectContaining({ code: 'snapshot-missing' }));
  });

  const unreadable = {
    ...listedAs('rewind/*', '2026-11-01T00:00:00Z'),
    file: '/d/snapshots/rewind',
    healthDetail: 'Snapback has no permission to read “rewind”.',
  };

  test.each(['latest', 'latest-rewind'])('called “%s” is not guessed if a folder cannot be read', (given) => {
    expect(() => findMeant(given, [unreadable, ...listed])).toThrow(
      expect.objectContaining({
        code: 'snapshot-unreadable',
        message: expect.stringContaining('“snapshots/rewind”'),
      }),
    );
  });

  test('called the latest of a kind is found even if the folder of another kind cannot be read', () => {
    expect(findMeant('latest-periodic', [unreadable, ...listed])).toBe('periodic/20261120T000000Z');
  });

  test('is resolved without reading the folder only if kind and name are given', () => {
    expect(['a/b', 'latest', 'a/b.json', 'b', '/d/a/b'].map(isWholeId)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
