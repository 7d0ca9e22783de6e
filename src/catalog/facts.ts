import type { DataFolder } from '../host/data-folder.ts';
import { createLogChain, type LogExtent } from '../log/chain.ts';
import type { Identity } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotSummary, TableCount } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { createBatchFeeder } from '../snapshot-file/batch-lines.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { readWithNotes } from '../snapshot-file/own-notes.ts';
import { type ReadingOptions, readSnapshot, type SnapshotPart } from '../snapshot-file/reader.ts';
import type { OpenedFile } from '../snapshots/open-file.ts';
import { foldName } from '../sqlite/names.ts';
import { readUndoes } from './undoes.ts';

/** What reading all of a snapshot tells; never what a row contains. */
export type SnapshotFacts = {
  readonly health: 'good' | 'damaged';
  readonly healthDetail: string | null;
  readonly lastEventId: bigint | null;
  readonly tables: readonly TableCount[] | null;
  readonly undoes: SnapshotSummary['undoes'];
  readonly salvagedFrom: SnapshotSummary['salvagedFrom'];
  /** Null where the snapshot has no log, or its log lacks a column that identifies events. */
  readonly log: LogExtent | null;
  /** The first part of `log`, as long as the live log was; null where the snapshot's log is not longer than that. */
  readonly prefix: LogExtent | null;
};

/** How many events the live log has, and which columns tell them apart. */
export type LiveLogFacts = { readonly events: number; readonly identity: Identity };

/**
 * Reads a snapshot from its first byte to its last. Damage is a fact, not an error. Where the log is longer than the
 * live one, its chain at that length is noted too. @throws `cancelled`, `snapshot-unreadable` where the system fails to read
 */
export function readFacts(
  folder: DataFolder,
  file: OpenedFile,
  live: LiveLogFacts,
  task: TaskOptions,
): Promise<SnapshotFacts> {
  const reading = { hashed: false } as const;
  return readWithNotes((notesIn) => readAll({ folder, live }, file, { ...reading, notesIn }, task));
}

type FactsSource = { readonly folder: DataFolder; readonly live: LiveLogFacts };

async function readAll(
  { folder, live }: FactsSource,
  file: OpenedFile,
  options: ReadingOptions,
  task: TaskOptions,
): Promise<SnapshotFacts> {
  const { log, tables } = folder.profile;
  const counts: { name: string; rows: number }[] = [];
  const reading = createLogReading(folder, live);
  let lastEventId: bigint | null = null;
  let about: SnapshotAbout | null = null;
  const illFormed = { texts: 0, first: '' };
  const unreadable: string[] = [];
  try {
    const known = new Set([log.table, ...tables].map(foldName));
    for await (const part of readSnapshot(file, known, task, { ...options, tellsUnreadable: true })) {
      const current = counts.at(-1);
      if (part.type === 'last-event-id') lastEventId = part.value;
      if (part.type === 'table') counts.push({ name: part.name, rows: 0 });
      if (part.type === 'rows' && current !== undefined) current.rows += part.count;
      if (part.type === 'start') about = part.about;
      if (part.type === 'unreadable') unreadable.push(part.table);
      if (part.type === 'ill-formed') {
        if (illFormed.texts === 0) illFormed.first = `“${part.table}”, row ${part.row}, “${part.column}”`;
        illFormed.texts += 1;
      }
      reading.see(part);
    }
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged')
      return { ...NOTHING, health: 'damaged', healthDetail: error.message, lastEventId };
    throw error;
  }
  return {
    health: 'good',
    healthDetail: describeUnreadable(unreadable) ?? describeIllFormed(illFormed),
    lastEventId,
    tables: counts,
    undoes: readUndoes(about),
    salvagedFrom: about?.salvaged?.from ?? null,
    ...reading.finish(),
  };
}

/** A sentence about texts that are not valid Unicode; null where there are none. */
function describeIllFormed({ texts: found, first }: { texts: number; first: string }): string | null {
  if (found === 0) return null;
  const texts = found === 1 ? '1 text is' : `${found} texts are`;
  return `${texts} not valid Unicode, the first in ${first}; � stands for what is missing. All else is good.`;
}

/** A sentence about the tables that only the application can read; null where there are none. */
function describeUnreadable(tables: readonly string[]): string | null {
  if (tables.length === 0) return null;
  const named = tables.map((table) => `“${table}”`).join(', ');
  return `${named} can’t be checked here: the key has a collation that only the chat application has. All else is good.`;
}

const NOTHING = {
  lastEventId: null,
  tables: null,
  undoes: null,
  salvagedFrom: null,
  log: null,
  prefix: null,
} as const;

/** Follows the log's rows through the parts of a snapshot. */
function createLogReading(folder: DataFolder, { identity, events: prefixEvents }: LiveLogFacts) {
  const chain = createLogChain();
  const feed = createBatchFeeder(identity);
  let prefix: LogExtent | null = null;
  let found = false;
  let whole = true;
  return {
    see(part: SnapshotPart): void {
      if (part.type !== 'table' && part.type !== 'rows') return;
      const name = part.type === 'table' ? part.name : part.table;
      if (foldName(name) !== foldName(folder.profile.log.table)) return;
      found = true;
      if (part.type === 'table') return;
      const before = Math.min(part.count, Math.max(0, prefixEvents - chain.events()));
      whole &&= feed(chain, part, { from: 0, to: before });
      if (before === part.count) return;
      if (chain.events() === prefixEvents) prefix = chain.peek();
      whole &&= feed(chain, part, { from: before, to: part.count });
    },
    finish(): Pick<SnapshotFacts, 'log' | 'prefix'> {
      return found && whole ? { log: chain.peek(), prefix } : { log: null, prefix: null };
    },
  };
}
