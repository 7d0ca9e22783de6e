import type { ListedSnapshot } from '../../electron/contract.ts';
import type { Retention } from '../../src/model/snapshots.ts';

export const kept: Retention = {
  status: 'kept',
  reason: 'within-age',
  goesAt: null,
  rank: null,
  keep: null,
};

/** A snapshot as the window lists it: good, kept, of this timeline. */
export function listedSnapshot(id: string, change: Partial<ListedSnapshot> = {}): ListedSnapshot {
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
    kept: null,
    heldAs: null,
    salvagedFrom: null,
    ...change,
  };
}
