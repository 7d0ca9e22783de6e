import type { FolderFacts } from '../../src/model/folder.ts';

/** Whether Snapback can restore into the database and take a snapshot of it. */
export function isWritable({ viewingCopy, readOnly, databaseProblem }: FolderFacts): boolean {
  return !viewingCopy && !readOnly && databaseProblem === null;
}

/** Whether anything can be restored: into the database, or else into a new file. */
export function isRestorable({ databaseProblem }: FolderFacts): boolean {
  return databaseProblem === null;
}

/** Whether snapshots can be moved to the trash: that needs only their files. */
export function isTidyable(facts: FolderFacts): boolean {
  return facts.databaseProblem !== null || isWritable(facts);
}
