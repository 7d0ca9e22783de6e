import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { Diff } from '../../src/model/diff.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { ChosenPart } from '../../words/part.ts';
import type { Revisions } from './revisions.ts';
import type { Request } from './use-request.ts';

/** A snapshot compared with the database. */
export type ComparisonState = {
  readonly diff: Request<Diff>;
  /** True if the database has changed since this comparison and the next one waits for the user. */
  readonly outdated: boolean;
  /** True if the next comparison is on its way. */
  readonly renewing: boolean;
  readonly compareAgain: () => void;
};

/** What a search found in a snapshot, and the view that shows it. */
export type Sought =
  /** The key of an event's row in the log, written as text. */
  | { readonly view: 'conversation'; readonly event: string }
  | { readonly view: 'rows'; readonly table: string };

/** What each view of a snapshot's page is given. A view reads everything else itself. */
export type SnapshotViewProps = {
  readonly folderId: FolderId;
  readonly snapshot: ListedSnapshot;
  readonly facts: FolderFacts;
  /** Increases when the database changes. */
  readonly revisions: Revisions;
  readonly comparison: ComparisonState;
  /** Opens the question whether to restore it; null where that is not possible. */
  readonly onRestore: (() => void) | null;
  /** Opens the question whether to restore a part of it; null where that is not possible. */
  readonly onRestorePart: ((part: ChosenPart) => void) | null;
  /** Shows another view of it. */
  readonly onView: (id: string) => void;
  /** What is to be shown of it, until that is shown. */
  readonly sought: Sought | null;
  readonly onSoughtShown: () => void;
};
