import type { FolderFacts } from '../../src/model/folder.ts';

/** Whether Snapback can restore into the database and take a snapshot of it. */
export function isWritable({ viewingCopy, readOnly, databaseProblem }: FolderFacts): boolean {
  return !viewingCopy && !readOnly && databaseProblem === null;
}
