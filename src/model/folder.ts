import type { ErrorCode } from './errors.ts';
import type { TrashSummary } from './prune.ts';
import type { RestoredState } from './receipt.ts';
import type { InUse } from './restore.ts';
import type { Rules } from './rules.ts';

/** Why there is no database to work with: it is gone or empty, or something else is in its place. */
type DatabaseProblem = { readonly code: ErrorCode; readonly message: string };

export type FolderFacts = {
  readonly name: string;
  readonly database: string;
  readonly databaseBytes: number;
  /** Not null: only the snapshots can be looked at, and the facts about the database mean nothing. */
  readonly databaseProblem: DatabaseProblem | null;
  /** Null: not counted yet. */
  readonly events: number | null;
  readonly lastEventId: bigint;
  readonly journalMode: string;
  /** Null: not looked for yet. */
  readonly inUse: InUse | null;
  readonly viewingCopy: boolean;
  /** The database file or its folder cannot be written. */
  readonly readOnly: boolean;
  readonly demo: boolean;
  readonly restored: RestoredState | null;
  readonly trash: TrashSummary;
  readonly rules: Rules;
};
