import { describe, expect, test } from 'vitest';
import { fallbackSnapshot, groupByDay, groupByKind } from '../../../renderer/snapshots/snapshot-groups.ts';
import { listedSnapshot } from '../../support/listed-snapshot.ts';

describe('the list', () => {
  test('known kinds come first in a fixed order, others by name, each in the given order', () => {
    const groups = groupByKind(
      ['zebra/b', 'restore/a', 'alpha/a', 'rewind/2', 'periodic/a', 'rewind/1'].map((id) =>
        listedSnapshot(id),
      ),
    );
    expect(groups.map(({ kind }) => kind)).toEqual(['rewind', 'periodic', 'restore', 'alpha', 'zebra']);
    expect(groups[0]?.snapshots.map(({ id }) => id)).toEqual(['rewind/2', 'rewind/1']);
  });

  test('shows the newest day first, and in each day the newest snapshot', () => {
    const at = (id: string, takenAt: string) => listedSnapshot(id, { takenAt });
    const days = groupByDay([
      at('rewind/a', '2026-11-22T12:00:00.000Z'),
      at('periodic/b', '2026-11-23T12:00:00.000Z'),
      at('rewind/c', '2026-11-23T13:00:00.000Z'),
    ]);
    expect(days.map(({ day, snapshots }) => [day, ...snapshots.map(({ id }) => id)])).toEqual([
      ['2026-11-23', 'rewind/c', 'periodic/b'],
      ['2026-11-22', 'rewind/a'],
    ]);
  });

  test('opened files come before all days, whatever their time', () => {
    const opened = { state: 'unchanged', lacksWal: false } as const;
    const days = groupByDay([
      listedSnapshot('rewind/a', { takenAt: '2026-11-22T12:00:00.000Z' }),
      listedSnapshot('@file/chat.db.bak', { takenAt: '2020-01-01T12:00:00.000Z', opened }),
    ]);
    expect(days.map(({ day, snapshots }) => [day, ...snapshots.map(({ id }) => id)])).toEqual([
      ['opened', '@file/chat.db.bak'],
      ['2026-11-22', 'rewind/a'],
    ]);
  });

  test('the newest readable snapshot from before a rewind is shown first, even if others are newer', () => {
    const list = [
      listedSnapshot('periodic/new', { takenAt: '2026-11-23T13:59:00.000Z' }),
      listedSnapshot('rewind/damaged', { takenAt: '2026-11-23T13:50:00.000Z', health: 'damaged' }),
      listedSnapshot('rewind/good', { takenAt: '2026-11-23T13:40:00.000Z' }),
      listedSnapshot('rewind/old', { takenAt: '2026-11-01T13:40:00.000Z' }),
    ];
    expect(fallbackSnapshot(list, 0n)?.id).toBe('rewind/good');
    expect(fallbackSnapshot(list.slice(0, 2), 0n)?.id).toBe('periodic/new');
    expect(fallbackSnapshot([], 0n)).toBeUndefined();
  });

  test('one that ends where the log ends now is skipped, and a safety copy comes last', () => {
    const list = [
      listedSnapshot('restore/newest', { takenAt: '2026-11-23T14:10:00.000Z' }),
      listedSnapshot('rewind/to-be-safe', { takenAt: '2026-11-23T14:05:00.000Z', lastEventId: 12n }),
      listedSnapshot('rewind/before', { takenAt: '2026-11-23T13:40:00.000Z', lastEventId: 9n }),
      listedSnapshot('periodic/old', { takenAt: '2026-11-01T13:40:00.000Z' }),
    ];
    expect(fallbackSnapshot(list, 12n)?.id).toBe('rewind/before');
    expect(fallbackSnapshot(list.slice(0, 2), 12n)?.id).toBe('rewind/to-be-safe');
    expect(fallbackSnapshot([...list.slice(0, 1), ...list.slice(3)], 12n)?.id).toBe('periodic/old');
  });
});
