import { describe, expect, test } from 'vitest';
import type { ListedSnapshot } from '../../../electron/contract.ts';
import { fallbackSnapshot, groupByKind } from '../../../renderer/snapshots/snapshot-groups.ts';
import type { Retention } from '../../../src/model/snapshots.ts';

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
    form: 'json',
    healthDetail: null,
    tables: null,
    retention: kept,
    lineage: 'same',
    undoes: null,
    ...change,
  };
}

describe('the list', () => {
  test('known kinds come first in a fixed order, others by name, each in the given order', () => {
    const groups = groupByKind(
      ['zebra/b', 'restore/a', 'alpha/a', 'rewind/2', 'periodic/a', 'rewind/1'].map((id) => snapshot(id)),
    );
    expect(groups.map(({ kind }) => kind)).toEqual(['rewind', 'periodic', 'restore', 'alpha', 'zebra']);
    expect(groups[0]?.snapshots.map(({ id }) => id)).toEqual(['rewind/2', 'rewind/1']);
  });

  test('the newest readable snapshot from before a rewind is shown first, even if others are newer', () => {
    const list = [
      snapshot('periodic/new', { takenAt: '2026-11-23T13:59:00.000Z' }),
      snapshot('rewind/damaged', { takenAt: '2026-11-23T13:50:00.000Z', health: 'damaged' }),
      snapshot('rewind/good', { takenAt: '2026-11-23T13:40:00.000Z' }),
      snapshot('rewind/old', { takenAt: '2026-11-01T13:40:00.000Z' }),
    ];
    expect(fallbackSnapshot(list, 0n)?.id).toBe('rewind/good');
    expect(fallbackSnapshot(list.slice(0, 2), 0n)?.id).toBe('periodic/new');
    expect(fallbackSnapshot([], 0n)).toBeUndefined();
  });

  test('one that ends where the log ends now is skipped, and a safety copy comes last', () => {
    const list = [
      snapshot('restore/newest', { takenAt: '2026-11-23T14:10:00.000Z' }),
      snapshot('rewind/to-be-safe', { takenAt: '2026-11-23T14:05:00.000Z', lastEventId: 12n }),
      snapshot('rewind/before', { takenAt: '2026-11-23T13:40:00.000Z', lastEventId: 9n }),
      snapshot('periodic/old', { takenAt: '2026-11-01T13:40:00.000Z' }),
    ];
    expect(fallbackSnapshot(list, 12n)?.id).toBe('rewind/before');
    expect(fallbackSnapshot(list.slice(0, 2), 12n)?.id).toBe('rewind/to-be-safe');
    expect(fallbackSnapshot([...list.slice(0, 1), ...list.slice(3)], 12n)?.id).toBe('periodic/old');
  });
});
