import { describe, expect, test } from 'vitest';
import type { ListedSnapshot } from '../../../electron/contract.ts';
import { groupByKind, likelySnapshot } from '../../../renderer/snapshots/snapshot-groups.ts';
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
    healthDetail: null,
    tables: null,
    retention: kept,
    lineage: 'same',
    undoes: null,
    ...change,
  };
}

describe('the list', () => {
  test('known kinds come first in a fixed order, others by name, each in the order it came', () => {
    const groups = groupByKind(
      ['zebra/b', 'restore/a', 'alpha/a', 'rewind/2', 'periodic/a', 'rewind/1'].map((id) => snapshot(id)),
    );
    expect(groups.map(({ kind }) => kind)).toEqual(['rewind', 'periodic', 'restore', 'alpha', 'zebra']);
    expect(groups[0]?.snapshots.map(({ id }) => id)).toEqual(['rewind/2', 'rewind/1']);
  });

  test('the newest readable snapshot from before a rewind is shown first, whatever is newer', () => {
    const list = [
      snapshot('periodic/new', { takenAt: '2026-11-23T13:59:00.000Z' }),
      snapshot('rewind/damaged', { takenAt: '2026-11-23T13:50:00.000Z', health: 'damaged' }),
      snapshot('rewind/good', { takenAt: '2026-11-23T13:40:00.000Z' }),
      snapshot('rewind/old', { takenAt: '2026-11-01T13:40:00.000Z' }),
    ];
    expect(likelySnapshot(list)?.id).toBe('rewind/good');
    expect(likelySnapshot(list.slice(0, 2))?.id).toBe('periodic/new');
    expect(likelySnapshot([])).toBeUndefined();
  });
});
