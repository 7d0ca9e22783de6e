import { type Conflicts, type TaskOptions, withConflicts } from '../../src/index.ts';
import type { ArgsOf, ConflictRequests, ResultOf } from '../contract.ts';
import type { OpenFolders } from './open-folders.ts';
import type { OpenRegister } from './open-register.ts';

type ConflictHandlers = {
  readonly [N in keyof ConflictRequests]: (args: ArgsOf<N>, task: TaskOptions) => Promise<ResultOf<N>>;
};

/** Answers the requests about rows of which a person has to choose a version. */
export function createConflictHandlers(
  folders: OpenFolders,
  register: OpenRegister<Conflicts>,
): ConflictHandlers {
  return {
    async 'conflicts.open'({ folderId, snapshotId, baseId }, task) {
      const subject = { snapshotId, baseId };
      const { id, value } = await folders.inFront(folderId, ({ folder }) =>
        register.open(folderId, (use) => withConflicts(folder, subject, task, use)),
      );
      return { conflictsId: id, overview: value.overview };
    },
    async 'conflicts.page'({ conflictsId, table, offset, limit }) {
      return register.get(conflictsId).page(table, { offset, limit });
    },
    async 'conflicts.close'({ conflictsId }) {
      register.close(conflictsId);
      return null;
    },
  };
}
