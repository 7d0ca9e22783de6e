import type { SnapshotAbout } from './notes.ts';
import type { TablePart } from './read-table.ts';

/** What a snapshot holds, in the order of the file. */
export type SnapshotPart =
  /** Always first. `about`: our notes, null if Snapback did not write the file. */
  | { readonly type: 'start'; readonly about: SnapshotAbout | null }
  /** Null: it is TEXT or REAL, because the host's events have such ids. */
  | { readonly type: 'last-event-id'; readonly value: bigint | null }
  | TablePart
  /** A top-level key that the profile does not know. `elements`: how many it has, if it is a list; `isValue`: it is none. */
  | {
      readonly type: 'unknown';
      readonly name: string;
      readonly elements: number;
      readonly isValue?: true;
    }
  /** A table of a database that is sorted by what only the application can compare, so that no row of it can be read here. */
  | { readonly type: 'unreadable'; readonly table: string; readonly reason: string }
  /** `sha256`: of all bytes of the file; null if it was not asked for. */
  | { readonly type: 'end'; readonly sha256: string | null };
