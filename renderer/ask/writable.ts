import type { FolderFacts } from '../../src/model/folder.ts';

/** Whether anything can be restored into the database, or a snapshot taken of it. */
export function isWritable({ viewingCopy, readOnly, databaseProblem }: FolderFacts): boolean {
  return !viewingCopy && !readOnly && databaseProblem === null;
}
