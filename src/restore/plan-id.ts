import { createHash } from 'node:crypto';
import type { RestorePlan } from '../model/restore.ts';
import type { StoredValue } from '../model/search.ts';
import type { Selection } from '../model/selection.ts';
import type { TaskOptions } from '../model/task.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Stage } from '../stage/stage.ts';
import { contentHash } from '../stage/staged-contents.ts';

/** The name of a table, and a text that tells what it holds. */
export type PlannedContent = readonly [name: string, content: string];

/** What the tables of a stage hold in which bytes and text had to be told apart. What the others hold depends on the file alone. */
export async function readByEvidence(stage: Stage, task: TaskOptions): Promise<readonly PlannedContent[]> {
  const contents: PlannedContent[] = [['', JSON.stringify(stage.guessedBlobs)]];
  for (const table of stage.tables)
    if (table.readByEvidence) contents.push([table.live.name, await contentHash(stage, table, task)]);
  return contents;
}

type Identified = Pick<RestorePlan, 'action' | 'snapshot' | 'options'> & {
  /** The content of the newer events that are kept; null: none are. */
  readonly keptHash: string | null;
  /** The content of the live rows that stay in tables of which a part is selected; null: all is restored. */
  readonly selectedHash: string | null;
};

/** The identity of a plan: a hash of everything that determines its result. */
export function planId(
  { action, snapshot, options, keptHash, selectedHash }: Identified,
  schema: Schema,
  contents: readonly (readonly PlannedContent[])[],
): string {
  // Consents do not change what happens: the plan that was shown stays the plan.
  const { mode, keepNewer, clearTables, selection, merge } = options;
  const identity = [
    action,
    snapshot.sha256,
    [schema.hash, schema.userVersion],
    [mode, keepNewer, keptHash, [...clearTables].sort()],
    selection === undefined ? null : [identify(selection), selectedHash],
    // What was chosen shows in what is restored, and the base as well.
    ...(merge === undefined ? [] : [['merge', selectedHash]]),
    contents.map((tables) => [...tables].sort(([a], [b]) => (a < b ? -1 : 1))),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** A selection as plain JSON: values that JSON does not know with their type and text. */
function identify(selection: Selection): unknown {
  if (selection.by !== 'rows') return selection;
  const asText = (value: StoredValue) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
  const rows = selection.rows.map(({ table, key }) => [
    table,
    key.map((value) => [typeof value, asText(value)]),
  ]);
  const { related = 'none', withGuessed = false } = selection;
  return related === 'none' ? rows : [related, withGuessed, rows];
}
