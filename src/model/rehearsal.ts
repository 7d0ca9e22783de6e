import type { RestoreReceipt } from './receipt.ts';
import type { Refusal } from './restore.ts';

/* What doing a plan and undoing it on a private copy showed. */

export type Rehearsal =
  | RehearsedRestore
  /** Nothing was tried: this stands against the plan. */
  | { readonly state: 'not-tried'; readonly refusal: Refusal }
  /** Doing it failed on the copy, as it would in the database. */
  | { readonly state: 'refused'; readonly refusal: Refusal }
  /** Database and snapshot are together larger than what is copied for a rehearsal. */
  | { readonly state: 'too-large'; readonly bytes: number; readonly mostBytes: number };

export type RehearsedRestore = Pick<RestoreReceipt, 'planId' | 'checks' | 'writeLockMs'> & {
  readonly state: 'done';
  /** The rows that were written, by table. */
  readonly tables: readonly Pick<
    RestoreReceipt['tables'][number],
    'name' | 'rows' | 'added' | 'removed' | 'changed'
  >[];
  readonly undo: RehearsedUndo;
  readonly nextStart: RehearsedStart;
};

/**
 * Whether undoing it brought every table of the database back. `hash`: over the contents and the schema, as they were before
 * and as they were after the undo.
 */
export type RehearsedUndo =
  | { readonly state: 'same'; readonly hash: string; readonly tables: number }
  | { readonly state: 'differs'; readonly tables: readonly string[] }
  | { readonly state: 'refused'; readonly refusal: Refusal };

/**
 * What the host finds when it starts next. `nothing`: its newest checkpoint holds what the tables hold, and no event is
 * newer. `replays`: the checkpoint holds what the tables hold, and these events are newer. `changes`: the checkpoint holds
 * something else. `unknown`: no fresh checkpoint was made.
 */
export type RehearsedStart =
  | { readonly state: 'nothing' | 'changes' | 'unknown' }
  | { readonly state: 'replays'; readonly fromEvent: bigint; readonly toEvent: bigint };
