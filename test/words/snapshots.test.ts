import { describe, expect, test, vi } from 'vitest';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { Retention } from '../../src/model/snapshots.ts';
import { detailWords, tagOf } from '../../words/snapshots.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');
const kept: Retention = { status: 'kept', reason: 'within-age', goesAt: null, rank: null, keep: null };

function snapshot(id: string, change: Partial<ListedSnapshot> = {}): ListedSnapshot {
  return {
    id,
    kind: id.slice(0, id.indexOf('/')),
    takenAt: '2026-11-23T13:00:00.000Z',
    modifiedAt: '2026-11-23T13:00:00.000Z',
    sizeBytes: 1_000_000,
    lastEventId: 90n,
    health: 'good',
    healthDetail: null,
    tables: null,
    retention: kept,
    lineage: 'same',
    undoes: null,
    ...change,
  };
}

const lastEventId = 100n;

describe('the list', () => {
  test('only the gravest mark is shown: damage, another lineage, a near end', () => {
    const soon: Retention = { ...kept, goesAt: '2026-11-25T13:30:00.000Z' };
    expect(tagOf(snapshot('a/b', { retention: soon }), now)).toEqual({
      text: 'goes in 2 days',
      tone: 'soon',
    });
    expect(tagOf(snapshot('a/b', { retention: soon, lineage: 'other' }), now)?.text).toBe('other timeline');
    expect(tagOf(snapshot('a/b', { lineage: 'other', health: 'damaged' }), now)?.tone).toBe('bad');
    expect(tagOf(snapshot('a/b'), now)).toBeNull();
    // A safety copy does not go by itself.
    expect(tagOf(snapshot('a/b', { retention: { ...soon, reason: 'safety-copy' } }), now)).toBeNull();
  });

  test.each([
    [{}, '10 events since · 1 MB'],
    [{ lastEventId: 100n }, 'no event since · 1 MB'],
    [{ lastEventId: 101n }, '1 event ahead of now · 1 MB'],
    [{ lineage: 'other' as const }, '1 MB'],
    [
      { retention: { ...kept, goesAt: '2026-12-07T13:00:00.000Z' } },
      '10 events since · 1 MB · kept until 7 Dec',
    ],
    [
      { retention: { ...kept, reason: 'needed-at-next-start' as const } },
      '10 events since · 1 MB · the next start needs it',
    ],
    [
      { retention: { ...kept, reason: 'safety-copy' as const, goesAt: '2026-11-24T13:00:00.000Z' } },
      '10 events since · 1 MB · kept until 24 Nov at least',
    ],
    [
      {
        retention: {
          ...kept,
          status: 'offered' as const,
          reason: 'safety-copy-passed' as const,
          goesAt: '2026-11-22T13:00:00.000Z',
        },
      },
      '10 events since · 1 MB · past its time, may be pruned',
    ],
    [{ health: 'damaged' as const, healthDetail: 'It is cut off.' }, 'It is cut off.'],
    [
      { undoes: { snapshotId: 'rewind/20261122T120000Z', action: 'restore' as const } },
      /^takes back the restore from yesterday 13:00 · 1 MB$/,
    ],
  ])('%o is told as %s', (change, words) => {
    expect(detailWords(snapshot('rewind/a', change), lastEventId, now)).toMatch(words);
  });
});
