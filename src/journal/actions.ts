import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import { ownedLike } from '../host/folders.ts';
import type { RecordedAction } from '../model/history.ts';
import { isSnapshotId } from '../snapshots/names.ts';
import { tidy } from '../system/durable.ts';
import { appendLine, readLines } from './line-file.ts';

/*
 * DATA/snapback/actions.jsonl says what was done besides restoring, one JSON document per line, each written after its
 * action. It only tells people: no decision rests on it, so an action whose line is missing is as good as any other.
 */

/** The name of that file in Snapback's own folder. */
export const ACTIONS = 'actions.jsonl';

const snapshotId = v.pipe(v.string(), v.maxLength(1000), v.check(isSnapshotId));
const snapshots = v.array(snapshotId);
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const name = v.pipe(v.string(), v.maxLength(1000));
const always = {
  at: v.pipe(v.string(), v.isoTimestamp()),
  by: v.picklist(['person', 'itself']),
} as const;

/** Exactly one line. */
const recorded = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant('did', [
    v.object({ did: v.literal('take'), ...always, snapshotId }),
    v.object({ did: v.literal('prune'), ...always, trashName: name, snapshots, bytes: amount }),
    v.object({ did: v.literal('put-back'), ...always, snapshots }),
    v.object({
      did: v.literal('empty-trash'),
      ...always,
      files: amount,
      bytes: amount,
      to: v.picklist(['deleted', 'system-trash']),
    }),
    v.object({ did: v.literal('keep'), ...always, keptId: snapshotId, snapshotId, name: v.nullable(name) }),
    v.object({ did: v.literal('salvage'), ...always, snapshotId, fileName: name }),
  ]),
) satisfies v.GenericSchema<unknown, RecordedAction>;

/** Notes what was just done, as far as the system lets us: a refusal must not make a good action look failed. */
export async function recordAction(
  folder: DataFolder,
  action: WithoutTime<RecordedAction>,
  now = new Date(),
): Promise<void> {
  const { did, ...rest } = action;
  const line = JSON.stringify({ did, at: now.toISOString(), ...rest });
  await tidy(async () => appendLine(await ownedLike(folder, folder.dir), ACTIONS, line));
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

/**
 * What was done, oldest first. A line that is torn, is not exactly an action, or lies before the part that is read is
 * skipped. Empty where there is nothing, or where it may not be read. @throws `io-failed` only where reading itself fails
 */
export async function readActions(folder: DataFolder): Promise<readonly RecordedAction[]> {
  const lines = (await readLines(folder, ACTIONS)) ?? [];
  return lines.flatMap((line) => {
    if (!line.startsWith('{"did":"') || !line.endsWith('}')) return [];
    const { success, output } = v.safeParse(recorded, line);
    return success ? [output] : [];
  });
}
