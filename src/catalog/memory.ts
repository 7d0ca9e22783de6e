import * as v from 'valibot';
import type { ReadMark } from '../log/log-questions.ts';
import type { SnapshotFile } from '../snapshots/files.ts';
import type { SnapshotFacts } from './facts.ts';
import { createFolderCache, type Entries, integer } from './folder-cache.ts';

/**
 * Facts of a file that was read whole, and the verdict on its lineage when the live log ended at `live`. `database`: the mark
 * of the database's files, made before the log was read. `restore`: the newest restore that had begun by then; null: none.
 */
export type Remembered = SnapshotFacts & {
  readonly lineage: {
    readonly verdict: 'same' | 'other';
    readonly live: ReadMark;
    readonly database: string;
    /** Absent where an earlier version remembered it. */
    readonly restore?: string | null;
  } | null;
};

export type Memory = Entries<Remembered>;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const extent = v.object({ events: count, chain: v.string() });
const mark = v.object({ events: count, lastId: integer, last: v.string(), chain: v.string() });

/** Parts that are not understood count as unknown, where the rest is useful without them. */
const remembered = v.object({
  health: v.picklist(['good', 'damaged']),
  healthDetail: v.nullable(v.string()),
  lastEventId: v.fallback(v.nullable(integer), null),
  tables: v.nullable(v.array(v.object({ name: v.string(), rows: count }))),
  undoes: v.fallback(
    v.nullable(v.object({ snapshotId: v.string(), action: v.picklist(['restore', 'undo']) })),
    null,
  ),
  salvagedFrom: v.fallback(v.nullable(v.string()), null),
  log: v.fallback(v.nullable(extent), null),
  prefix: v.fallback(v.nullable(extent), null),
  lineage: v.fallback(
    v.nullable(
      v.object({
        verdict: v.picklist(['same', 'other']),
        live: mark,
        database: v.string(),
        restore: v.exactOptional(v.nullable(v.string())),
      }),
    ),
    null,
  ),
}) satisfies v.GenericSchema<unknown, Remembered>;

/** What was learnt about a data folder's snapshots. */
export const { recall, remember } = createFolderCache<Remembered>({
  name: '',
  version: 4,
  entry: remembered,
});

/** What is remembered of files that are still there. */
export function pick(memory: Memory, files: readonly SnapshotFile[]): Memory {
  const keys = new Set(files.map(({ key }) => key));
  return new Map([...memory].filter(([key]) => keys.has(key)));
}
