import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import { foreignIdError } from '../log/events.ts';
import type { SnapbackError } from '../model/errors.ts';
import type { Refusal, RestorePlan } from '../model/restore.ts';
import { type Integrity, structuralDamage } from '../sqlite/integrity.ts';
import { foldName } from '../sqlite/names.ts';
import { unreadableError } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import type { Stage } from '../stage/stage.ts';
import type { Preflight } from './preflight.ts';

/** What a plan's refusals depend on besides the plan itself. */
export type Circumstances = {
  readonly stage: Stage;
  readonly database: HostDatabase;
  /** The log holds what the restore left that an undo takes back: nobody has written to it since. */
  readonly logIsAsLeft: boolean;
  /** The kind of an event id, now or afterwards, that is no integer; null where there is none. */
  readonly foreignId: string | null;
  readonly integrity: Integrity;
  readonly preflight: Preflight;
};

/** Why the plan may not be applied as things stand, the gravest first. Empty: it may. */
export function findRefusals(
  plan: Omit<RestorePlan, 'planId' | 'refusals'>,
  { stage, database, logIsAsLeft, foreignId, integrity, preflight }: Circumstances,
): readonly Refusal[] {
  const { schema, profile } = database;
  const refusals: Refusal[] = [];
  const salvaged = stage.about?.salvaged;
  // Single rows are restored without a word about others.
  if (salvaged !== undefined && plan.options.selection?.by !== 'rows')
    refusals.push({
      code: 'snapshot-salvaged',
      message: 'Some of its rows are lost. Restoring all of it would remove what it does not hold.',
      detail: { from: salvaged.from },
    });
  const structural = structuralDamage(integrity);
  if (structural.length > 0)
    refusals.push({
      code: 'database-damaged',
      message: 'The database file is damaged; writing into it could make it worse.',
      detail: { found: structural.length, first: structural[0] ?? '' },
    });
  if (!preflight.writable)
    refusals.push(
      preflight.viewingCopy
        ? {
            code: 'viewing-a-copy',
            message: 'The database can only be viewed as a copy. It cannot be written where it is.',
            detail: {},
          }
        : { code: 'database-read-only', message: 'The database can only be read, not written.', detail: {} },
    );
  // Where the database can't be written, no other obstacle matters.
  else refusals.push(...preflight.obstacles.map(refusalOf));
  // No safety copy could hold what cannot be read.
  for (const table of plan.tables) {
    const unreadable = schema.unreadable.get(foldName(table.name));
    if (unreadable !== undefined) refusals.push(unreadableError(unreadable));
  }
  const isRowidTable = (name: string) => {
    const table = schema.tables.get(foldName(name));
    return table !== undefined && hasUnknownRowids(profile, table);
  };
  for (const { name, action, added, removed, changed } of plan.tables)
    if (action === 'write' && added + removed + changed > 0 && isRowidTable(name))
      refusals.push({
        code: 'rowids-unknown',
        message: `The profile says that the chat app refers to the row numbers of “${name}”. Snapshots do not hold them, so its rows cannot come back as they were.`,
        detail: { table: name },
      });
  const losing = plan.schemaDrift.filter((drift) => drift.loses > 0);
  if (losing.length > 0 && !plan.options.acceptDrift)
    refusals.push({
      code: 'schema-drift',
      message: `Some values of the snapshot cannot be restored as they were, in ${nameTables(losing)}.`,
      detail: {
        loses: losing.reduce((sum, drift) => sum + drift.loses, 0),
      },
    });
  const unsure = plan.guessedBlobs.filter(
    ({ table, because }) => because === 'nothing' && isWritten(plan.tables, table),
  );
  if (unsure.length > 0 && !plan.options.acceptDrift)
    refusals.push({
      code: 'schema-drift',
      message: describeUnsure(unsure),
      detail: { unsure: unsure.reduce((sum, { values }) => sum + values, 0) },
    });
  const leavesLog = plan.tables.some((table) => table.role === 'log' && table.action === 'leave');
  // Tables of one moment beside the log of another would be neither state.
  if (plan.options.mode === 'full' && !isPart(plan) && (!stage.hasLog || leavesLog))
    refusals.push({
      code: 'snapshot-without-log',
      message: 'This snapshot has no event log; only its tables can be restored.',
      detail: {},
    });
  const losesOtherTimeline = plan.lineage === 'other' && plan.newerEventsLost > 0;
  // An undo right after its restore loses only what that restore brought back, and says so.
  if (losesOtherTimeline && !logIsAsLeft && !plan.options.acceptOtherTimeline)
    refusals.push({
      code: 'other-timeline',
      message: `This snapshot and the database went separate ways. ${plan.action === 'undo' ? 'Undoing' : 'Restoring'} removes ${count(plan.newerEventsLost, 'newer event')} that the snapshot does not hold.`,
      detail: { loses: plan.newerEventsLost },
    });
  // A checkpoint counts from such an id. Into a new file none is written, and its rows are proven whatever their ids are.
  if (foreignId !== null && preflight.inPlace) refusals.push(refusalOf(foreignIdError(profile, foreignId)));
  for (const { volume, neededBytes, freeBytes } of plan.space)
    if (freeBytes < neededBytes)
      refusals.push({
        code: 'disk-full',
        message: 'There is not enough free space for a restore with its safety copy.',
        detail: { volume, neededBytes, freeBytes },
      });
  if (plan.inUse.state === 'yes' && !preflight.whileOpen)
    refusals.push({
      code: 'database-in-use',
      message: 'Another program has the database open.',
      detail: { by: plan.inUse.by.map(({ pid, name }) => `${name} (${pid})`).join(', ') },
    });
  return refusals;
}

/** Whether only some rows of the snapshot are restored, and all others stay as they are. */
export function isPart({ options }: Pick<RestorePlan, 'options'>): boolean {
  return options.selection !== undefined || options.merge !== undefined;
}

/** An error as a plan tells it: what applying would throw. */
export function refusalOf({ code, message, detail }: SnapbackError): Refusal {
  return { code, message, detail };
}

function count(number: number, singular: string): string {
  return number === 1 ? `1 ${singular}` : `${number} ${singular}s`;
}

function isWritten(tables: RestorePlan['tables'], table: string): boolean {
  return tables.some(({ name, action }) => action === 'write' && foldName(name) === foldName(table));
}

function describeUnsure(unsure: RestorePlan['guessedBlobs']): string {
  const places = unsure.map(
    ({ table, column, values, takenAs }) =>
      `${values} of “${table}.${column}” would come back as ${takenAs === 'bytes' ? 'bytes' : 'text'}`,
  );
  return `Some values may be bytes or text, and neither the snapshot nor the database tells which: ${places.join(', ')}.`;
}

function nameTables(losing: RestorePlan['schemaDrift']): string {
  return [...new Set(losing.map(({ table }) => `“${table}”`))].join(', ');
}

/** Whether the application refers to the rowids of a table, and no column holds them. */
export function hasUnknownRowids(
  { rowids }: Profile,
  { name, kind, withoutRowid, rowidColumn }: Table,
): boolean {
  const isNamed = rowids.some((one) => foldName(one) === foldName(name));
  return isNamed && kind === 'table' && !withoutRowid && rowidColumn === null;
}
