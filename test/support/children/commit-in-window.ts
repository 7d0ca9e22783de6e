import '../../faults/wrap-database.ts';
import '../../faults/clock.ts';
import { writeSync } from 'node:fs';
import { explain } from '../../../words/errors.ts';
import { isUndecided } from '../../../words/failure.ts';
import { type Failure, toError } from '../../faults/fitting-errors.ts';
import { watchCalls } from '../../faults/inject.ts';

/**
 * Restores a snapshot as the window does, or undoes that, while COMMIT fails. Then asks how it ended, and does what the window
 * offers next: undo, or the same again. For each case, which are given as JSON, prints what the window was told, and what the
 * database held.
 */
const { createHandlers } = await import('../../../electron/core/handlers.ts');
const { createOpenFolders } = await import('../../../electron/core/open-folders.ts');
const { defaultRestoreOptions, SnapbackError } = await import('../../../src/index.ts');
const { asHost } = await import('../place.ts');
const { readState } = await import('../state.ts');

export type CommitCase = {
  readonly dir: string;
  readonly snapshotId: string;
  readonly action: 'restore' | 'undo';
  readonly failure: Failure;
  /** SQL that the host runs before the window asks how it ended. */
  readonly meanwhile: string;
};

const handlers = await createHandlers(
  createOpenFolders(() => undefined),
  { nativeBinding: undefined, sqliteTempDirs: [] },
).all();
const consents = { acceptDrift: false, acceptOtherTimeline: true };
const options = { ...defaultRestoreOptions, ...consents };

async function run({ dir, snapshotId, action, failure, meanwhile }: CommitCase, folderId: string) {
  const databaseFile = `${dir}/app.db`;
  const plan = async (verb: 'restore' | 'undo') => {
    const { planId } =
      verb === 'restore'
        ? await handlers['restore.plan']({ folderId, snapshotId, options }, {})
        : await handlers['undo.plan']({ folderId, of: null, ...consents }, {});
    return planId;
  };
  const apply = async (planId: string) => {
    try {
      await handlers['plan.apply']({ folderId, planId, whileOpen: false, ...consents }, {});
      return null;
    } catch (error) {
      if (!(error instanceof SnapbackError)) throw error;
      return { code: error.code, isUndecided: isUndecided(error), words: explain(error, 'window') };
    }
  };
  await handlers['private.open']({ folderId, dir, database: null, cacheDir: `${dir}-cache` }, {});
  if (action === 'undo') await apply(await plan('restore'));
  const planId = await plan(action);
  const error = await watchCalls(
    [dir],
    (point) =>
      point.kind === 'sql-commit' && point.target.startsWith(databaseFile)
        ? {
            when: failure.when,
            act: () => {
              throw toError(failure, point);
            },
          }
        : null,
    () => apply(planId),
  );
  const left = readState(databaseFile);
  if (meanwhile !== '') asHost({ databaseFile }, (db) => db.exec(meanwhile));
  const outcome = await handlers['plan.outcome']({ folderId, planId }, {});
  const again = await handlers['plan.outcome']({ folderId, planId }, {});
  const offered = outcome === 'made' ? 'undo' : action;
  const next = outcome === 'unknown' ? null : await apply(await plan(offered));
  await handlers['private.close']({ folderId }, {});
  return { error, left, outcome, again, next, after: readState(databaseFile) };
}

const cases: readonly CommitCase[] = JSON.parse(process.argv[2] ?? '[]');
for (const [index, one] of cases.entries())
  writeSync(1, `${JSON.stringify(await run(one, `folder-${index}`))}\n`);
