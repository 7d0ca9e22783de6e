import type { TrashSummary } from './prune.ts';
import type { InUse, RestoredState } from './restore.ts';

export type FolderFacts = {
  readonly name: string;
  readonly database: string;
  readonly databaseBytes: number;
  readonly events: number;
  readonly lastEventId: bigint;
  readonly journalMode: string;
  readonly inUse: InUse;
  readonly viewingCopy: boolean;
  readonly demo: boolean;
  readonly restored: RestoredState | null;
  readonly trash: TrashSummary;
};
