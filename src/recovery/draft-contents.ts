import type { Profile } from '../host/profile.ts';
import { createLogChain, type LogExtent } from '../log/chain.ts';
import { createIdentifier, type Identity } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { type Draft, readDraft } from '../snapshots/drafts.ts';
import { foldName } from '../sqlite/names.ts';
import { createTableHasher, type TableHasher } from '../sqlite/row-hash.ts';

/** What a checkpoint's draft holds: the state that its restore made. */
export type DraftContents = Pick<SnapshotAbout, 'format' | 'tables'> & { readonly log: LogExtent };

/**
 * What a draft holds, by its notes. A copy of a snapshot that the host wrote has none, so all of it is read; `identity`
 * are the columns that identify an event of the live log. Null where the draft is torn or empty.
 * @throws `snapshot-unreadable`, `cancelled`
 */
export async function readContents(
  draft: Draft,
  profile: Profile,
  identity: Identity,
  task: TaskOptions,
): Promise<DraftContents | null> {
  const { about, complete } = await readSnapshotEnds(await readDraft(draft));
  if (about?.log) return { ...about, log: about.log };
  if (!complete) return null;
  try {
    return await readAll(draft, profile, identity, task);
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return null;
    throw error;
  }
}

type Reading = { readonly name: string; columns: readonly string[]; hasher: TableHasher | null };

async function readAll(
  draft: Draft,
  { log, tables: projected }: Profile,
  identity: Identity,
  task: TaskOptions,
): Promise<DraftContents> {
  const chain = createLogChain();
  const readings: Reading[] = [];
  const known = new Set([log.table, ...projected].map(foldName));
  for await (const part of readSnapshot(await readDraft(draft), known, { signal: task.signal })) {
    if (part.type === 'table') readings.push({ name: part.name, columns: [], hasher: null });
    const reading = readings.at(-1);
    if (part.type !== 'rows' || reading === undefined) continue;
    reading.columns = part.columns;
    reading.hasher ??= createTableHasher(part.columns);
    const event =
      foldName(part.table) === foldName(log.table) ? createIdentifier(identity, part.columns) : null;
    for (const row of part.rows()) {
      reading.hasher.add(row);
      if (event !== null) chain.add(event.pick(row));
    }
  }
  // The host writes an empty list for a table that does not exist, too. Such a list never is all that a restore has changed.
  const tables = readings.flatMap(({ name, columns, hasher }) =>
    hasher === null ? [] : [{ name, columns, orderedBy: null, ...hasher.finish() }],
  );
  return { format: 3, tables, log: chain.peek() };
}
