import { defaultRestoreOptions, type RestoreOptions } from '../../src/index.ts';

/** What an action is told where nobody was shown a plan and nothing is insisted on. */
export const NOW = { planId: null, whileOpen: false };

/** A restore of a snapshot, with the usual options except for these. */
export function restoring(snapshotId: string, options: Partial<RestoreOptions> = {}) {
  return { ...defaultRestoreOptions, ...options, snapshotId, action: 'restore' } as const;
}
